# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One containerd with its own root, state, socket and runc state serves two engines: cri (pods made over gRPC by
# cri.py, as a kubelet makes them) and containerd (plain containers of the namespace `default`, made with ctr).

engine_containerd_commands() { echo containerd ctr runc; }
engine_cri_commands() { echo containerd ctr runc python3 jq; }
engine_containerd_home() { printf '%s\n' "$NSCTL_TEST_DIR/containerd"; }
engine_cri_home() { engine_containerd_home; }

engine_containerd_cli() { ctr -a "$(engine_containerd_home)/containerd.sock" -n default "$@"; }
engine_cri_ctr() { ctr -a "$(engine_containerd_home)/containerd.sock" -n k8s.io "$@"; }
engine_cri_cli() {
  local home
  home=$(engine_containerd_home)
  /usr/bin/python3 "$ENGINES_LIB/cri.py" --socket "$home/containerd.sock" --state "$home/pods" \
    --cgroup-root "/$(instance_cgroup)" "$@"
}

containerd_settings() {
  cat << CONF
version = 2
root = "$1/root"
state = "$1/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "$1/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$1/opt"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_apparmor = true
  sandbox_image = "docker.io/library/nsctl-test-pause:latest"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$1/cni/bin"
    conf_dir = "$1/cni/conf"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "$1/runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.annotated]
      runtime_type = "io.containerd.runc.v2"
      pod_annotations = ["kubectl.kubernetes.io/*"]
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.annotated.options]
        Root = "$1/runc"
CONF
}

# containerd_network DIR: a CNI plugin that connects nothing: a pod gets a network namespace of its own and no traffic.
containerd_network() {
  mkdir -p "$1/bin" "$1/conf"
  cat > "$1/bin/nsctl-test-none" << 'PLUGIN'
#!/bin/sh
cat > /dev/null
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
  ADD)
    printf '{"cniVersion":"0.4.0","interfaces":[{"name":"%s","sandbox":"%s"}],' "$CNI_IFNAME" "$CNI_NETNS"
    printf '"ips":[{"version":"4","address":"127.0.0.2/8","interface":0}]}\n'
    ;;
esac
PLUGIN
  chmod 0755 "$1/bin/nsctl-test-none"
  ln -sf nsctl-test-none "$1/bin/loopback"
  cat > "$1/conf/10-none.conflist" << 'CONF'
{"cniVersion": "0.4.0", "name": "nsctl-test", "plugins": [{"type": "nsctl-test-none"}]}
CONF
}

engine_containerd_launch() {
  local home
  home=$(engine_containerd_home)
  [ ! -e "$home/config.toml" ] || return 0
  mkdir -p "$home/pods"
  containerd_network "$home/cni"
  containerd_settings "$home" > "$home/config.toml"
  background containerd "$home/log" containerd --config "$home/config.toml"
}
engine_cri_launch() { engine_containerd_launch; }

engine_containerd_answers() { timeout 5 ctr -a "$(engine_containerd_home)/containerd.sock" version > /dev/null 2>&1; }
engine_containerd_ready() {
  local image
  daemon_wait containerd engine_containerd_answers || return 1
  for image in base pg scratch; do
    engine_containerd_cli images import --snapshotter native "$(image_tar "$image")" > /dev/null || return 1
  done
}
engine_cri_ready() {
  local image
  daemon_wait containerd engine_containerd_answers || return 1
  for image in base pg scratch pause; do
    engine_cri_ctr images import --snapshotter native "$(image_tar "$image")" > /dev/null || return 1
  done
  wait_until 30 engine_cri_cli ready
}

engine_cri_down() {
  proc_continue containerd
  timeout 60 /usr/bin/python3 "$ENGINES_LIB/cri.py" --socket "$(engine_containerd_home)/containerd.sock" \
    --state "$(engine_containerd_home)/pods" stop --all > /dev/null 2>&1 || true
  containerd_last cri
}
engine_containerd_down() {
  local name
  proc_continue containerd
  if engine_containerd_answers; then
    for name in $(engine_containerd_cli containers ls -q); do
      engine_containerd_stop > /dev/null 2>&1 || true
    done
  fi
  containerd_last containerd
}
# containerd_last ENGINE: the daemon ends with the last of its two engines.
containerd_last() {
  touch "$(engine_containerd_home)/$1.down"
  case " ${NSCTL_TEST_ENGINES-} " in
    *" cri "*) [ -e "$(engine_containerd_home)/cri.down" ] || return 0 ;;
  esac
  case " ${NSCTL_TEST_ENGINES-} " in
    *" containerd "*) [ -e "$(engine_containerd_home)/containerd.down" ] || return 0 ;;
  esac
  proc_end_recorded containerd
}

engine_containerd_start() {
  local args=() item
  # ctr's `run` has no --user before 1.7; an image's USER is taken. no_new_privs is its default.
  opt_refuse containerd user groups hostname pid ipc || return
  for item in $(caps_expand "${opt_cap_drop[@]}"); do args+=(--cap-drop "$item"); done
  for item in $(caps_expand "${opt_cap_add[@]}"); do
    case " ${opt_cap_drop[*]/#/CAP_} " in
      *" $item "*) ;;
      *) args+=(--cap-add "$item") ;;
    esac
  done
  for item in "${opt_env[@]}"; do args+=(--env "$item"); done
  for item in "${opt_labels[@]}"; do args+=(--label "$item"); done
  [ -z "$opt_workdir" ] || args+=(--cwd "$opt_workdir")
  [ -z "$opt_privileged" ] || args+=(--privileged)
  [ -z "$opt_readonly" ] || args+=(--read-only)
  [ "$opt_seccomp" != default ] || args+=(--seccomp)
  [ "$opt_network" != host ] || args+=(--net-host)
  in_leash engine_containerd_cli run -d --null-io --snapshotter native --runc-root "$(engine_containerd_home)/runc" \
    --cgroup "/$(instance_cgroup)/containerd/$name" "${args[@]}" "${opt_raw[@]}" \
    "docker.io/library/nsctl-test-$opt_image:latest" "$name" "${opt_command[@]}" > /dev/null
}
engine_containerd_exec() {
  local args=()
  [ -z "$opt_user" ] || args+=(--user "$opt_user")
  engine_containerd_cli task exec --exec-id "exec-$BASHPID" --fifo-dir "$(engine_containerd_home)/fifo" "${args[@]}" \
    "${opt_raw[@]}" "$name" "${opt_command[@]}"
}
engine_containerd_pid() { engine_containerd_cli task ls | awk -v name="$name" '$1 == name { print $2 }'; }
engine_containerd_id() { printf '%s\n' "$name"; }
engine_containerd_pause() { engine_containerd_cli task pause "$name"; }
engine_containerd_unpause() { engine_containerd_cli task resume "$name"; }
engine_containerd_target() { printf 'containerd/%s\n' "$name"; }
engine_containerd_halted() { [ "$(engine_containerd_cli task ls | awk -v name="$name" '$1 == name { print $3 }')" = STOPPED ]; }
engine_containerd_halt() { engine_containerd_cli task kill -s KILL "$name" && wait_until 30 engine_containerd_halted; }
engine_containerd_stop() {
  engine_containerd_cli task resume "$name" > /dev/null 2>&1 || true
  engine_containerd_cli task rm -f "$name" > /dev/null 2>&1 || true
  engine_containerd_cli containers rm "$name"
}
engine_containerd_roots() { printf 'root containerd %s\n' "$(engine_containerd_home)/state"; }
engine_cri_roots() { printf 'root cri %s\n' "$(engine_containerd_home)/state"; }

# ---- cri: NAME is a pod; CONTAINER in `container_pid cri POD/CONTAINER` defaults to the only or default one

# cri_manifest: the Pod that the options describe, at container level; --raw is a jq filter on the manifest.
cri_manifest() {
  local filter item caps
  caps=$(jq -cn --argjson add "$(oci_words "${opt_cap_add[@]}")" --argjson drop "$(oci_words "${opt_cap_drop[@]}")" \
    '{add: $add, drop: $drop}')
  # shellcheck disable=SC2016 # jq's variables
  filter='{apiVersion: "v1", kind: "Pod", metadata: {name: $name, namespace: "default", labels: ($labels | map(split("=") | {(.[0]): .[1]}) | add // {})},
    spec: {hostNetwork: ($network == "host"), hostPID: ($pid == "host"), hostIPC: ($ipc == "host"), containers: [
      {name: "main", image: $image, command: $command, env: ($env | map(split("=") | {name: .[0], value: .[1]})),
       securityContext: ({capabilities: $caps}
         + if $user == "" then {} else {runAsUser: ($user | split(":")[0] | tonumber)} end
         + if ($user | contains(":")) then {runAsGroup: ($user | split(":")[1] | tonumber)} else {} end
         + if $privileged == "" then {} else {privileged: true} end
         + if $readonly == "" then {} else {readOnlyRootFilesystem: true} end
         + if $nnp == "" then {} else {allowPrivilegeEscalation: false} end
         + if $seccomp == "default" then {seccompProfile: {type: "RuntimeDefault"}} else {} end)}]}}
    | if $workdir == "" then . else .spec.containers[0].workingDir = $workdir end
    | if $groups == [] then . else .spec.securityContext.supplementalGroups = ($groups | map(tonumber)) end
    | if $hostname == "" then . else .spec.hostname = $hostname end'
  for item in "${opt_raw[@]}"; do filter="$filter | $item"; done
  jq -n --arg name "$name" --arg image "docker.io/library/nsctl-test-$opt_image:latest" --argjson caps "$caps" \
    --argjson command "$(oci_words "${opt_command[@]}")" --argjson env "$(oci_words "${opt_env[@]}")" \
    --argjson labels "$(oci_words "${opt_labels[@]}")" --argjson groups "$(oci_words "${opt_groups[@]}")" \
    --arg user "$opt_user" --arg privileged "$opt_privileged" --arg readonly "$opt_readonly" --arg nnp "$opt_nnp" \
    --arg seccomp "$opt_seccomp" --arg workdir "$opt_workdir" --arg hostname "$opt_hostname" \
    --arg network "$opt_network" --arg pid "$opt_pid" --arg ipc "$opt_ipc" "$filter"
}

engine_cri_start() {
  local file
  file=$(engine_cri_home)/pods/$name.manifest
  cri_manifest > "$file" && engine_cri_cli start "$file"
}
# engine_cri_play NAME FILE: a Pod manifest, YAML or JSON, under another name.
engine_cri_play() { engine_cri_cli start --name "$name" "$1"; }
engine_cri_exec() {
  [ -z "$opt_user" ] || bare_has_none cri 'exec as another user' || return
  engine_cri_cli exec "$name" "${opt_command[@]}"
}
engine_cri_pid() { engine_cri_cli pid "$name"; }
engine_cri_id() { engine_cri_cli id "$name"; }
engine_cri_halt() { engine_cri_cli halt "$name"; }
engine_cri_stop() { engine_cri_cli stop "$name"; }
engine_cri_pause() { engine_cri_ctr task pause "$(engine_cri_id)"; }
engine_cri_unpause() { engine_cri_ctr task resume "$(engine_cri_id)"; }
engine_cri_target() { engine_cri_cli target "$name"; }
