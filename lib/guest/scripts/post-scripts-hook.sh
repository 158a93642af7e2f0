#!/bin/sh
# Runs the post-scripts of this image once after each launch: as root, sorted by name, each with a time-out. What they print and
# how they end is kept in /var/log/atmo/post-scripts and told on the console.
# A launch is a new machine: one that cloud-init (or, without it, systemd) gave another id.

SCRIPTS=/etc/atmo/post-scripts.d
LOGS=/var/log/atmo/post-scripts
STATE=/var/lib/atmo
TIMEOUT_S=600
LOG_BYTES=1048576

export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
[ ! -e /run/darkroom/cleaning ] || exit 0
launch=$(cat /var/lib/cloud/data/instance-id 2>/dev/null || cat /etc/machine-id)
mkdir -p "$LOGS" "$STATE" /run/atmo
chmod 700 "$LOGS"
if [ "$(cat "$STATE/launch" 2>/dev/null)" = "$launch" ]; then : >/run/atmo/post-scripts-done; exit 0; fi
printf '%s\n' "$launch" >"$STATE/launch"

tell() {
  printf 'atmo post-script %s\n' "$1" >>/dev/console
  printf '%s post-script %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >>"$LOGS/all.log"
}

for script in "$SCRIPTS"/*; do
  [ -e "$script" ] || [ -L "$script" ] || continue
  name=${script##*/}
  if [ ! -f "$script" ] || [ ! -x "$script" ] || [ "$(head -n 1 "$script")" != '#!/bin/bash' ]; then
    echo skipped >"$LOGS/$name.status"
    tell "$name: skipped, it is not an executable file that begins with #!/bin/bash"
    continue
  fi
  echo running >"$LOGS/$name.status"
  tell "$name: started"
  timeout -k 10 "$TIMEOUT_S" "$script" </dev/null >"$LOGS/$name.log" 2>&1
  status=$?
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then echo "timeout $status" >"$LOGS/$name.status"; else echo "exit $status" >"$LOGS/$name.status"; fi
  if [ "$(wc -c <"$LOGS/$name.log")" -gt "$LOG_BYTES" ]; then
    tail -c "$LOG_BYTES" "$LOGS/$name.log" >"$LOGS/$name.log.end" && mv "$LOGS/$name.log.end" "$LOGS/$name.log"
  fi
  tail -n 3 "$LOGS/$name.log" | cut -c 1-200 | sed 's/^/  /' >>/dev/console
  tell "$name: $(cat "$LOGS/$name.status")"
done
: >/run/atmo/post-scripts-done
