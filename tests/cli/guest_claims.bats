#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a user claims without state of the engine's own: by a title, by a link, or by a process of the user's in a container of root's.

load ../lib/bats
load ../lib/sandbox

GUEST=65533

setup() {
  [ "$(id -u)" = 0 ] || skip 'needs root'
  sandbox_setup
  export NSCTL_ROOT="$NSCTL_ROOT:crun=:runc=:docker=:podman=:lxc=:containerd=:cri="
  STARTED=() CGROUPS=()
}

teardown() {
  local cgroup
  # of namespaces that end with their init the rest is gone by then
  for pid in "${STARTED[@]}"; do kill -KILL "$pid" 2> /dev/null || true; done
  for cgroup in "${CGROUPS[@]}"; do wait_until 10 rmdir "$cgroup" 2> /dev/null; done
  [ -z "${LINKED-}" ] || rm -r "/run/user/$GUEST"
  sandbox_teardown
}

# sleeps PID: CHILD is its first child, and that runs sleep.
sleeps() {
  CHILD=$(< "/proc/$1/task/$1/children") && CHILD=${CHILD%% *}
  [ -n "$CHILD" ] && [ "$(cat "/proc/$CHILD/comm" 2> /dev/null)" = sleep ]
}

# sleeps_below PID: the same of its first child.
sleeps_below() {
  local between
  between=$(< "/proc/$1/task/$1/children") && between=${between%% *}
  [ -n "$between" ] && sleeps "$between"
}

# cgroup_make PATH: below the hierarchy that is searched for monitors; HIERARCHY is its folder.
cgroup_make() {
  local part path
  for HIERARCHY in /sys/fs/cgroup/{unified,systemd,pids,}; do [ ! -d "$HIERARCHY" ] || break; done
  path=$HIERARCHY
  for part in ${1//\// }; do
    path=${path%/}/$part
    [ ! -d "$path" ] || continue
    mkdir "$path"
    CGROUPS=("$path" "${CGROUPS[@]}")
  done
}

# monitor UIDS OWNER NEW: a process of these three ids under the title of root's monitor of "web", in a cgroup of that owner's. Its child is
# the user's, and so is the `ls` that it finds; NEW are the flags of the namespaces that it has for itself.
monitor() {
  local folder=user.slice/nsctl-test-claims/lxc.monitor.web python
  mkdir -p "$BOXES/bin"
  printf '#!/bin/sh\nid -u > %q\n' "$BOXES/ran" > "$BOXES/bin/ls"
  chmod 0755 "$BOXES/bin/ls"
  cgroup_make "$folder"
  chown -R "$2" "$HIERARCHY/user.slice/nsctl-test-claims"
  python=$(python3 -c 'import sys; print(sys.executable)')
  (
    echo "$BASHPID" > "$HIERARCHY/$folder/cgroup.procs"
    exec -a "[lxc monitor] $BOXES/lxc web" "$python" -c "if True:
      import ctypes, os, time
      os.setresuid($1)
      if not os.fork():
        os.seteuid(0)
        assert ctypes.CDLL(None).unshare($3) == 0
        os.setgroups([])
        os.setresgid($GUEST, $GUEST, $GUEST)
        os.setresuid($GUEST, $GUEST, $GUEST)
        os.execve('/bin/sleep', ['sleep', '600'], {'PATH': '$BOXES/bin:/usr/bin:/bin'})
      time.sleep(600)"
  ) < /dev/null > /dev/null 2>&1 3>&- &
  MONITOR=$!
  STARTED=("$MONITOR")
  wait_until 10 sleeps "$MONITOR"
  INIT=$CHILD
  STARTED=("$INIT" "$MONITOR")
}

@test "a set-user-ID program under the title of LXC's monitor is its caller's, not root's" {
  for case in "$GUEST, 0, 0=0" "0, 0, 0=$GUEST"; do
    for new in 0x20000 0; do # CLONE_NEWNS, and none
      monitor "${case%=*}" "${case#*=}" "$new"
      NSCTL_ROOT="$NSCTL_ROOT:lxc=$BOXES/lxc" run -125 --separate-stderr "$NSCTL" exec -u root web -- ls
      case $new in
        0x20000)
          assert_equal "${stderr_lines[0]}" \
            "nsctl: lxc: $BOXES/lxc/web: user $GUEST could write this, and it names process $INIT, which is not that user's"
          ;;
        # who stands where the monitor does is nobody's init
        0) assert_equal "${stderr_lines[0]}" 'nsctl: web: no such container' ;;
      esac
      assert [ ! -e "$BOXES/ran" ]
      kill -KILL "$INIT" "$MONITOR"
      wait "$MONITOR" || :
    done
  done
}

@test "a process in a container under the title of LXC's monitor is none, though it is root there and has root's cgroup" {
  local folder=user.slice/nsctl-test-claims/lxc.monitor.web
  cgroup_make "$folder"
  for within in '' --pid '--user --map-root-user'; do
    # shellcheck disable=SC2086 # words
    (
      echo "$BASHPID" > "$HIERARCHY/$folder/cgroup.procs"
      exec unshare $within --fork --kill-child bash -c "exec -a '[lxc monitor] $BOXES/lxc web' bash -c 'unshare --mount sleep 600 & wait; :'"
    ) < /dev/null > /dev/null 2>&1 3>&- &
    STARTED=("$!")
    wait_until 10 sleeps_below "${STARTED[0]}"
    STARTED+=("$CHILD")
    # the first is one, as far as can be told
    run -0 bash -c 'NSCTL_ROOT=$1 "$2" get co -o name 2> /dev/null | grep -cx lxc/web || :' - "$NSCTL_ROOT:lxc=$BOXES/lxc" "$NSCTL"
    assert_output "$([ -z "$within" ] && echo 1 || echo 0)"
    kill -KILL "${STARTED[@]}"
    wait "${STARTED[0]}" || :
  done
}

@test "a link in a user's run folder makes root's folder behind it no state of root's" {
  mkdir -p /run/user
  mkdir "/run/user/$GUEST"
  LINKED=yes
  sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
  STARTED=("$!")
  mkdir -p "$BOXES/unpacked/nsctl-linked"
  printf '{"pid":%d}\n' "${STARTED[0]}" > "$BOXES/unpacked/nsctl-linked/status"
  ln -s "$BOXES/unpacked" "/run/user/$GUEST/crun"
  chown -hR "$GUEST" "/run/user/$GUEST"
  run -125 --separate-stderr env NSCTL_ROOT="${NSCTL_ROOT/crun=:/}" "$NSCTL" exec nsctl-linked -- true
  assert_regex "$stderr" "user $GUEST could write this, and it names process ${STARTED[0]}, which is not that user's"
}

@test "a process of the user's in a container of root's does not make that the user's" {
  unshare --pid --fork --kill-child --mount bash -c "setpriv --reuid $GUEST --regid $GUEST --clear-groups sleep 600 & exec sleep 600" \
    < /dev/null > /dev/null 2>&1 3>&- &
  STARTED=("$!")
  wait_until 10 sleeps "${STARTED[0]}"
  init=$CHILD
  wait_until 10 sleeps "$init"
  worker=$CHILD
  mkdir -p "$BOXES/crun/aa" "$BOXES/runc/db"
  printf '{"pid":%d}\n' "$worker" > "$BOXES/crun/aa/status"
  chown -R "$GUEST" "$BOXES/crun"
  for root in "" ":runc=$BOXES/runc"; do # no engine's, and runc's
    [ -z "$root" ] ||
      printf '{"id":"db","init_process_pid":%d,"init_process_start":0,"config":{"labels":[]}}\n' "$init" > "$BOXES/runc/db/state.json"
    run -3 --separate-stderr env NSCTL_ROOT="$NSCTL_ROOT:crun=$BOXES/crun$root" "$NSCTL" who "$init" "$worker" --no-headers
    refute_output --regexp ' (aa|crun) '
    assert_regex "$output" "$([ -z "$root" ] && echo ' bare ' || echo ' db +runc ')"
    assert_regex "$stderr" "user $GUEST could write this, and it names process $worker, which is not that user's"
    run -0 env NSCTL_ROOT="$NSCTL_ROOT:crun=$BOXES/crun$root" "$NSCTL" exec "pid/$worker" -- true
  done
}
