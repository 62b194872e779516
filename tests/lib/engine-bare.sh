# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bwrap and unshare: no state files, only namespaces. The harness keeps the init's PID; --raw is an option of the
# program itself. Neither has an exec of its own.

engine_bwrap_commands() { echo bwrap jq choom prlimit; }
engine_unshare_commands() { echo unshare choom prlimit; }
engine_bwrap_home() { printf '%s\n' "$NSCTL_TEST_DIR/bwrap"; }
engine_unshare_home() { printf '%s\n' "$NSCTL_TEST_DIR/unshare"; }
engine_bwrap_launch() { mkdir -p "$(engine_bwrap_home)"; }
engine_unshare_launch() { mkdir -p "$(engine_unshare_home)"; }
engine_bwrap_ready() { bwrap --version > /dev/null; }
engine_unshare_ready() { unshare --version > /dev/null; }
engine_bwrap_exec() { bare_has_none bwrap exec; }
engine_unshare_exec() { bare_has_none unshare exec; }
engine_bwrap_pause() { bare_has_none bwrap pause; }
engine_unshare_pause() { bare_has_none unshare pause; }
engine_bwrap_unpause() { bare_has_none bwrap unpause; }
engine_unshare_unpause() { bare_has_none unshare unpause; }
engine_bwrap_pid() { bare_pid bwrap; }
engine_unshare_pid() { bare_pid unshare; }
engine_bwrap_id() { bare_pid bwrap; }
engine_unshare_id() { bare_pid unshare; }
engine_bwrap_stop() { bare_stop bwrap; }
engine_unshare_stop() { bare_stop unshare; }
engine_bwrap_halt() { bare_stop bwrap; }
engine_unshare_halt() { bare_stop unshare; }
engine_bwrap_down() { bare_down bwrap; }
engine_unshare_down() { bare_down unshare; }
engine_bwrap_target() { printf 'pid/%s\n' "$(bare_pid bwrap)"; }
engine_unshare_target() { printf 'pid/%s\n' "$(bare_pid unshare)"; }
engine_bwrap_roots() { :; }
engine_unshare_roots() { :; }

bare_has_none() {
  say "tests: $1 has no $2 of its own"
  return 3
}

# What a group takes over from who starts it is not what the tests have themselves: else nobody could tell whose a command gets.
BARE_INHERITED=(choom -n 123 -- prlimit --nofile=900:1000 --)

bare_file() { printf '%s\n' "$NSCTL_TEST_DIR/$1/$name.$2"; }
bare_pid() { cut -d ' ' -f 1 < "$(bare_file "$1" init)"; }

# bare_note ENGINE PID: keeps the init with its start time.
bare_note() { printf '%s %s\n' "$2" "$(proc_start "$2")" > "$(bare_file "$1" init)"; }

bare_stop() {
  local pid start
  read -r pid start < "$(bare_file "$1" init)" || return 0
  # PID 1 of a PID namespace ignores TERM without a handler.
  proc_is "$pid" "$start" && kill -KILL "$pid"
  wait_until 30 proc_gone "$pid" "$start" && rm -f -- "$(bare_file "$1" init)"
}

bare_down() {
  local file name
  for file in "$NSCTL_TEST_DIR/$1"/*.init; do
    [ -f "$file" ] || continue
    name=${file##*/}
    name=${name%.init}
    bare_stop "$1"
  done
}

engine_bwrap_start() {
  local info args=() item uid gid
  opt_refuse bwrap privileged groups labels pid ipc || return
  [ "$opt_seccomp" != default ] || bare_has_none bwrap 'seccomp profile' || return
  [ "$opt_image" != scratch ] || bare_has_none bwrap 'mount points in scratch' || return
  info=$(bare_file bwrap info)
  rm -f -- "$info"
  if [ -n "${opt_user:-$(image_user "$opt_image")}" ]; then
    read -r uid gid < <(oci_user) || return 1
    args+=(--uid "$uid" --gid "$gid")
  fi
  for item in "${opt_cap_drop[@]/#/CAP_}"; do args+=(--cap-drop "${item/CAP_ALL/ALL}"); done
  for item in "${opt_cap_add[@]/#/CAP_}"; do args+=(--cap-add "${item/CAP_ALL/ALL}"); done
  for item in "${opt_env[@]}"; do args+=(--setenv "${item%%=*}" "${item#*=}"); done
  [ -z "$opt_hostname" ] || args+=(--hostname "$opt_hostname")
  [ -z "$opt_workdir" ] || args+=(--chdir "$opt_workdir")
  [ "$opt_network" != host ] || args+=(--share-net)
  # shellcheck disable=SC2016 # the inner shell's variables
  background "bwrap-$name" "$(bare_file bwrap log)" sh -c 'info=$1; shift; exec "$@" 3> "$info"' sh "$info" \
    "${BARE_INHERITED[@]}" bwrap --unshare-all --as-pid-1 --clearenv --setenv PATH /bin:/usr/bin --info-fd 3 \
    --ro-bind "$(image_rootfs "$opt_image")" / --proc /proc --dev /dev --tmpfs /tmp "${args[@]}" "${opt_raw[@]}" \
    "${opt_command[@]}"
  wait_until 30 bare_bwrap_runs || {
    cat "$(bare_file bwrap log)" >&2
    return 1
  }
  bare_note bwrap "$(jq '."child-pid"' "$info")"
}
# The command runs as soon as the init's executable is no longer bwrap.
bare_bwrap_runs() {
  local pid
  pid=$(jq '."child-pid"' "$(bare_file bwrap info)" 2> /dev/null) && [ -n "$pid" ] &&
    [ "$(cat "/proc/$pid/comm" 2> /dev/null)" = "$(basename "${opt_command[0]}")" ]
}

engine_unshare_start() {
  local args=()
  opt_refuse unshare user cap_add cap_drop privileged groups labels hostname readonly nnp pid ipc || return
  [ "$opt_seccomp" != default ] || bare_has_none unshare 'seccomp profile' || return
  [ "$opt_network" = host ] || args+=(--net)
  [ -z "$opt_workdir" ] || args+=(--wd "$opt_workdir")
  background "unshare-$name" "$(bare_file unshare log)" "${BARE_INHERITED[@]}" \
    env -i PATH=/bin:/usr/bin "${opt_env[@]}" "$(command -v unshare)" --fork --kill-child --pid --mount --uts --ipc --cgroup "${args[@]}" \
    --root "$(image_rootfs "$opt_image")" --mount-proc "${opt_raw[@]}" "${opt_command[@]}"
  wait_until 30 bare_unshare_runs || {
    cat "$(bare_file unshare log)" >&2
    return 1
  }
}
bare_unshare_runs() {
  local outer pid
  outer=$(cat "$NSCTL_TEST_DIR/unshare-$name.started") && pid=$(proc_children "$outer") && pid=${pid%% *} && [ -n "$pid" ] &&
    [ "$(cat "/proc/$pid/comm" 2> /dev/null)" = "$(basename "${opt_command[0]}")" ] && bare_note unshare "$pid"
}
