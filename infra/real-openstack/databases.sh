# shellcheck shell=bash
# MariaDB, one database a service, and the services' schemas. Sourced by up.

DATABASES=(keystone glance placement nova_api nova nova_cell0 neutron)

start_database_server() {
  alive mariadb && return 0
  chmod 1777 "$RUN" # mariadbd runs as the user mysql and puts its socket there
  if [ ! -d "$DATA/mysql/mysql" ]; then
    mkdir -p "$DATA/mysql"
    chown mysql:mysql "$DATA/mysql"
    mariadb-install-db --no-defaults --user=mysql --datadir="$DATA/mysql" --skip-test-db \
      --auth-root-authentication-method=socket >"$LOG/mariadb-install.log" 2>&1 9>&- ||
      die_with_log "$LOG/mariadb-install.log" mariadb-install-db
  fi
  # Nothing here has to survive a power cut: no doublewrite, no flush at commit.
  spawn mariadb mariadbd --no-defaults --user=mysql --datadir="$DATA/mysql" \
    --socket="$DATABASE_SOCKET" --pid-file="$DATA/mysql/server.pid" --skip-networking --skip-log-bin \
    --max-connections=500 --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --sync-frm=0 \
    --innodb-buffer-pool-size=128M --performance-schema=off --character-set-server=utf8mb4 --skip-name-resolve
}

# database_url NAME: as SQLAlchemy reads it
database_url() { echo "mysql+pymysql://rig:$PASSWORD@localhost/$1?unix_socket=$DATABASE_SOCKET"; }

make_databases() {
  wait_for 60 mariadb as_root_of_database -e 'select 1'
  ! with_cinder || DATABASES+=(cinder)
  {
    printf 'CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb3;\n' "${DATABASES[@]}"
    echo "CREATE USER IF NOT EXISTS 'rig'@'localhost' IDENTIFIED BY '$PASSWORD'; GRANT ALL ON *.* TO 'rig'@'localhost';"
  } | as_root_of_database --batch
  say "mariadb up"
}

as_root_of_database() { mariadb --no-defaults -uroot -S "$DATABASE_SOCKET" "$@"; }

# make_schema SERVICE: once for the data that are there; its output is in db-SERVICE.log
make_schema() { once "db-$1" "schema_of_$1" >>"$LOG/db-$1.log" 2>&1; }

schema_of_keystone() {
  mkdir -p "$DATA/keystone/fernet" "$DATA/keystone/credential"
  chmod 700 "$DATA/keystone"/*
  manage_keystone db_sync &&
    manage_keystone fernet_setup --keystone-user root --keystone-group root &&
    manage_keystone credential_setup --keystone-user root --keystone-group root &&
    manage_keystone bootstrap --bootstrap-password "$PASSWORD" --bootstrap-region-id "$REGION" \
      --bootstrap-admin-url "$IDENTITY_URL/" --bootstrap-internal-url "$IDENTITY_URL/" --bootstrap-public-url "$IDENTITY_URL/"
}

manage_keystone() { keystone-manage --config-file "$ETC/keystone/keystone.conf" "$@"; }

schema_of_glance() { glance-manage --config-file "$ETC/glance/glance-api.conf" db_sync; }

schema_of_placement() { placement-manage --config-file "$ETC/placement/placement.conf" db sync; }

schema_of_cinder() { cinder-manage --config-file "$ETC/cinder/cinder.conf" db sync; }

schema_of_neutron() {
  neutron-db-manage --config-file "$ETC/neutron/neutron.conf" --config-file "$ETC/neutron/ml2.ini" upgrade heads
}

schema_of_nova() {
  manage_nova api_db sync &&
    manage_nova cell_v2 map_cell0 --database_connection "$(database_url nova_cell0)" &&
    manage_nova db sync &&
    { has_cell1 || manage_nova cell_v2 create_cell --name cell1; }
}

has_cell1() {
  local cells
  cells=$(manage_nova cell_v2 list_cells) && [[ $cells == *" cell1 "* ]]
}

manage_nova() { nova-manage --config-file "$ETC/nova/nova.conf" "$@"; }
