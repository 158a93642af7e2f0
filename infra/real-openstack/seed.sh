# shellcheck shell=bash
# What the fresh cloud is given: identities, flavors, a volume type, images. The work is in seed/*.py. Sourced by up.

SEED_LIMIT_S=600

seed_identities() {
  write_clouds_file
  once seed seed_with identities "$PASSWORD" "$STATE/ids.json" || die_with_log "$LOG/seed-identities.log" "identities"
  say "identities and catalogue seeded"
}

seed_compute_and_volumes() {
  seed_with readiness || die_with_log "$LOG/seed-readiness.log" "the services are not ready"
  once discover manage_nova cell_v2 discover_hosts >>"$LOG/db-nova.log" 2>&1 || die_with_log "$LOG/db-nova.log" "nova-manage discover_hosts"
}

seed_images() {
  local images=("blank=$DATA/blank.raw")
  ! with_guest || images+=("debian-12=$GUEST_IMAGE")
  seed_with images "${images[@]}" || die_with_log "$LOG/seed-images.log" "images"
}

# seed_with NAME ARGUMENT...: seed/NAME.py with the addresses in its environment; its output is in seed-NAME.log
seed_with() {
  local name=$1
  shift
  OS_CLIENT_CONFIG_FILE=$STATE/clouds.yaml WITH_CINDER=$WITH_CINDER REGION=$REGION IMAGE_URL=$IMAGE_URL \
    PLACEMENT_URL=$PLACEMENT_URL COMPUTE_URL=$COMPUTE_URL NETWORK_URL=$NETWORK_URL VOLUME_URL=$VOLUME_URL \
    timeout --foreground -k 10 "$SEED_LIMIT_S" python3 "$HERE/seed/$name.py" "$@" >>"$LOG/seed-$name.log" 2>&1 9>&-
}
