# shellcheck shell=bash
# clouds.yaml: the administrator, two users in a project each, and the service user `imaging`. Sourced by up.

write_clouds_file() {
  {
    echo "clouds:"
    cloud admin admin
    cloud user-a demo-a
    cloud user-b demo-b
    cloud imaging imaging
  } | write_file "$STATE/clouds.yaml"
}

# cloud USER PROJECT: the entry bears the user's name
cloud() {
  cat <<E
  $1:
    region_name: $REGION
    identity_api_version: 3
    volume_api_version: 3
    auth:
      auth_url: $IDENTITY_URL
      username: $1
      password: $PASSWORD
      project_name: $2
      user_domain_name: Default
      project_domain_name: Default
E
}
