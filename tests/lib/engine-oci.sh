# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# runc and crun by themselves: `spec`, edited with jq, and `run --detach`. The root file system is shared, each
# container has a bundle of its own. --raw is a jq filter on the config, applied last.

engine_runc_commands() { echo runc jq; }
engine_crun_commands() { echo crun jq; }
engine_runc_home() { printf '%s\n' "$NSCTL_TEST_DIR/runc"; }
engine_crun_home() { printf '%s\n' "$NSCTL_TEST_DIR/crun"; }
engine_runc_cli() { runc --root "$(engine_runc_home)/state" "$@"; }
engine_crun_cli() { crun --root "$(engine_crun_home)/state" "$@"; }
engine_runc_launch() { mkdir -p "$(engine_runc_home)"/{state,bundle}; }
engine_crun_launch() { mkdir -p "$(engine_crun_home)"/{state,bundle}; }
engine_runc_ready() { runc --version > /dev/null; }
engine_crun_ready() { crun --version > /dev/null; }
engine_runc_down() { oci_down runc; }
engine_crun_down() { oci_down crun; }
engine_runc_start() { oci_start runc; }
engine_crun_start() { oci_start crun; }
engine_runc_exec() { oci_exec runc; }
engine_crun_exec() { oci_exec crun; }
engine_runc_pid() { oci_pid runc; }
engine_crun_pid() { oci_pid crun; }
engine_runc_id() { printf '%s\n' "$name"; }
engine_crun_id() { printf '%s\n' "$name"; }
engine_runc_halt() { oci_halt runc; }
engine_crun_halt() { oci_halt crun; }
engine_runc_stop() { oci_stop runc; }
engine_crun_stop() { oci_stop crun; }
engine_runc_pause() { engine_runc_cli pause "$name"; }
engine_crun_pause() { engine_crun_cli pause "$name"; }
engine_runc_unpause() { engine_runc_cli resume "$name"; }
engine_crun_unpause() { engine_crun_cli resume "$name"; }
engine_runc_target() { printf 'runc/%s\n' "$name"; }
engine_crun_target() { printf 'crun/%s\n' "$name"; }
engine_runc_roots() { printf 'root runc %s\n' "$(engine_runc_home)/state"; }
engine_crun_roots() { printf 'root crun %s\n' "$(engine_crun_home)/state"; }

# oci_user: the uid and gid of $opt_user as numbers; names are the image's.
oci_user() {
  local user group='' root uid gid
  user=${opt_user:-$(image_user "$opt_image")}
  user=${user%%:*}
  root=$(image_rootfs "$opt_image")
  [ "${opt_user#*:}" = "$opt_user" ] || group=${opt_user#*:}
  case $user in
    '') uid=0 gid=0 ;;
    *[!0-9]*)
      uid=$(awk -F: -v u="$user" '$1 == u { print $3 }' "$root/etc/passwd")
      gid=$(awk -F: -v u="$user" '$1 == u { print $4 }' "$root/etc/passwd")
      [ -n "$uid" ] || return 1
      ;;
    *)
      uid=$user gid=0
      [ ! -f "$root/etc/passwd" ] || gid=$(awk -F: -v u="$user" '$3 == u { print $4 }' "$root/etc/passwd")
      ;;
  esac
  printf '%s %s\n' "$uid" "${group:-${gid:-0}}"
}

# oci_config: what the options ask for, as a jq filter.
oci_config() {
  # shellcheck disable=SC2016 # jq's variables
  printf '%s' '
    .process.terminal = false
    | .process.args = $command
    | .process.user = {uid: $uid, gid: $gid}
    | (if $groups != [] then .process.user.additionalGids = ($groups | map(tonumber)) else . end)
    | .process.env += $env
    | (if $workdir != "" then .process.cwd = $workdir else . end)
    | .hostname = $hostname
    | .root = {path: $rootfs, readonly: true}
    | .linux.cgroupsPath = $cgroup
    | (if $nnp != "" then .process.noNewPrivileges = true else . end)
    | (if $pid == "host" then .linux.namespaces |= map(select(.type != "pid")) else . end)
    | (if $network == "host" then .linux.namespaces |= map(select(.type != "network")) else . end)
    | (if $seccomp != null then .linux.seccomp = $seccomp[0] else . end)
    | .process.capabilities |= with_entries(
        if .key == "ambient" or .key == "inheritable" then . else
          .value = ((if $drop | index("CAP_ALL") then [] else .value end) + $add - $drop | unique) end)
    | (if $add | index("CAP_ALL") then
        .process.capabilities |= with_entries(
          if .key == "ambient" or .key == "inheritable" then . else .value = $all - $drop end)
       else . end)'
}

oci_words() { jq -cn '$ARGS.positional' --args "$@"; }

oci_start() {
  local runtime=$1 item home bundle uid gid seccomp=(--argjson seccomp null) filter all
  opt_refuse "$runtime" privileged labels ipc || return
  home=$("engine_${runtime}_home")
  bundle=$home/bundle/$name
  read -r uid gid < <(oci_user) || return 1
  case $opt_seccomp in
    '' | unconfined) ;;
    default) seccomp=(--argjson seccomp "[$(jq -n -f "$ENGINES_LIB/seccomp.jq")]") ;;
    *) seccomp=(--slurpfile seccomp "$opt_seccomp") ;;
  esac
  filter=$(oci_config)
  for item in "${opt_raw[@]}"; do filter="$filter | $item"; done
  mapfile -t all < <(caps_all)
  mkdir -p "$bundle"
  rm -f -- "$bundle/config.json"
  (cd "$bundle" && "engine_${runtime}_cli" spec && mv config.json spec.json) || return 1
  jq --argjson command "$(oci_words "${opt_command[@]}")" --argjson uid "$uid" --argjson gid "$gid" \
    --argjson groups "$(oci_words "${opt_groups[@]}")" --argjson env "$(oci_words "${opt_env[@]}")" \
    --argjson add "$(oci_words "${opt_cap_add[@]/#/CAP_}")" --argjson drop "$(oci_words "${opt_cap_drop[@]/#/CAP_}")" \
    --argjson all "$(oci_words "${all[@]}")" --arg workdir "$opt_workdir" --arg nnp "$opt_nnp" \
    --arg hostname "${opt_hostname:-$name}" --arg rootfs "$(image_rootfs "$opt_image")" --arg pid "$opt_pid" \
    --arg network "$opt_network" --arg cgroup "/$(instance_cgroup)/$runtime/$name" "${seccomp[@]}" \
    "$filter" "$bundle/spec.json" > "$bundle/config.json" || return 1
  in_leash "engine_${runtime}_cli" run --detach --bundle "$bundle" "$name" > "$bundle/log" 2>&1 || {
    cat "$bundle/log" >&2
    return 1
  }
}

oci_exec() {
  local args=() item uid gid
  # Their --user takes numbers only; a name is looked up in the image here.
  case $opt_user in
    '') ;;
    *[!0-9:]*)
      read -r uid gid < <(oci_user) || return 1
      args+=(--user "$uid:$gid")
      ;;
    *) args+=(--user "$opt_user") ;;
  esac
  for item in "${opt_env[@]}"; do args+=(--env "$item"); done
  "engine_${1}_cli" exec "${args[@]}" "${opt_raw[@]}" "$name" "${opt_command[@]}"
}

oci_pid() { "engine_${1}_cli" state "$name" | jq -r .pid; }

oci_halted() { [ "$("engine_${1}_cli" state "$name" 2> /dev/null | jq -r .status)" = stopped ]; }
oci_halt() {
  "engine_${1}_cli" kill "$name" KILL && wait_until 30 oci_halted "$1"
}
oci_stop() {
  "engine_${1}_cli" resume "$name" > /dev/null 2>&1 || true
  "engine_${1}_cli" delete --force "$name" || return 1
  remove_below "$("engine_${1}_home")/bundle/$name"
}

oci_down() {
  local bundle name
  for bundle in "$("engine_${1}_home")"/bundle/*; do
    [ -d "$bundle" ] || continue
    name=${bundle##*/}
    oci_stop "$1" > /dev/null 2>&1 || true
  done
}
