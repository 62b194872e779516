#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Containers that work against the tool.

load engine

# A container that may write to the host's v2 hierarchy, as systemd's and nested engines' containers may.
writes_cgroups() {
  local mount
  mount=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
  [ -n "$mount" ] || skip 'no cgroup v2 here'
  own docker walker --raw -v --raw "$mount:/cg2:rw"
  WAY_OUT=/cg2$(sed -n 's/^0:://p' "/proc/$INIT/cgroup")/cgroup.procs
}

@test "a command that walks out of its leaf cgroup ends with nsctl all the same" {
  writes_cgroups
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  running "$T" -- sh -c 'echo 0 > "$2"; sleep "$1" & setsid sleep "$1" & wait' sh "$TOKEN" "$WAY_OUT"
  wait_until 10 alive_are 3 "$TOKEN" || fail "$(alive "$TOKEN")"
  kill -KILL "$RUNNING"
  wait_until 2 none_alive "$TOKEN" || fail "alive: $(alive "$TOKEN")"
  wait_until 2 no_leaves || fail "$(leaves)"
}

@test "a command that walks out of its leaf cgroup ends when its time is up" {
  writes_cgroups
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  run -124 nsctl_exec --timeout 1s "$T" -- sh -c 'trap "" TERM; echo 0 > "$2"; exec sleep "$1"' sh "$TOKEN" "$WAY_OUT"
  none_alive "$TOKEN"
}
