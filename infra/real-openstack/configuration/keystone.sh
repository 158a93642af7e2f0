# shellcheck shell=bash
# Keystone: Fernet tokens of four hours, a cache of five seconds so that a revoked trust is refused soon. Sourced by up.

configure_keystone() {
  mkdir -p "$ETC/keystone"
  write_file "$ETC/keystone/keystone.conf" <<E
[DEFAULT]
use_stderr = true
[database]
connection = $(database_url keystone)
[token]
provider = fernet
expiration = 14400
[fernet_tokens]
key_repository = $DATA/keystone/fernet
[fernet_receipts]
key_repository = $DATA/keystone/fernet
[credential]
key_repository = $DATA/keystone/credential
[cache]
enabled = true
backend = oslo_cache.dict
expiration_time = 5
E
}
