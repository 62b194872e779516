#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# exec, as far as a sandbox shows it: no engine is needed.

load ../lib/bats
load ../lib/sandbox

setup() {
  sandbox_setup
  sandbox_require
  "$NSCTL" run --name box -d -- sleep 300
}
teardown() { sandbox_teardown; }

@test "--group-add: a number out of range is no missing group" {
  run -125 --separate-stderr "$NSCTL" exec --group-add 99999999999 box -- true
  assert_equal "$stderr" 'nsctl: group 99999999999 is out of range: 0 to 4294967294
  nsctl help exec shows how it is used'
  run -125 --separate-stderr "$NSCTL" exec --group-add nosuchgroup box -- true
  assert_equal "$stderr" "nsctl: no group nosuchgroup in the container's /etc/group
  a number needs no entry"
  run -0 "$NSCTL" exec --group-add 4242 box -- id -G
  assert_output '0 4242'
}

@test "what goes on writing behind the command's end is not waited for, what it wrote itself is all there" {
  command -v script > /dev/null || skip 'no script(1)'
  out=$BATS_TEST_TMPDIR/out
  for options in '' -t -it; do
    # deaf to the HUP that the end of a terminal's leader brings
    # shellcheck disable=SC2016 # for the shell inside
    timeout -k 1 20 script -qec "$(printf '%q ' "$NSCTL") exec $options box -- \
      sh -c '(trap \"\" HUP; exec yes) & sleep 0.2; echo last word'" /dev/null > "$out"
    grep -q '^last word' "$out"
  done
}

@test "a container that is called as a TYPE of kubectl's is meant by it" {
  "$NSCTL" run --name pod -d -- sleep 300
  run -0 "$NSCTL" describe pod box -o custom-columns=NAME:.name --no-headers
  assert_output $'pod\nbox'
  run -3 --separate-stderr "$NSCTL" describe container box -o custom-columns=NAME:.name --no-headers
  assert_output box
  assert_equal "$stderr" $'nsctl: container: no such container\n  did you mean just box?'
}
