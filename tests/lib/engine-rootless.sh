# shellcheck shell=bash disable=SC2154 # name and opt_* are set by the caller, see engines.sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# rootless: podman of an ordinary user that exists only while the instance does, with subordinate ids, a home and an
# XDG_RUNTIME_DIR of its own below the instance's folder.

engine_rootless_commands() { echo podman conmon crun newuidmap setpriv useradd; }
engine_rootless_home() { printf '%s\n' "$NSCTL_TEST_DIR/rootless"; }

# rootless_user: one user an instance; lower case, as useradd wants it.
rootless_user() {
  local suffix
  suffix=$(instance_cgroup)
  suffix=${suffix##*-}
  printf 'nsctl-test-%s\n' "${suffix,,}"
}

# rootless_run COMMAND...: as that user, with what a login would set and nothing else.
rootless_run() {
  local home user
  home=$(engine_rootless_home)
  user=$(rootless_user)
  (
    cd "$home/home" || exit 125
    exec setpriv --reuid "$user" --regid "$user" --init-groups --inh-caps=-all env -i HOME="$home/home" USER="$user" \
      LOGNAME="$user" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin XDG_RUNTIME_DIR="$home/run" \
      TMPDIR="$home/home/tmp" CONTAINERS_CONF="$home/etc/containers.conf" \
      CONTAINERS_REGISTRIES_CONF="$home/etc/registries.conf" "$@"
  )
}

engine_rootless_cli() {
  rootless_run podman --storage-driver vfs --cgroup-manager cgroupfs --events-backend none \
    --runtime "$(command -v crun)" "$@"
}

engine_rootless_launch() {
  local home user
  home=$(engine_rootless_home)
  user=$(rootless_user)
  mkdir -p "$home/home/tmp" "$home/run" "$home/etc"
  # Others may use the same files at this moment: useradd refuses while they are locked.
  wait_until 20 rootless_useradd "$user" "$home/home" || {
    cat "$home/useradd.log" >&2
    return 1
  }
  chown -R --no-dereference "$user:$user" "$home/home" "$home/run"
  chmod 0700 "$home/home" "$home/run"
  podman_settings "$home/etc" "$home/home/.local/share/containers/storage" "$home/run/containers"
  # A storage.conf given by the environment would be root's too; the user's defaults are what is wanted.
  rm -f -- "$home/etc/storage.conf"
  chmod 0755 "$home/etc"
}

rootless_useradd() {
  local start
  # Numbers that no container's user has: what is left of this user is ended by its number.
  useradd -K UID_MIN=40000 -K UID_MAX=59999 -K GID_MIN=40000 -K GID_MAX=59999 --home-dir "$2" --no-create-home --shell /bin/sh --user-group "$1" > "$NSCTL_TEST_DIR/rootless/useradd.log" 2>&1 ||
    return 1
  grep -q "^$1:" /etc/subuid && return 0
  # The image's useradd gives no subordinate ids: a range above all others.
  start=$(awk -F: 'BEGIN { top = 100000 } { if ($2 + $3 > top) top = $2 + $3 } END { print top }' /etc/subuid /etc/subgid)
  usermod --add-subuids "$start-$((start + 65535))" --add-subgids "$start-$((start + 65535))" "$1"
}

engine_rootless_ready() {
  local image
  for image in base pg scratch pause; do
    engine_rootless_cli load -q < "$(image_tar "$image")" > /dev/null || return 1
  done
}

engine_rootless_start() {
  local args
  podman_options
  in_leash engine_rootless_cli run -d --name "$name" "${args[@]}" "${opt_raw[@]}" \
    "docker.io/library/nsctl-test-$opt_image" "${opt_command[@]}" > /dev/null
}
engine_rootless_exec() { podman_exec engine_rootless_cli "$name"; }
engine_rootless_pid() { engine_rootless_cli inspect -f '{{.State.Pid}}' "$name"; }
engine_rootless_id() { engine_rootless_cli inspect -f '{{.Id}}' "$name"; }
engine_rootless_halt() { engine_rootless_cli kill "$name" > /dev/null; }
engine_rootless_stop() { engine_rootless_cli rm -f -t 0 "$name" > /dev/null; }
# Podman refuses to pause a rootless container of cgroup v1.
engine_rootless_pause() { engine_rootless_cli pause "$name" > /dev/null; }
engine_rootless_unpause() { engine_rootless_cli unpause "$name" > /dev/null; }
engine_rootless_target() { printf 'podman/%s\n' "$name"; }

engine_rootless_roots() {
  local home
  home=$(engine_rootless_home)
  printf 'root podman %s\n' "$home/run/containers"
  printf 'data podman %s\n' "$home/home/.local/share/containers/storage"
  printf 'root crun %s\n' "$home/run/crun"
}

engine_rootless_down() {
  local user uid
  user=$(rootless_user)
  uid=$(id -u "$user" 2> /dev/null) || return 0
  [ "$uid" -ge 40000 ] || return 0
  engine_rootless_cli rm -f -t 0 -a > /dev/null 2>&1 || true
  # Others may use the user data base at this moment.
  wait_until 20 rootless_userdel "$user" "$uid" || say "tests: the user $user could not be removed"
}

# rootless_userdel USER UID: what is left of the user (podman's pause process) belongs to it alone, as the user belongs to
# this instance.
rootless_userdel() {
  local pid start
  for pid in /proc/[0-9]*; do
    [ "$(stat -c %u "$pid" 2> /dev/null)" = "$2" ] || continue
    # The number alone is not enough: another root file system may give it to another user.
    grep -qsF "$(instance_cgroup)" "$pid/cgroup" || grep -qszF "$NSCTL_TEST_DIR" "$pid/environ" || continue
    start=$(proc_start "${pid#/proc/}") || continue
    proc_end "${pid#/proc/}" "$start" 5
  done
  ! id "$1" > /dev/null 2>&1 || userdel "$1" 2> /dev/null
}
