# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# lxc: a configuration path of its own. --raw is a line of the container's configuration.

engine_lxc_commands() { echo lxc-start lxc-attach lxc-info lxc-stop; }
engine_lxc_home() { printf '%s\n' "$NSCTL_TEST_DIR/lxc"; }
engine_lxc_cli() {
  local verb=$1
  shift
  "lxc-$verb" -P "$(engine_lxc_home)" "$@"
}
engine_lxc_launch() { mkdir -p "$(engine_lxc_home)" && chmod 0711 "$(engine_lxc_home)"; }
engine_lxc_ready() { lxc-info --version > /dev/null; }

engine_lxc_start() {
  local dir uid gid item
  opt_refuse lxc privileged labels pid ipc || return
  dir=$(engine_lxc_home)/$name
  mkdir -p "$dir"
  read -r uid gid < <(oci_user) || return 1
  {
    [ ! -f /usr/share/lxc/config/common.conf ] || echo "lxc.include = /usr/share/lxc/config/common.conf"
    echo "lxc.uts.name = ${opt_hostname:-$name}"
    echo "lxc.rootfs.path = dir:$(image_rootfs "$opt_image")"
    echo "lxc.net.0.type = ${opt_network:-empty}" | sed 's/= host$/= none/'
    echo "lxc.mount.auto = proc:mixed sys:ro"
    echo "lxc.init.cmd = ${opt_command[*]}"
    [ "$uid $gid" = '0 0' ] || printf 'lxc.init.uid = %s\nlxc.init.gid = %s\n' "$uid" "$gid"
    [ ${#opt_groups[@]} -eq 0 ] || echo "lxc.init.groups = $(IFS=, && echo "${opt_groups[*]}")"
    [ -z "$opt_workdir" ] || echo "lxc.init.cwd = $opt_workdir"
    [ -z "$opt_readonly" ] || echo "lxc.rootfs.options = ro"
    lxc_capabilities
    for item in "${opt_env[@]}"; do echo "lxc.environment = $item"; done
    [ -z "$opt_nnp" ] || echo "lxc.no_new_privs = 1"
    [ "$opt_seccomp" != unconfined ] || echo "lxc.seccomp.profile ="
    printf '%s\n' "${opt_raw[@]}"
  } > "$dir/config"
  if ! in_leash engine_lxc_cli start -n "$name" -d -o "$dir/log" -l INFO 2> "$dir/errors" ||
    ! wait_until 30 engine_lxc_runs; then
    cat "$dir/errors" >&2
    tail -n 20 "$dir/log" >&2
    return 1
  fi
}
# lxc_capabilities: the common configuration drops five; `keep` and `drop` cannot stand together.
lxc_capabilities() {
  local item added=" ${opt_cap_add[*]} "
  case " ${opt_cap_drop[*]} " in
    *" ALL "*)
      echo 'lxc.cap.drop ='
      [ ${#opt_cap_add[@]} -gt 0 ] || echo 'lxc.cap.keep = none'
      for item in "${opt_cap_add[@]}"; do echo "lxc.cap.keep = ${item,,}"; done
      return
      ;;
  esac
  echo 'lxc.cap.drop ='
  for item in MAC_ADMIN MAC_OVERRIDE SYS_TIME SYS_MODULE SYS_RAWIO; do
    case $added in
      *" $item "* | *" ALL "*) ;;
      *) echo "lxc.cap.drop = ${item,,}" ;;
    esac
  done
  for item in "${opt_cap_drop[@]}"; do echo "lxc.cap.drop = ${item,,}"; done
}
engine_lxc_runs() { [ "$(engine_lxc_cli info -n "$name" -s -H 2> /dev/null)" = RUNNING ]; }
engine_lxc_halted() { [ "$(engine_lxc_cli info -n "$name" -s -H 2> /dev/null)" = STOPPED ]; }

engine_lxc_exec() {
  local args=() uid gid
  if [ -n "$opt_user" ]; then
    read -r uid gid < <(oci_user) || return 1
    args=(--uid "$uid" --gid "$gid")
  fi
  engine_lxc_cli attach -n "$name" --clear-env "${args[@]}" "${opt_raw[@]}" -- "${opt_command[@]}"
}

engine_lxc_pid() { engine_lxc_cli info -n "$name" -p -H; }
engine_lxc_id() { printf '%s\n' "$name"; }
engine_lxc_halt() { engine_lxc_cli stop -n "$name" -k && wait_until 30 engine_lxc_halted; }
engine_lxc_stop() {
  engine_lxc_cli unfreeze -n "$name" 2> /dev/null || true
  engine_lxc_halted || engine_lxc_halt || return 1
  # A start that failed leaves its empty cgroups; one that is in use cannot be removed.
  rmdir /sys/fs/cgroup/*/lxc.{monitor,payload}."$name" 2> /dev/null || true
  remove_below "$(engine_lxc_home)/$name"
}
engine_lxc_pause() { engine_lxc_cli freeze -n "$name"; }
engine_lxc_unpause() { engine_lxc_cli unfreeze -n "$name"; }
engine_lxc_target() { printf 'lxc/%s\n' "$name"; }
engine_lxc_roots() { printf 'root lxc %s\n' "$(engine_lxc_home)"; }

engine_lxc_down() {
  local dir name
  for dir in "$(engine_lxc_home)"/*; do
    [ -d "$dir" ] || continue
    name=${dir##*/}
    engine_lxc_stop > /dev/null 2>&1 || true
  done
}
