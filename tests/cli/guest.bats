#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What root does in a container whose state a user could write: that user names the process, and must not get root's rights by it.

load ../lib/bats
load ../lib/sandbox

GUEST=65533

setup() {
  [ "$(id -u)" = 0 ] || skip 'needs root'
  sandbox_setup
  mkdir -p "$BOXES/crun/web" "$BOXES/runc"
  export NSCTL_ROOT="$NSCTL_ROOT:crun=:crun=$BOXES/crun:runc=:runc=$BOXES/runc:docker=:podman=:lxc=:containerd=:cri="
}

teardown() {
  [ -z "${PROCESS-}" ] || kill -KILL "$PROCESS"
  [ -z "${MINE-}" ] || kill "$MINE" 2> /dev/null || true
  sandbox_teardown
}

# as_guest COMMAND...: starts it as the user, in the background; PROCESS is its PID. What it runs is the user's own `ls`.
as_guest() {
  mkdir -p "$BOXES/bin"
  printf '#!/bin/sh\nid -u > %q\n' "$BOXES/ran" > "$BOXES/bin/ls"
  chmod 0755 "$BOXES/bin/ls"
  env -i PATH="$BOXES/bin:/usr/bin:/bin" setpriv --reuid "$GUEST" --regid "$GUEST" --clear-groups "$@" < /dev/null > /dev/null 2>&1 3>&- &
  PROCESS=$!
}

# named [ENGINE-FOLDER]: the user's state names the process.
named() {
  printf '{"pid":%d}\n' "$PROCESS" > "$BOXES/crun/web/status"
  chown -R "$GUEST:$GUEST" "$BOXES/crun"
}

# listed [OPTION...]: what is called web; what nsctl says of the rest is in "$BOXES/said". Others' containers may run here.
listed() { "$NSCTL" get co "$@" -o name 2> "$BOXES/said" | grep '/web$'; }

comm_is() { [ "$(cat "/proc/$PROCESS/comm" 2> /dev/null)" = "$1" ]; }
# the file does not end in a newline
bears() { PROCESS=$(< "/proc/$outer/task/$outer/children") && PROCESS=${PROCESS%% *} && [ -n "$PROCESS" ]; }
refused() { printf "nsctl: web: user %d could write its state, and its init (%d) is in no user namespace of that user's" "$GUEST" "$PROCESS"; }

@test "a user's plain process is no container that root enters" {
  as_guest sleep 600
  wait_until 10 comm_is sleep
  named
  run -0 listed
  assert_output crun/web # it may be looked at
  for options in '' '-u root' '-u 0:0 --privileged' '--cap-add SYS_ADMIN' '--no-cgroup'; do
    # shellcheck disable=SC2086 # words
    run -125 --separate-stderr "$NSCTL" exec $options web -- ls
    assert_equal "${stderr_lines[0]}" "$(refused)"
  done
  run -125 --separate-stderr "$NSCTL" shell web
  assert_equal "${stderr_lines[0]}" "$(refused)"
  assert [ ! -e "$BOXES/ran" ]
}

@test "in a user namespace of the user's own root has the user's rights" {
  as_guest unshare --user --map-root-user --pid --fork --kill-child --mount sleep 600
  outer=$PROCESS
  wait_until 10 bears
  wait_until 10 comm_is sleep
  named
  run -0 --separate-stderr "$NSCTL" exec -u root --privileged web -- sh -c 'id -u; touch /etc/nsctl-test-guest || :'
  assert_output 0
  assert_regex "$stderr" 'Permission denied|Read-only'
  assert [ ! -e /etc/nsctl-test-guest ]
}

@test "a process of root's that has put on the user's id is not the user's" {
  python3 -c 'import os, time; os.seteuid(65533); time.sleep(600)' < /dev/null > /dev/null 2>&1 3>&- &
  PROCESS=$!
  effective() { grep -q "^Uid:	0	$GUEST" "/proc/$PROCESS/status"; }
  wait_until 10 effective
  named
  run -1 listed
  assert_output ''
  assert_regex "$(< "$BOXES/said")" "user $GUEST could write this, and it names process $PROCESS, which is not that user's"
  run -125 "$NSCTL" exec web -- true
}

@test "kill signals no one else's process by a user's word for it" {
  as_guest sleep 600
  wait_until 10 comm_is sleep
  named
  sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
  MINE=$!
  run --separate-stderr "$NSCTL" kill web "$MINE"
  assert_equal "$status" 4
  assert_equal "${stderr_lines[0]}" "nsctl: web: its PID $MINE is no process of user $GUEST, who could write its state"
  kill -0 "$MINE"
  run -0 "$NSCTL" kill -s CONT web "$PROCESS"
}

@test "a name of root's that has stopped is not a user's live one" {
  first_pidns_require
  as_guest sleep 600
  wait_until 10 comm_is sleep
  named
  mkdir -p "$BOXES/runc/web"
  printf '{"id":"web","init_process_pid":4194303,"init_process_start":1,"config":{"labels":[]}}\n' > "$BOXES/runc/web/state.json"
  run -0 listed -a
  assert_output $'crun/web\nrunc/web'
  run -125 --separate-stderr "$NSCTL" exec web -- true
  assert_equal "${stderr_lines[0]}" 'nsctl: web: 2 containers fit'
  assert_regex "$stderr" 'runc/web'
  run -125 --separate-stderr "$NSCTL" exec runc/web -- true
  assert_equal "${stderr_lines[0]}" 'nsctl: web is not running'
}

@test "a user hides no stopped container of another's by listing its ID" {
  first_pidns_require
  local id=7c0ac3e15b77e4c1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809
  local task=$BOXES/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/$id
  as_guest sleep 600
  wait_until 10 comm_is sleep
  MINE=$PROCESS # ended behind the test, as the other is
  as_guest sleep 600
  wait_until 10 comm_is sleep
  named
  mkdir -p "$BOXES/other/web" "$task" "$BOXES/data/containers/$id"
  echo '{"pid":4194303}' > "$BOXES/other/web/status"
  chown -R 65534:65534 "$BOXES/other"
  printf '%d' "$MINE" > "$task/init.pid"
  chown -R "$GUEST:$GUEST" "$BOXES/exec"
  printf '{"ID":"%s","Name":"/shop","Config":{}}\n' "$id" > "$BOXES/data/containers/$id/config.v2.json"
  NSCTL_ROOT="$NSCTL_ROOT:crun=$BOXES/other:docker=$BOXES/exec" "$NSCTL" --data-root "docker=$BOXES/data" get co -a -o json \
    > "$BOXES/listed" 2> "$BOXES/said" || :
  # of two users, where neither is believed more
  assert_equal "$(jq -c '[.items[] | select(.engine == "crun" and .name == "web") | .ownerUid] | sort' "$BOXES/listed")" "[$GUEST,65534]"
  assert_equal "$(jq -c --arg id "$id" '[.items[] | select(.id == $id) | .ownerUid] | sort' "$BOXES/listed")" "[0,$GUEST]"
}

# of_root ID PID: root's own state of a container with that ID, which runs when the PID is a process.
of_root() {
  mkdir -p "$BOXES/runc/$1"
  printf '{"id":"%s","init_process_pid":%d,"init_process_start":0,"config":{"labels":[]}}\n' "$1" "$2" > "$BOXES/runc/$1/state.json"
}

# two_fit TEXT: root gets an error for it, which names the container of root's; nothing runs.
two_fit() {
  run -125 --separate-stderr "$NSCTL" exec "$1" -- sh -c "id -u > $BOXES/ran"
  assert_equal "${stderr_lines[0]}" "nsctl: $1: 2 containers fit"
  assert_regex "$stderr" 'runc(/|://)'
  assert [ ! -e "$BOXES/ran" ]
}

@test "digits of an ID of root's lead to no container that a user has given them as its name" {
  digits=9d0ac3e15b77
  id=${digits}e4c1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809
  as_guest unshare --user --map-root-user --pid --fork --kill-child --mount sleep 600
  outer=$PROCESS
  wait_until 10 bears
  wait_until 10 comm_is sleep
  named
  sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
  MINE=$!
  for pid in "$MINE" 4194303; do # root's lives, and has stopped
    of_root "$id" "$pid"
    for name in "$digits" "$id"; do
      mv "$BOXES/crun/"* "$BOXES/crun/$name"
      two_fit "$name"
    done
    # the same ID: the user's name for it is another, and the digits mean either
    two_fit "$digits"
  done
}

@test "a container of root's is root's though its bundle is a user's; what the user writes there is not believed" {
  mkdir -p "$BOXES/bundle" "$BOXES/runc/bundled"
  printf '{"ociVersion":"1.0.2","process":{"user":{"uid":4242,"gid":4242},"capabilities":{"bounding":["CAP_KILL"]}},"linux":{}}\n' > "$BOXES/bundle/config.json"
  for uid in 0 "$GUEST"; do
    chown -R "$GUEST:$GUEST" "$BOXES/bundle"
    unshare --pid --fork --kill-child --mount setpriv --reuid "$uid" --regid "$uid" --clear-groups sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
    outer=$!
    wait_until 10 bears
    wait_until 10 comm_is sleep
    printf '{"id":"bundled","init_process_pid":%d,"init_process_start":0,"config":{"labels":["bundle=%s"]}}\n' "$PROCESS" "$BOXES/bundle" \
      > "$BOXES/runc/bundled/state.json"
    assert_equal "$("$NSCTL" get co -o json 2> "$BOXES/said" | jq -c '.items[] | select(.name == "bundled") | [.engine, .hostPid, .ownerUid]')" \
      "[\"runc\",$PROCESS,0]"
    run -0 --separate-stderr "$NSCTL" exec bundled -- id -u
    assert_output "$uid"
    run -0 --separate-stderr "$NSCTL" describe bundled
    assert_line --partial 'others could write it: not believed'
    # nor shown as what root has asked for
    run -0 --separate-stderr "$NSCTL" caps bundled -o json
    assert_equal "$(jq -c '.items[0].requested' <<< "$output")" null
    chown -R 0:0 "$BOXES/bundle"
    assert_equal "$("$NSCTL" caps bundled -o json | jq -c '.items[0].requested.bounding')" '["KILL"]'
    kill -KILL "$PROCESS"
    wait "$outer" || :
  done
}

# bare NAME COMMAND...: in namespaces that COMMAND makes runs a program of that NAME; PROCESS is its PID.
bare() {
  cp "$(command -v sleep)" "$BOXES/$1"
  "${@:2}" "$BOXES/$1" 600 < /dev/null > /dev/null 2>&1 3>&- &
  outer=$!
  wait_until 10 bears
  wait_until 10 comm_is "$1"
}
# mapped NAME MAP: the same in a user namespace that root makes, as its root.
mapped() {
  cp "$(command -v sleep)" "$BOXES/$1"
  mkfifo "$BOXES/go"
  # unshare's options for a map differ in the order of its numbers
  python3 -c 'if True:
    import ctypes, os, sys
    if ctypes.CDLL(None).unshare(0x30000000):
      sys.exit("no user namespace")
    if os.fork():
      sys.exit(os.wait()[1])
    open(sys.argv[1]).read()
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    os.execv(sys.argv[2], [sys.argv[2], "600"])' "$BOXES/go" "$BOXES/$1" < /dev/null > /dev/null 2>&1 3>&- &
  outer=$!
  wait_until 10 moved
  echo "$2" > "/proc/$PROCESS/uid_map"
  echo "$2" > "/proc/$PROCESS/gid_map"
  echo > "$BOXES/go"
  wait_until 10 comm_is "$1"
}
moved() {
  local space
  bears && space=$(readlink "/proc/$PROCESS/ns/user") && [ "$space" != "$(readlink /proc/self/ns/user)" ]
}
owner_of() { "$NSCTL" get co -o json 2> "$BOXES/said" | jq -c ".items[] | select(.name == \"$1\") | [.engine, .ownerUid]"; }

@test "namespaces that root has made are root's, whoever runs in them; those of a user's user namespace are that user's" {
  bare nsctl-own unshare --pid --fork --kill-child --mount setpriv --reuid "$GUEST" --regid "$GUEST" --clear-groups
  assert_equal "$(owner_of nsctl-own)" '["bare",0]'
  run -0 --separate-stderr "$NSCTL" exec nsctl-own -- id -u
  assert_output "$GUEST"
  kill -KILL "$PROCESS"

  bare nsctl-theirs setpriv --reuid "$GUEST" --regid "$GUEST" --clear-groups unshare --user --map-root-user --pid --fork --kill-child
  assert_equal "$(owner_of nsctl-theirs)" "[\"bare\",$GUEST]"
  run -0 --separate-stderr "$NSCTL" exec nsctl-theirs -- id -u
  assert_output 0
  kill -KILL "$PROCESS"

  mapped nsctl-mapped '0 310000 65536' # as systemd-nspawn -U
  assert_equal "$(owner_of nsctl-mapped)" '["bare",0]'
  run -0 --separate-stderr "$NSCTL" exec nsctl-mapped -- id -u
  assert_output 0
}

@test "a user namespace that root has made is not a user's by having the user in its map" {
  mapped nsctl-mapped '0 65000 1000' # as LXC's that pass on a user's id
  named
  run -1 listed
  assert_output ''
  assert_regex "$(< "$BOXES/said")" "user $GUEST could write this, and it names process $PROCESS, which is not that user's"
  for options in '' '-u root --privileged'; do
    # shellcheck disable=SC2086 # words
    run -125 --separate-stderr "$NSCTL" exec $options web -- sh -c "id -u > $BOXES/ran"
    assert_regex "$stderr" 'nsctl: web: no such container'
  done
  run -1 "$NSCTL" kill -s KILL web 1
  # nor does the user's word for it take root's away
  assert_equal "$(owner_of nsctl-mapped)" '["bare",0]'
  run -0 --separate-stderr "$NSCTL" exec "pid/$PROCESS" -- id -u
  assert_output 0
}

@test "diff -f means a pod of root's, not the user's sandbox that says it is in one of that name" {
  box() { # FOLDER PID: the state of a sandbox
    mkdir -p "$BOXES/$1/cash"
    printf '{"version":1,"name":"cash","pod":"till","pid":%d,"start":%d,"command":[],"labels":{}}\n' \
      "$2" "$(awk '{ print $22 }' "/proc/$2/stat")" > "$BOXES/$1/cash/state.json"
  }
  theirs() {
    as_guest sleep 600
    wait_until 10 comm_is sleep
    MINE=$PROCESS # ended behind the test, as the other is
    box theirs "$MINE"
    chown -R "$GUEST:$GUEST" "$BOXES/theirs"
  }
  means_ours() {
    NSCTL_ROOT="$NSCTL_ROOT:nsctl=$BOXES/ours:nsctl=$BOXES/theirs" run "$NSCTL" diff -f "$BOXES/till.yaml" till
    assert_line --regexp "^pid/$ours +container +runAsUser +0 +\\? +0 +ok"
    refute_output --partial "pid/$MINE"
  }
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: till}\nspec:\n  containers:\n  - {name: cash, securityContext: {runAsUser: 0}}\n' > "$BOXES/till.yaml"
  theirs
  unshare --uts sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
  PROCESS=$! ours=$!
  wait_until 10 comm_is sleep
  box ours "$ours"
  means_ours
  # nor when it is the older one
  kill "$MINE"
  theirs
  PROCESS=$ours
  means_ours
  rm -r "$BOXES/theirs" "$BOXES/ours"
}

@test "kill ends no one else's process as a user's sandbox" {
  mapped nsctl-mapped '0 65000 1000'
  box() { # FOLDER NAME PID: the state of a sandbox
    mkdir -p "$BOXES/$1/$2"
    printf '{"version":1,"name":"%s","pod":"theirs-pod","pid":%d,"start":%d,"command":[],"labels":{}}\n' \
      "$2" "$3" "$(awk '{ print $22 }' "/proc/$3/stat")" > "$BOXES/$1/$2/state.json"
  }
  box state theirs "$PROCESS"
  chown -R "$GUEST:$GUEST" "$BOXES/state"
  for name in theirs theirs-pod; do
    run -1 --separate-stderr "$NSCTL" kill "$name"
    assert_regex "$stderr" "nsctl: $name: no such container"
    kill -0 "$PROCESS"
  done
  # nor does it keep root from ending a pod of its own that is called so
  sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
  box nobody ours "$!"
  NSCTL_ROOT="$NSCTL_ROOT:nsctl=$BOXES/nobody" run -0 "$NSCTL" kill theirs-pod
  assert [ ! -e "/proc/$!/ns/mnt" ]
  kill -0 "$PROCESS"
  rm -r "$BOXES/state"
}
