# shellcheck shell=bash
# Starting, finding and stopping plain processes by pid file, one run at a time. Sourced by up, down and guest-image.

BEGAN_AT=$(date +%s)
STARTED=()
LOCK_WAIT_S=900

say() { printf '[%4ds] %s\n' "$(($(date +%s) - BEGAN_AT))" "$*"; }

die() {
  say "FAILED: $*" >&2
  exit 1
}

# die_with_log FILE WHAT: the end of the log is what somebody who has only this output needs
die_with_log() {
  local log=$1
  shift
  [ ! -s "$log" ] || { echo "--- the end of $log" >&2; tail -n 25 "$log" >&2; }
  die "$* ($log)"
}

# One `up` or `down` at a time. The lock is file descriptor 9 of this shell; what outlives the shell is started with 9>&-.
take_lock() {
  exec 9>"$STATE/.lock"
  flock -w "$LOCK_WAIT_S" 9 || die "another up or down has held $STATE/.lock for $LOCK_WAIT_S s"
}

# The start time of a process in ticks since boot; nothing for a zombie, which some containers never bury. A pid counts only
# with the start time noted beside it: after a reboot, or much later, the number may be somebody else's.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" { print $20 }'; }

# alive NAME: the process of that name that an earlier or this run started is still there
alive() {
  local pid birth
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] || return 1
  birth=$(born "$pid") || return 1
  [ -n "$birth" ] && [ "$birth" = "$(cat "$RUN/$1.born" 2>/dev/null)" ]
}

# spawn NAME COMMAND...: in a session of its own, unless it is alive. setsid does not fork here (no job control, so the
# background child leads no group): the pid noted is the process itself and also its group.
spawn() {
  local name=$1
  shift
  alive "$name" && return 0
  setsid "$@" >>"$LOG/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$RUN/$name.pid"
  born $! >"$RUN/$name.born" || true # it may have ended already; wait_for then says so
  STARTED+=("$name")
}

# spawn_listener NAME PORT COMMAND...: says so at once when somebody else has the port
spawn_listener() {
  local name=$1 port=$2
  shift 2
  alive "$name" && return 0
  [ -z "$(ss -Hltn "sport = :$port")" ] || die "$name needs port $port, which another process has: ss -ltnp 'sport = :$port'"
  spawn "$name" "$@"
}

# wait_for SECONDS NAME COMMAND...: until the command succeeds; gives up early when the process has ended
wait_for() {
  local seconds=$1 name=$2 attempt
  shift 2
  for ((attempt = 0; attempt < seconds * 5; attempt++)); do
    "$@" >/dev/null 2>&1 9>&- && return 0
    alive "$name" || die_with_log "$LOG/$name.log" "$name has ended"
    sleep .2
  done
  die_with_log "$LOG/$name.log" "$name was not ready within $seconds s"
}

# stop NAME [SECONDS]: TERM to its group, KILL after that time. A stale number is forgotten, never signalled.
stop() {
  local name=$1 seconds=${2:-15} pid tick
  pid=$(cat "$RUN/$name.pid" 2>/dev/null) || return 0
  if alive "$name"; then
    kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid"
    for ((tick = 0; tick < seconds * 10; tick++)); do
      kill -0 -- "-$pid" 2>/dev/null || break
      sleep .1
    done
    kill -0 -- "-$pid" 2>/dev/null && kill -KILL -- "-$pid" 2>/dev/null
  fi
  rm -f "$RUN/$name.pid" "$RUN/$name.born"
}

answers() { curl -s -o /dev/null --noproxy '*' -m 5 "$1"; }

# once MARKER COMMAND...: remembered in $DATA/done, so that it goes with the data it made
once() {
  local marker=$DATA/done/$1
  shift
  [ -e "$marker" ] && return 0
  "$@" 9>&- && touch "$marker"
}

# write_file PATH: standard input becomes the file, in one step and only where it differs
write_file() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm -f "$1.new"; else mv "$1.new" "$1"; fi
}

# unmount_below FOLDER: everything mounted there, the deepest first; fails when something stays
unmount_below() {
  local mounted
  for mounted in $(mounts_below "$1"); do umount "$mounted" || umount -l "$mounted"; done
  [ -z "$(mounts_below "$1")" ]
}

mounts_below() { awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r; }
