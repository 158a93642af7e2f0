# shellcheck shell=dash
# Cleans the guest that it runs in, or the folder that DARKROOM_ROOT names, of everything of its owner; reports; waits to be stopped.

main() {
  go_on_alone clean
  find_ground
  read_job_of_clean
  heartbeat
  await_cloud_init 600
  see_through
  quiet_down
  # First who the source is: it is removed soon.
  tell_identity
  prepare_keeping
  exclude_paths
  for folder in /home /mnt /tmp /root /var/tmp; do empty "$folder"; done
  clean_traces
  clean_accounts
  clean_system_files
  progress "checking post-scripts"
  check_post_scripts
  install_hook
  find_secrets
  virtio_names
  end_of_open_files
  zero_free_space
  tell_errors
  send_report C
  leave_ground
}

# end_of_open_files: a file that a process still has open keeps its blocks until that process ends, after all our zeros.
end_of_open_files() {
  [ -n "$REAL_ROOT" ] || return 0
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    [ "$pid" != 1 ] && [ "$pid" != "$$" ] && [ "$pid" != "${HEARTBEAT:-}" ] || continue
    for open_file in "$process"/fd/* "$process/exe"; do
      case $(readlink "$open_file" 2>/dev/null) in
        /memfd:* | /dev/* | /run/* | /proc/* | /SYSV* | /\[*) continue ;;
        /*' (deleted)') ;;
        *) continue ;;
      esac
      command_line=$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null | head -c 80)
      kill -9 "$pid" 2>/dev/null && problem "a process was ended that held removed files: $command_line"
      break
    done
  done
}

tell_errors() {
  [ -s "$W/errors" ] || return 0
  problem "$(wc -l <"$W/errors") complaints of the guest's tools, the first: $(head -n 1 "$W/errors" | head -c 200)"
}
