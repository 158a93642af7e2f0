# shellcheck shell=dash
# How the script speaks: numbered, checked lines over the serial console. Read by console.ts.
#
# ~dr1 NONCE KIND INDEX/TOTAL ID PAYLOAD CHECK
#   KIND     P where we are, F could not be done, C report of clean, V report of verify
#   ID       the first 16 hex digits of the sha256 of all payloads in order: frames of one message share it
#   PAYLOAD  a piece of base64; for C and V of gzip
#   CHECK    8 hex digits over the line before it
# A kernel message may cut into any line at any place: the reader takes each line from the first round in which it came whole.

payload_length=120       # with a nonce of 36 a line has 198 bytes, and the terminal adds one
report_limit=29000       # bytes of gzip: 323 lines, below 64 KiB in all
repeat_every=5           # seconds

# open_console: CONSOLES are the devices that take a line. A port without hardware refuses it.
open_console() {
  CONSOLES=
  if [ -n "${DARKROOM_CONSOLE:-}" ]; then CONSOLES=$DARKROOM_CONSOLE; return 0; fi
  for device in /dev/ttyS0 /dev/ttyAMA0 /dev/hvc0; do
    [ -c "$device" ] || continue
    # Never wait for a modem, nor for somebody who pressed control-S.
    stty -F "$device" clocal -crtscts -ixon 2>/dev/null
    (printf '\n' >"$device") 2>/dev/null && CONSOLES="$CONSOLES $device"
  done
  [ -n "$CONSOLES" ]
}

# say LINES-FILE: each line by one write, so that only the kernel can cut into it.
say() {
  if [ -n "${DARKROOM_CONSOLE:-}" ]; then say_to "$DARKROOM_CONSOLE" "$1"; return 0; fi
  for device in $CONSOLES; do say_to "$device" "$1"; done
}

say_to() {
  while IFS= read -r line; do printf '%s\n' "$line"; done <"$2" >>"$1" 2>/dev/null
}

# frame KIND BASE64-FILE FRAMES-FILE
frame() {
  tr -d '\n' <"$2" >"$2.flat"
  digest=$(sha256sum <"$2.flat")
  fold -w "$payload_length" <"$2.flat" | awk -v nonce="$NONCE" -v kind="$1" -v id="${digest%"${digest#????????????????}"}" '
    BEGIN { for (c = 33; c < 127; c++) code[sprintf("%c", c)] = c; code[" "] = 32 }
    { payload[NR] = $0 }
    END {
      for (i = 1; i <= NR; i++) {
        text = "~dr1 " nonce " " kind " " i "/" NR " " id " " payload[i]
        check = 0
        length_of_text = length(text)
        for (c = 1; c <= length_of_text; c++) check = (check * 67 + code[substr(text, c, 1)]) % 2147483647
        printf "%s %08x\n", text, check
      }
    }' >"$3"
}

# tell KIND WORDS: a message of one or few lines, said at once.
tell() {
  printf '%s' "$2" | head -c 400 | base64 >"$W/words"
  frame "$1" "$W/words" "$W/words.frames"
  say "$W/words.frames"
}

progress() {
  printf '%s\n' "$1" >"$W/doing"
  tell P "$1"
}

# give_up WORDS: what could not be done, said until somebody stops us.
give_up() {
  stop_heartbeat
  tell F "$1"
  while ! last_round; do sleep "$repeat_every"; tell F "$1"; done
  leave_ground
  exit 1
}

last_round() { [ -n "${DARKROOM_ONCE:-}" ]; }

# heartbeat: while a single command works for long, the console grows as long as the disk is worked on; and an end is put to it all.
heartbeat() {
  [ -n "$REAL_ROOT" ] || return 0
  beat "$W" &
  HEARTBEAT=$!
}

beat() {
  # Its own notes: it speaks beside the one that works.
  mkdir -p "$W/heartbeat"
  W=$W/heartbeat
  began=$(uptime_s)
  before=
  while sleep 10; do
    doing=$(cat "$1/doing")
    if [ $(($(uptime_s) - began)) -gt "$time_limit" ]; then
      kill "$$"
      HEARTBEAT=
      give_up "the time limit of $time_limit s was reached at: $doing"
    fi
    now=$(cat /proc/diskstats)
    [ "$now" = "$before" ] || tell P "$doing"
    before=$now
  done
}

stop_heartbeat() {
  [ -z "${HEARTBEAT:-}" ] || kill "$HEARTBEAT" 2>/dev/null
  HEARTBEAT=
}

uptime_s() {
  read -r up _ </proc/uptime
  printf '%s\n' "${up%.*}"
}

# send_report KIND: the records of $W/records, lists cut until it fits, repeated until somebody stops us.
send_report() {
  stop_heartbeat
  limit=4000
  while :; do
    compose_report "$limit" | gzip -9 -n >"$W/report.gz"
    [ "$(wc -c <"$W/report.gz")" -gt "$report_limit" ] || break
    limit=$((limit * 2 / 3))
  done
  base64 <"$W/report.gz" >"$W/report"
  frame "$1" "$W/report" "$W/report.frames"
  say "$W/report.frames"
  while ! last_round; do sleep "$repeat_every"; say "$W/report.frames"; done
}

# compose_report LIMIT: records that stand once, then of every list at most LIMIT (packages) or a tenth of it, and how many more there are.
compose_report() {
  cat "$W/facts"
  for list in "$W"/list.*; do
    [ -e "$list" ] || continue
    most=$(($1 / 10))
    case $list in *.package) most=$1 ;; esac
    awk -F '\t' -v most="$most" 'NR <= most { print } END { if (NR > most) printf "omitted\t%s\t%d\n", $1, NR - most }' "$list"
  done
  printf 'end\n'
}
