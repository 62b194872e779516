# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# podman as root: its own storage, run root, temporary folder and configuration; crun and, as podman-runc, runc.
# Both are one podman with one storage; they differ in the OCI runtime, each with a state folder of its own.

engine_podman_commands() { echo podman conmon crun; }
engine_podman_home() { printf '%s\n' "$NSCTL_TEST_DIR/podman"; }

engine_podman_cli() { podman_as crun "$@"; }
engine_podman_runc_cli() { podman_as runc "$@"; }

podman_as() {
  local home runtime=$1
  home=$(engine_podman_home)
  shift
  # In its own cgroup and with a home of its own: podman reads settings from there.
  CONTAINERS_CONF=$home/containers.conf CONTAINERS_STORAGE_CONF=$home/storage.conf \
    CONTAINERS_REGISTRIES_CONF=$home/registries.conf HOME=$home XDG_RUNTIME_DIR=$home/xdg TMPDIR=$home/tmp \
    podman --root "$home/root" --runroot "$home/run" --tmpdir "$home/libpod" --storage-driver vfs \
    --cgroup-manager cgroupfs --events-backend none --runtime "$home/bin/$runtime" "$@"
}

# podman_settings DIR ROOT RUNROOT: the configuration files; a limit that a machine without CAP_SYS_RESOURCE cannot raise is not asked.
podman_settings() {
  cat > "$1/containers.conf" << 'CONF'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
netns = "none"
[engine]
events_logger = "none"
infra_image = "docker.io/library/nsctl-test-pause:latest"
infra_command = "/sleep 2147483647"
image_default_transport = "docker://"
CONF
  printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$2" "$3" > "$1/storage.conf"
  printf 'unqualified-search-registries = []\nshort-name-mode = "permissive"\n' > "$1/registries.conf"
}

# podman_runtimes DIR STATE: crun and runc with a state folder of their own. Podman's --runtime-flag would not do: its
# clean-up after a container's end forgets it.
podman_runtimes() {
  local runtime
  mkdir -p "$1/bin"
  for runtime in crun runc; do
    mkdir -p "$2/$runtime"
    printf '#!/bin/sh\nexec %s --root %s "$@"\n' "$(command -v "$runtime" || echo "$runtime")" "$2/$runtime" \
      > "$1/bin/$runtime"
    chmod 0755 "$1/bin/$runtime"
  done
}

engine_podman_launch() {
  local home
  home=$(engine_podman_home)
  mkdir -p "$home/tmp" "$home/xdg"
  podman_runtimes "$home" "$home"
  podman_settings "$home" "$home/root" "$home/run"
}

engine_podman_ready() {
  local image
  for image in base pg scratch pause; do
    engine_podman_cli load -q -i "$(image_tar "$image")" > /dev/null || return 1
  done
}

engine_podman_down() {
  local pod
  for pod in $(engine_podman_cli pod ps -q --no-trunc 2> /dev/null); do
    podman_pod_end "$pod" > /dev/null 2>&1 || true
  done
  engine_podman_cli rm -f -t 0 -a > /dev/null 2>&1 || true
  # Where pods were; it cannot be removed while it is in use.
  rmdir /sys/fs/cgroup/*/libpod_parent 2> /dev/null || true
}

# podman_pod_end ID: `pod rm` alone waits three seconds for a cgroup that conmon has left behind.
podman_pod_end() {
  local dir
  engine_podman_cli pod kill "$1" > /dev/null 2>&1 || true
  wait_until 10 cgroup_empty "libpod_parent/$1" || true
  for dir in /sys/fs/cgroup/*/libpod_parent/"$1"; do
    cgroup_remove "$dir"
  done
  engine_podman_cli pod rm -f -t 0 "$1" > /dev/null
}

# podman_options: docker's options, but for the limits and the cgroup; sets args.
podman_options() {
  local item
  args=(--network "${opt_network:-none}" --ulimit nofile=1024:1024 --ulimit nproc=1000:1000)
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
}

podman_start() {
  local args
  podman_options
  in_leash "$1" run -d --name "$name" --cgroup-parent "/$(instance_cgroup)/podman" "${args[@]}" "${opt_raw[@]}" \
    "docker.io/library/nsctl-test-$opt_image" "${opt_command[@]}" > /dev/null
}
engine_podman_start() { podman_start engine_podman_cli; }
engine_podman_runc_start() { podman_start engine_podman_runc_cli; }

# engine_podman_play NAME FILE: applies a Pod manifest under another name (the examples share theirs).
engine_podman_play() {
  local copy
  copy=$(engine_podman_home)/$name.yaml
  sed "0,/^  name: .*/s//  name: $name/" "$1" > "$copy"
  in_leash engine_podman_cli play kube --network none "$copy" > /dev/null
}

# podman_exec CLI CONTAINER
podman_exec() {
  local args=()
  [ -z "$opt_user" ] || args+=(--user "$opt_user")
  "$1" exec "${args[@]}" "${opt_raw[@]}" "$2" "${opt_command[@]}"
}
engine_podman_exec() { podman_exec engine_podman_cli "$(podman_container)"; }
engine_podman_runc_exec() { podman_exec engine_podman_runc_cli "$name"; }

# podman_container: the container that $name means: itself, POD/CONTAINER, or the only one of a pod.
podman_container() {
  case $name in
    */*)
      printf '%s\n' "${name%%/*}-${name#*/}"
      return
      ;;
  esac
  if engine_podman_cli pod exists "$name"; then
    engine_podman_cli ps -a --filter "pod=$name" --format '{{.Names}}' | sed '/-infra$/d; q'
  else
    printf '%s\n' "$name"
  fi
}
engine_podman_pid() { engine_podman_cli container inspect -f '{{.State.Pid}}' "$(podman_container)"; }
engine_podman_id() { engine_podman_cli container inspect -f '{{.Id}}' "$(podman_container)"; }
engine_podman_halt() { engine_podman_cli kill "$(podman_container)" > /dev/null; }
engine_podman_stop() {
  if engine_podman_cli pod exists "$name"; then
    podman_pod_end "$(engine_podman_cli pod inspect -f '{{.ID}}' "$name")"
  else
    engine_podman_cli rm -f -t 0 "$name" > /dev/null
  fi
}
engine_podman_pause() { engine_podman_cli pause "$(podman_container)" > /dev/null; }
engine_podman_unpause() { engine_podman_cli unpause "$(podman_container)" > /dev/null; }
engine_podman_target() { printf 'podman/%s\n' "$(podman_container)"; }
engine_podman_roots() {
  local home
  home=$(engine_podman_home)
  printf 'root podman %s\n' "$home/run"
  printf 'data podman %s\n' "$home/root"
  printf 'root crun %s\nroot runc %s\n' "$home/crun" "$home/runc"
}

engine_podman_runc_commands() { echo podman conmon runc; }
engine_podman_runc_home() { engine_podman_home; }
engine_podman_runc_launch() { :; }
engine_podman_runc_ready() { :; }
engine_podman_runc_down() { :; }
engine_podman_runc_pid() { engine_podman_pid; }
engine_podman_runc_id() { engine_podman_id; }
engine_podman_runc_halt() { engine_podman_runc_cli kill "$name" > /dev/null; }
engine_podman_runc_stop() { engine_podman_runc_cli rm -f -t 0 "$name" > /dev/null; }
engine_podman_runc_pause() { engine_podman_runc_cli pause "$name" > /dev/null; }
engine_podman_runc_unpause() { engine_podman_runc_cli unpause "$name" > /dev/null; }
engine_podman_runc_target() { printf 'podman/%s\n' "$name"; }
engine_podman_runc_roots() { :; }
