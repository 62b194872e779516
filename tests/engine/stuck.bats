#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A container whose init does not let its memory be read (tests/helpers/stuck.c): ps(1) waits for ever there. nsctl says so, after a
# moment, and shows all else.

load engine

# Its file system is its child: init cannot even be killed before that has ended.
teardown() {
  # shellcheck disable=SC2046 # one or more
  [ ! -f "/proc/$INIT/task/$INIT/children" ] || kill -KILL $(cat "/proc/$INIT/task/$INIT/children") 2> /dev/null || true
  ended
}

setup() {
  local program
  engine_require docker
  [ -c /dev/fuse ] || skip 'no /dev/fuse'
  program=$(helper stuck)
  own docker stuck --cap-add SYS_ADMIN --raw --device=/dev/fuse --raw "--volume=$program:/stuck:ro" -- /stuck 90
  wait_until 20 is_ready || fail "the container has not got as far: $(engine_cli docker logs "$(container_id docker stuck)" 2>&1)"
  wait_until 20 is_stuck || fail 'its memory answers'
  running -e INSIDE=yes "$T" -- sleep 4801
}
is_stuck() { ! timeout -s KILL 1 cat "/proc/$INIT/cmdline" > /dev/null 2>&1; }
is_ready() { engine_cli docker logs "$(container_id docker stuck)" 2> /dev/null | grep -q ready; }

# partly ARG...: nsctl, with its answer in $output, what it says beside it in $stderr, and status 3.
partly() { run -3 --separate-stderr timeout 30 "$NSCTL" "$@"; }
lost="cannot be read: its memory does not answer"

@test "docker: the command line of a process that does not answer is said to be unknown" {
  # what nsctl is spared
  run -137 timeout -s KILL 1 cat "/proc/$INIT/cmdline"

  partly ps "$T"
  assert_line --regexp "^ *$INIT +1 .* main +\?$"
  assert_line --regexp "^ *$CHILD .* exec +sleep 4801$"
  # shellcheck disable=SC2154 # of run --separate-stderr
  [ "$stderr" = "nsctl: $T: the command line of process $INIT $lost" ]

  partly ps "$T" -o json
  run -0 jq -r '.items[] | [.hostPid, (.command | tostring)] | @tsv' <<< "$output"
  assert_line "$INIT"$'\t'null
  assert_line "$CHILD"$'\t''["sleep","4801"]'

  partly who "$INIT" "$CHILD" $$
  assert_line --regexp "^ *$INIT .*\?$"
  assert_line --regexp "^ *$CHILD .*sleep 4801$"
  assert_line --regexp "^ *$$ "

  partly get co
  assert_line --regexp "^docker .*$(container_name stuck) .*\?$"

  partly get ns
  assert_line --regexp "$INIT own +$T "
  [[ $stderr == *"the command lines of 1 processes could not be read"* ]]

  partly describe "$T"
  assert_output --partial "$INIT"
  [[ $stderr == *"the command line of process $INIT $lost"* ]]

  partly diff "$T" --only pids
  assert_line --regexp "sleep 4801"
  [[ $stderr == *"the command line of process $INIT $lost"* ]]

  partly diff "$T" --only env
  [[ $stderr == *"cannot read its environment: the memory of process $INIT does not answer"* ]]
}
