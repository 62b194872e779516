# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# docker: a dockerd with its own data root, exec root, socket, pid file, cgroup parent and containerd.

engine_docker_commands() { echo dockerd docker containerd runc; }
engine_docker_home() { printf '%s\n' "$NSCTL_TEST_DIR/docker"; }

engine_docker_cli() {
  DOCKER_CONFIG=$(engine_docker_home)/client docker -H "unix://$(engine_docker_home)/docker.sock" "$@"
}

engine_docker_launch() {
  local home
  home=$(engine_docker_home)
  mkdir -p "$home/client"
  echo '{}' > "$home/daemon.json"
  background docker "$home/log" dockerd --config-file "$home/daemon.json" --host "unix://$home/docker.sock" \
    --data-root "$home/data" --exec-root "$home/exec" --pidfile "$home/docker.pid" \
    --cgroup-parent "/$(instance_cgroup)/docker" --storage-driver vfs --iptables=false --bridge=none --ip-forward=false \
    --exec-opt native.cgroupdriver=cgroupfs
}

engine_docker_ready() {
  local image
  daemon_wait docker engine_docker_answers || return 1
  for image in base pg scratch; do
    engine_docker_cli load -q -i "$(image_tar "$image")" > /dev/null || return 1
  done
}
engine_docker_answers() { engine_docker_timed version > /dev/null; }

engine_docker_down() {
  local ids
  proc_continue docker
  if ids=$(engine_docker_timed ps -aq) && [ -n "$ids" ]; then
    # shellcheck disable=SC2086 # a list of IDs
    engine_docker_timed rm -f $ids > /dev/null || true
  fi
  proc_end_recorded docker
}
engine_docker_timed() {
  DOCKER_CONFIG=$(engine_docker_home)/client timeout 30 docker -H "unix://$(engine_docker_home)/docker.sock" "$@"
} 2> /dev/null

engine_docker_start() {
  local args=() item
  [ -z "$opt_user" ] || args+=(--user "$opt_user")
  for item in "${opt_cap_add[@]}"; do args+=(--cap-add "$item"); done
  for item in "${opt_cap_drop[@]}"; do args+=(--cap-drop "$item"); done
  for item in "${opt_groups[@]}"; do args+=(--group-add "$item"); done
  for item in "${opt_env[@]}"; do args+=(--env "$item"); done
  for item in "${opt_labels[@]}"; do args+=(--label "$item"); done
  [ -z "$opt_workdir" ] || args+=(--workdir "$opt_workdir")
  [ -z "$opt_hostname" ] || args+=(--hostname "$opt_hostname")
  [ -z "$opt_privileged" ] || args+=(--privileged)
  [ -z "$opt_readonly" ] || args+=(--read-only)
  [ -z "$opt_nnp" ] || args+=(--security-opt no-new-privileges)
  [ "$opt_seccomp" != unconfined ] || args+=(--security-opt seccomp=unconfined)
  [ -z "$opt_pid" ] || args+=(--pid "$opt_pid")
  [ -z "$opt_ipc" ] || args+=(--ipc "$opt_ipc")
  args+=(--network "${opt_network:-none}" "${opt_raw[@]}")
  engine_docker_cli run -d --name "$name" "${args[@]}" "nsctl-test-$opt_image" "${opt_command[@]}" > /dev/null
}

engine_docker_exec() {
  local args=()
  [ -z "$opt_user" ] || args+=(--user "$opt_user")
  engine_docker_cli exec "${args[@]}" "${opt_raw[@]}" "$name" "${opt_command[@]}"
}

engine_docker_pid() { engine_docker_cli inspect -f '{{.State.Pid}}' "$name"; }
engine_docker_id() { engine_docker_cli inspect -f '{{.Id}}' "$name"; }
engine_docker_halt() { engine_docker_cli kill "$name" > /dev/null; }
engine_docker_stop() { engine_docker_cli rm -f "$name" > /dev/null; }
engine_docker_pause() { engine_docker_cli pause "$name" > /dev/null; }
engine_docker_unpause() { engine_docker_cli unpause "$name" > /dev/null; }
engine_docker_target() { printf 'docker/%s\n' "$name"; }
engine_docker_roots() {
  printf 'root docker %s\n' "$(engine_docker_home)/exec"
  printf 'data docker %s\n' "$(engine_docker_home)/data"
}
