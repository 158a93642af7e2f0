# shellcheck shell=bash
# The event bridge beside RabbitMQ, where it is said whom to tell. Sourced by up.

start_event_bridge() {
  [ -n "$EVENT_HOOK" ] || return 0
  [ -n "$NODE" ] || die "the event bridge needs node: run this by npm"
  spawn event-bridge env BRIDGE_RABBITMQ_URL="$QUEUE_URL" BRIDGE_HOOK_URL="$EVENT_HOOK" BRIDGE_SECRET="$EVENT_SECRET" \
    "$NODE" "$HERE/../event-bridge/main.ts"
  wait_for 30 event-bridge grep -q 'reads RabbitMQ' "$LOG/event-bridge.log"
}
