#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whose environment a command has: what says which code it runs must not come from who may do less than it.

load ../lib/bats
load ../lib/sandbox

setup() {
  [ "$(id -u)" = 0 ] || skip 'needs root'
  sandbox_setup
  STARTED=
}

teardown() {
  [ -z "$STARTED" ] || kill -KILL "$STARTED" 2> /dev/null || true
  sandbox_teardown
}

# init UID [OPTION...]: namespaces without a config whose init runs as that user, with an environment of its own. INIT is its PID.
init() {
  local uid=$1
  shift
  mkdir -p "$BOXES/bin"
  printf '#!/bin/sh\necho not the one of the system\n' > "$BOXES/bin/uname"
  chmod 0755 "$BOXES" "$BOXES/bin" "$BOXES/bin/uname"
  unshare "$@" --fork --kill-child env -i -C "$BOXES/bin" "PATH=$BOXES/bin:/usr/bin:/bin" MARK=theirs setpriv --reuid "$uid" --regid "$uid" --clear-groups \
    sleep 600 < /dev/null > /dev/null 2>&1 3>&- &
  STARTED=$!
  wait_until 10 sleeps
}

sleeps() {
  INIT=$(< "/proc/$STARTED/task/$STARTED/children") && INIT=${INIT%% *}
  [ -n "$INIT" ] && [ "$(cat "/proc/$INIT/comm" 2> /dev/null)" = sleep ]
}

@test "of init for what may do no more than init" {
  init 65533 --pid --mount
  run "$NSCTL" exec "pid/$INIT" -- sh -c 'id -u; uname; echo $MARK; pwd'
  assert_success
  assert_output "65533
not the one of the system
theirs
$BOXES/bin"
  # nor is who is named as what it is any more
  run "$NSCTL" exec -u 65533:65533 "pid/$INIT" -- sh -c 'uname; echo "$MARK"'
  assert_success
  assert_output $'not the one of the system\ntheirs'
}

@test "not of an init that is not root for what may do more" {
  local option
  init 65533 --pid --mount
  for option in '-u root' '-u 0:65533' '-u 65533:0' --group-add=0 --privileged --cap-add=SYS_TIME --no-seccomp --no-lsm; do
    # shellcheck disable=SC2086
    run --separate-stderr "$NSCTL" exec $option "pid/$INIT" -- sh -c 'uname; echo "$MARK"; pwd; echo "$PATH"'
    assert_equal "$option: $status ${lines[*]}" "$option: 0 Linux / /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    [[ $stderr == *'without its environment and working directory: its init is uid 65533'* ]] || fail "$option: $stderr"
  done
  run "$NSCTL" exec -u root "pid/$INIT" -e MARK=mine -w /usr -- sh -c 'echo $MARK; pwd'
  assert_success
  assert_line mine
  assert_line /usr
}

@test "of a root inside for all: the programs are its own as well" {
  init 0 --pid --mount
  run "$NSCTL" exec -u 65533 "pid/$INIT" -- sh -c 'id -u; uname; echo $MARK'
  assert_success
  assert_output $'65533\nnot the one of the system\ntheirs'
}

@test "none of the container's where the files are not the container's" {
  init 0 --pid --mount --net
  run "$NSCTL" exec --ns net,pid "pid/$INIT" -- sh -c 'uname; echo $MARK; pwd'
  assert_success
  assert_output $'Linux\n\n/'
  run "$NSCTL" exec --ns net,mnt "pid/$INIT" -- sh -c 'uname; echo $MARK'
  assert_success
  assert_output $'not the one of the system\ntheirs'
}
