# shellcheck shell=bash
# RabbitMQ as root, with a node name, folders and a name server (epmd) of its own. Sourced by up.

start_message_queue() {
  mkdir -p "$ETC/rabbitmq" "$DATA/rabbitmq" "$LOG/rabbitmq"
  write_file "$ETC/rabbitmq/rabbitmq.conf" <<E
listeners.tcp.1 = 127.0.0.1:$QUEUE_PORT
default_user = rig
default_pass = $PASSWORD
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 50MB
log.file.level = warning
E
  write_file "$ETC/rabbitmq/env.conf" </dev/null
  printf '[].' | write_file "$ETC/rabbitmq/enabled_plugins"

  # In the foreground with a pid file; else Erlang starts one that stays behind and that nobody owns. One that is there
  # already serves as well.
  [ -n "$(ss -Hltn "sport = :$ERLANG_NAMES_PORT")" ] || spawn epmd env ERL_EPMD_ADDRESS=127.0.0.1 "$(command -v epmd)"

  spawn_listener rabbitmq "$QUEUE_PORT" env HOME="$DATA/rabbitmq" RABBITMQ_NODENAME="$HOST_NAME@localhost" \
    RABBITMQ_CONFIG_FILE="$ETC/rabbitmq/rabbitmq" RABBITMQ_CONF_ENV_FILE="$ETC/rabbitmq/env.conf" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$ETC/rabbitmq/enabled_plugins" RABBITMQ_MNESIA_BASE="$DATA/rabbitmq/mnesia" \
    RABBITMQ_LOG_BASE="$LOG/rabbitmq" RABBITMQ_PID_FILE="$DATA/rabbitmq/pid" \
    RABBITMQ_DIST_PORT="$ERLANG_NODE_PORT" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none" "$(message_queue_program rabbitmq-server)"
}

# Whoever wants Nova's and Glance's events has a queue of their own (infra/event-bridge); those that oslo.messaging makes are read by nobody and would grow.
bound_unread_queues() {
  message_queue_control set_policy unread-events '^(versioned_)?notifications\.' '{"max-length":1000,"overflow":"drop-head"}' --apply-to queues
}

# RabbitMQ's own, not Debian's wrapper of it, which becomes the user rabbitmq and has another cookie
message_queue_control() {
  HOME="$DATA/rabbitmq" RABBITMQ_CONF_ENV_FILE="$ETC/rabbitmq/env.conf" "$(message_queue_program rabbitmqctl)" -q -n "$HOST_NAME@localhost" "$@"
}

message_queue_program() { find /usr/lib/rabbitmq/lib -path "*/rabbitmq_server-*/sbin/$1" | sort | tail -n 1; }

message_queue_answers() { bash -c "exec 3<>/dev/tcp/127.0.0.1/$QUEUE_PORT"; }
