#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A container that has put a file system of its own making (tests/helpers/mute.c) where nsctl looks, and it never answers: who opens a
# file of it waits until its server ends, and not even SIGKILL ends that. nsctl says so, after a moment, and goes on.

load engine

setup() {
  engine_require unshare
  [ -c /dev/fuse ] || skip 'no /dev/fuse'
  PROGRAM=$(helper mute)
  unshare --mount --pid --fork --kill-child sleep 4800 3>&- &
  HEAD=$!
  wait_until 10 has_init
  T=pid/$INIT
}
# shellcheck disable=SC2034 # of running()
has_init() { INIT=$(tr -d ' ' 2> /dev/null < "/proc/$HEAD/task/$HEAD/children") && [ -n "$INIT" ] && [ "$(cat "/proc/$INIT/comm")" = sleep ]; }

# The server first: all that waits for it ends with it.
teardown() {
  [ -z "${SERVER:-}" ] || kill -KILL "$SERVER" 2> /dev/null || true
  [ -z "${HEAD:-}" ] || kill -KILL "$INIT" "$HEAD" 2> /dev/null || true
  wait
}

# mute FOLDER: mounts it there, in the container.
mute() {
  : > "$BATS_TEST_TMPDIR/ready" # of one before
  nsenter --mount --target "$INIT" "$PROGRAM" 90 "$1" > "$BATS_TEST_TMPDIR/ready" 3>&- &
  SERVER=$!
  wait_until 10 grep -q ready "$BATS_TEST_TMPDIR/ready"
}

# soon STATUS ARG...: nsctl, with its answer in $output, what it says beside it in $stderr, and this status. What is left of it is
# killed: it is no more than a message where the server has still to end.
soon() {
  local status=$1
  shift
  SECONDS=0
  run "-$status" --separate-stderr timeout -s KILL 15 "$NSCTL" "$@"
  ((SECONDS < 10)) || fail "took $SECONDS s"
}
# shellcheck disable=SC2154 # of run --separate-stderr
is_told() { [[ $stderr == *"nsctl: $1 below the root of process "[0-9]*" does not answer"* ]] || fail "not told: $stderr"; }

@test "exec: where /etc does not answer the command runs, without a name" {
  mute /etc
  # what nsctl is spared
  ! timeout -s KILL 1 stat "/proc/$INIT/root/etc/passwd" > /dev/null 2>&1 3>&- || fail 'it answers'

  soon 2 exec "$T" -- "$PROGRAM"
  is_told /etc/passwd
  soon 2 exec -u 65534:65534 "$T" -- "$PROGRAM"
  is_told /etc/passwd
  soon 125 exec -u root "$T" -- "$PROGRAM"
  is_told /etc/passwd
  [[ $stderr == *"numbers for both need no file"* ]]
}

@test "lists: where /etc does not answer ids stay numbers, and others' have names" {
  mute /etc

  for verb in users ps describe diff; do
    soon 3 "$verb" "$T"
    is_told /etc/passwd
  done
  soon 3 who "$INIT"
  is_told /etc/passwd
  soon 3 ps -A -o json
  is_told /etc/passwd
  # shellcheck disable=SC2016 # jq's own
  run -0 jq -r --argjson pid "$INIT" '(.items[] | select(.hostPid == $pid) | .command[0]), (.errors | length)' <<< "$output"
  assert_output $'sleep\n1'
  soon 0 caps "$T"
}

@test "without openat2 it is the same" {
  mute /etc
  export NSCTL_WITHOUT=openat2

  soon 2 exec "$T" -- "$PROGRAM"
  is_told /etc/passwd
  soon 3 users "$T"
  is_told /etc/passwd
}

# The /dev at the end: behind it there is no /dev/fuse.
@test "a /proc or a /dev that does not answer" {
  mute /proc
  soon 0 ps "$T"
  assert_line --regexp "^ *$INIT +.* sleep 4800$"
  soon 0 describe "$T" -o name
  soon 3 can "$T" write:/proc/sys/kernel/hostname
  kill -KILL "$SERVER"

  mute /dev
  soon 3 describe "$T"
  is_told /dev
  assert_line --regexp '^devices +below /dev +\? '
}
