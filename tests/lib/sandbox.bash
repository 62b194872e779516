# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# For the tests of run, kill and the demo: sandboxes of their own, apart from those of the machine, and all ended behind a test.

# sandbox_setup: BOXES is a fresh folder for their state; NSCTL_ROOT leads there.
sandbox_setup() {
  # An ordinary user, too, must get to the program and to the state: TMPDIR may be closed to others.
  BOXES=$(mktemp -d /tmp/nsctl-boxes.XXXXXX)
  chmod 0755 "$BOXES"
  export NSCTL_ROOT="nsctl=:nsctl=$BOXES/state"
}

sandbox_teardown() {
  local folder
  [ -n "${BOXES-}" ] || return 0
  for folder in "$BOXES"/state/*/ "$BOXES"/nobody/*/ "$BOXES"/user/*/; do
    [ -d "$folder" ] || continue
    NSCTL_ROOT="nsctl=:nsctl=${folder%/*/}" "$NSCTL" kill "nsctl/$(basename "$folder")" || true
  done
  rm -rf --one-file-system -- "$BOXES"
}

# sandbox_require: skips the test where this machine forbids sandboxes.
sandbox_require() {
  local why
  "$NSCTL" run -- true 2> "$BOXES/why" && return
  why=$(sandbox_why) || fail "$why"
  skip "$why"
}

# nobody_require: NOBODY is the program as an ordinary user runs it, without subordinate ids.
nobody_require() {
  local why
  [ "$(id -u)" = 0 ] || skip 'needs root, to become another user'
  cp -- "$NSCTL" "$BOXES/nsctl"
  mkdir -p "$BOXES/nobody"
  chown 65534:65534 "$BOXES/nobody"
  NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin
    "NSCTL_ROOT=nsctl=:nsctl=$BOXES/nobody" "$BOXES/nsctl")
  (cd / && "${NOBODY[@]}" run -- true) 2> "$BOXES/why" && return
  why=$(sandbox_why "${NOBODY[@]::${#NOBODY[@]}-1}") || fail "$why"
  skip "$why"
}

# sandbox_why [COMMAND...]: prints what nsctl has said. False, for the test to fail, where the engines are required (NSCTL_REQUIRE), for such
# a machine has sandboxes as well, and where a plain unshare, begun by COMMAND, makes the same namespaces: then nothing forbids them.
sandbox_why() {
  local why user=()
  why=$(tr '\n' ' ' < "$BOXES/why")
  if [ -n "${NSCTL_REQUIRE-}" ]; then
    echo "no sandboxes here, and NSCTL_REQUIRE is set: $why"
    return 1
  fi
  [ $# = 0 ] && [ "$(id -u)" = 0 ] || user=(--user --map-root-user)
  if (cd / && "$@" unshare "${user[@]}" --mount --uts --ipc --net --cgroup --pid --fork --kill-child --mount-proc true) > /dev/null 2>&1; then
    echo "unshare makes these namespaces, but nsctl run says: $why"
    return 1
  fi
  echo "no sandboxes here: $why"
}

# box_pid NAME: the init's PID on the host.
box_pid() { sed -n 's/^ *"pid": *\([0-9]*\),*$/\1/p' "$BOXES/${2:-state}/$1/state.json"; }

# box_watcher NAME: the nsctl that watches it, the parent of its guard.
box_watcher() {
  local guard
  guard=$(parent_of "$(box_pid "$@")")
  parent_of "$guard"
}
parent_of() { awk '/^PPid:/ { print $2 }' "/proc/$1/status"; }

# nothing_left NAME PID: no state, no process, no cgroup of it.
nothing_left() {
  [ ! -e "$BOXES/state/$1" ] && [ ! -e "$BOXES/nobody/$1" ] && [ ! -e "/proc/$2/ns/mnt" ] &&
    ! compgen -G "/sys/fs/cgroup/nsctl-$1.*" > /dev/null && ! compgen -G "/sys/fs/cgroup/unified/nsctl-$1.*" > /dev/null
}

# background_run COMMAND...: its PID is in $pid.
background_run() {
  "$@" &
  # shellcheck disable=SC2034 # for the test
  pid=$!
}
