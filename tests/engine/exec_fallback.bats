#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Kernel calls that may be missing (NSCTL_WITHOUT): the same result without each of them, and without all.

load engine

# without LIST ENGINE: identity, confinement, cgroup, bytes, statuses, the terminal and the end.
without() {
  local expected
  shared "$2" plain
  expected=$(nsctl_exec -u app "$T" -- cat /proc/self/status | fields)
  export NSCTL_WITHOUT=$1
  assert_equal "$(nsctl_exec -u app "$T" -- cat /proc/self/status | fields)" "$expected"
  run -7 nsctl_exec "$T" -- sh -c 'exit 7'
  run -127 nsctl_exec "$T" -- nosuch
  run -0 bash -c 'seq 1 100000 | timeout 20 "$NSCTL" exec -i "$1" -- wc -l' sh "$T"
  assert_output 100000
  helper_inside self
  run -0 bash -c 'exec 5< /etc/passwd; timeout 20 "$NSCTL" exec "$1" -- /tmp/self | grep fds' sh "$T"
  assert_output 'fds 0 1 2'
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  running "$T" -- sh -c 'sleep "$1" & setsid sleep "$1" & wait' sh "$TOKEN"
  wait_until 10 alive_are 3 "$TOKEN"
  assert_equal "$(namespaces_of "$CHILD")" "$(namespaces_of "$INIT")"
  assert_equal "$(grep -v ^0:: "/proc/$CHILD/cgroup")" "$(grep -v ^0:: "/proc/$INIT/cgroup")"
  kill -KILL "$RUNNING"
  wait_until 5 none_alive "$TOKEN" || fail "alive: $(alive "$TOKEN")"
  wait_until 5 no_leaves || fail "$(leaves)"
  unset NSCTL_WITHOUT
}
@test "without openat2" { without openat2 docker; }
@test "without pidfd" { without pidfd docker; }
@test "without clone3" { without clone3 docker; }
@test "without close_range" { without close_range docker; }
@test "without nsfs" { without nsfs docker; }
@test "without cgroup.kill" { without cgroup.kill docker; }
@test "without cgroup2" { without cgroup2 docker; }
@test "without any of them" { without openat2,pidfd,clone3,close_range,nsfs,cgroup.kill,cgroup2 docker; }
@test "without any of them: cri" { without openat2,pidfd,clone3,close_range,nsfs,cgroup.kill,cgroup2 cri; }
@test "without any of them: lxc" { without openat2,pidfd,clone3,close_range,nsfs,cgroup.kill,cgroup2 lxc; }
@test "without pidfd and clone3: a user namespace" { without pidfd,clone3 rootless; }

@test "without cgroup2 the command stays in init's own v2 cgroup or the caller's, and no leaf is made" {
  shared docker plain
  export NSCTL_WITHOUT=cgroup2
  running "$T" -- sleep 60
  [[ $(cat "/proc/$CHILD/cgroup") != *nsctl.* ]]
  no_leaves
}

@test "it is not honoured for a program that was given privileges" {
  # a user must not choose the weaker way of a set-uid copy
  shared docker plain
  install -m 4755 "$NSCTL" "$NSCTL_TEST_DIR/helpers/nsctl-suid" || skip 'no set-uid files here'
  findmnt -no OPTIONS -T "$NSCTL_TEST_DIR" | grep -q nosuid && skip 'mounted nosuid'
  run --separate-stderr nobody env NSCTL_WITHOUT=pidfd NSCTL_ROOT="runc=/nosuch" \
    "$NSCTL_TEST_DIR/helpers/nsctl-suid" get engines -o json
  rm -f -- "$NSCTL_TEST_DIR/helpers/nsctl-suid"
  assert_output --partial '"name": "runc"'
  refute_output --partial /nosuch
}
