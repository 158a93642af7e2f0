"""Roles, projects, users, services and endpoints, each made unless it is there: identities.py PASSWORD IDS.json

Writes the ids to IDS.json: a member may not look up other users or projects (Keystone answers 403), so whoever needs the
service user's id for a trust takes it from there.
"""
import json
import os
import sys

import openstack

PASSWORD, IDS_FILE = sys.argv[1:]
DOMAIN = "default"
REGION = os.environ["REGION"]

# user -> (project, role), the first project being the user's default
GRANTS = {
    "glance": [("service", "admin"), ("service", "service")],
    "nova": [("service", "admin"), ("service", "service")],
    "neutron": [("service", "admin"), ("service", "service")],
    "placement": [("service", "admin"), ("service", "service")],
    "cinder": [("service", "admin"), ("service", "service")],
    "user-a": [("demo-a", "member")],
    "user-b": [("demo-b", "member")],
    "imaging": [("imaging", "member")],
}
PROJECTS = ("admin", "service", "demo-a", "demo-b", "imaging")
ROLES = ("admin", "member", "reader", "service")
# type, name, address
SERVICES = [
    ("image", "glance", os.environ["IMAGE_URL"]),
    ("placement", "placement", os.environ["PLACEMENT_URL"]),
    ("compute", "nova", os.environ["COMPUTE_URL"]),
    ("network", "neutron", os.environ["NETWORK_URL"]),
]
if os.environ["WITH_CINDER"] == "1":
    SERVICES.append(("volumev3", "cinder", os.environ["VOLUME_URL"] + "/%(project_id)s"))

identity = openstack.connect(cloud="admin").identity

roles = {role.name: role for role in identity.roles()}
for name in ROLES:
    if name not in roles:
        roles[name] = identity.create_role(name=name)

projects = {project.name: project for project in identity.projects()}
for name in PROJECTS:
    if name not in projects:
        projects[name] = identity.create_project(name=name, domain_id=DOMAIN)

users = {user.name: user for user in identity.users()}
for name, grants in GRANTS.items():
    if name not in users:
        default = projects[grants[0][0]].id
        users[name] = identity.create_user(name=name, password=PASSWORD, domain_id=DOMAIN, default_project_id=default)
    for project, role in grants:
        identity.assign_project_role_to_user(projects[project], users[name], roles[role])

services = {service.type: service for service in identity.services()}
endpoints = {(endpoint.service_id, endpoint.interface) for endpoint in identity.endpoints()}
for kind, name, url in SERVICES:
    if kind not in services:
        services[kind] = identity.create_service(type=kind, name=name)
    for interface in ("public", "internal", "admin"):
        if (services[kind].id, interface) not in endpoints:
            identity.create_endpoint(service_id=services[kind].id, interface=interface, url=url, region_id=REGION)

with open(IDS_FILE, "w") as ids:
    json.dump(
        {
            "projects": {name: project.id for name, project in projects.items()},
            "users": {name: user.id for name, user in users.items()},
            "roles": {name: role.id for name, role in roles.items()},
        },
        ids,
        indent=1,
    )
