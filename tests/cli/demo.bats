#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make demo: says only what is so, and leaves nothing.

load ../lib/bats
load ../lib/sandbox

setup() {
  sandbox_setup
  sandbox_require
  DEMO=${TESTS%/*}/examples/demo
}
teardown() { sandbox_teardown; }

@test "the demo as root or as whoever runs this" {
  run -0 sh "$DEMO" "$NSCTL"
  refute_output --partial 'NOT SO HERE'
  assert_line '    sleep'
  assert_line --partial 'whoami: cannot find name for user ID 1010'
  assert_line --partial 'CapEff:	00000000aa0435fb'
  assert_line 'Both have ended, and nothing of them is left.'
  [ -z "$(ls "$BOXES/state")" ]
}

@test "the demo as an ordinary user" {
  nobody_require
  cp -r "${TESTS%/*}/examples" "$BOXES/examples"
  cd /
  run -0 "${NOBODY[@]::${#NOBODY[@]}-1}" sh "$BOXES/examples/demo" "$BOXES/nsctl"
  refute_output --partial 'NOT SO HERE'
  assert_line --partial 'Out here it is 65534: a user namespace gives its users other numbers outside.'
  [ -z "$(ls "$BOXES/nobody")" ]
}

@test "the demo without ps and capsh" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to hide programs'
  run -0 unshare --mount sh -c 'for p in ps capsh; do f=$(command -v $p) && mount --bind /dev/null "$(realpath "$f")"; done
    exec sh "$@"' sh "$DEMO" "$NSCTL"
  assert_line --partial 'There is no ps on this machine'
  assert_line '    1 sleep'
  refute_output --partial 'NOT SO HERE'
}

@test "the demo where there can be no sandboxes says what is missing" {
  nobody_require
  cp -r "${TESTS%/*}/examples" "$BOXES/examples"
  cd /
  # shellcheck disable=SC2016 # for the shell in it
  run -1 "${NOBODY[@]::${#NOBODY[@]}-1}" unshare --user --map-root-user sh -c \
    'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-sys_admin sh "$@"' sh \
    "$BOXES/examples/demo" "$BOXES/nsctl"
  assert_line '      user namespaces are turned off here: user.max_user_namespaces is 0'
  assert_line 'The sandbox could not be started; the lines above say what is missing.'
}

@test "a demo that is ended leaves nothing running" {
  # it stands still once its sandboxes run
  printf '#!/bin/sh\n[ "$1" != get ] || sleep 3\nexec %q "$@"\n' "$NSCTL" > "$BOXES/slow"
  chmod +x "$BOXES/slow"
  background_run sh "$DEMO" "$BOXES/slow" > "$BOXES/out"
  wait_until 20 test -e "$BOXES/state/demo-user-ubuntu-sleeper/state.json"
  inner=$(box_pid demo-user-ubuntu-sleeper)
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  assert_equal "$status" 143
  nothing_left demo-user-ubuntu-sleeper "$inner"
  [ -z "$(ls "$BOXES/state")" ]
}
