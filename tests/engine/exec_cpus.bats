#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# nsctl and what it starts stay on one processor until the command runs. Nobody is to see that: the command's affinity is init's, and
# nsctl and its guard may run anywhere again as soon as the command takes its time.

load engine

setup() {
  [ "$(nproc)" -ge 2 ] || skip 'one processor: there is no other affinity'
}

# cpus PID: where it may run
cpus() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"; }
one_of_ours() { cpus self | sed 's/[-,].*//'; }

command_cpus() {
  nsctl_exec "$@" -- sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status
}

# affinity ENGINE [OPTION...]: the command runs where init may, wherever the caller may.
affinity() {
  own "$1" cpus "${@:2}"
  assert_equal "$(command_cpus "$T")" "$(cpus "$INIT")"
  one=$(one_of_ours)
  assert_equal "$(taskset -c "$one" "$NSCTL" exec "$T" -- sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)" "$(cpus "$INIT")"
  taskset -cp "$one" "$INIT"
  assert_equal "$(command_cpus "$T")" "$one"
  assert_equal "$(command_cpus --privileged "$T")" "$one"
  assert_equal "$(command_cpus --no-seccomp "$T")" "$one"
}
@test "docker: the affinity of init" { affinity docker; }
@test "podman: the affinity of init" { affinity podman; }
@test "crun: the affinity of init" { affinity crun; }
@test "lxc: the affinity of init" { affinity lxc; }

# Under such a filter it is set before the filter is loaded.
@test "crun: the affinity of init, where the filter refuses to set it" {
  profile=$BATS_TEST_TMPDIR/profile.json
  jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["sched_setaffinity"], action: "SCMP_ACT_KILL"}]}' > "$profile"
  affinity crun --seccomp "$profile"
}

freed() { [ "$(cpus "$1")" = "$2" ]; }

@test "docker: a command that takes its time holds nobody on a processor" {
  shared docker plain
  all=$(cpus self)
  running "$T" -- sleep 60
  wait_until 10 freed "$RUNNING" "$all"
  guard=$(ps -o pid= --ppid "$RUNNING")
  wait_until 10 freed "${guard// /}" "$all"
}

@test "docker: the REPL runs anywhere again behind a command" {
  shared docker plain
  run -0 "$NSCTL" repl <<< "exec $T -- true
!sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status"
  assert_line "$(cpus self)"
}

@test "docker: a caller that may not set its affinity gets the command, and a word" {
  strace_require
  no_leak_search
  shared docker plain
  run -0 --separate-stderr timeout 60 strace -f -qq -o /dev/null -e trace=sched_setaffinity \
    -e inject=sched_setaffinity:error=EPERM "$NSCTL" exec "$T" -- echo started
  assert_output started
  assert_regex "$stderr" 'cannot set the CPU affinity: Operation not permitted'
  refute_regex "$stderr" 'affinity.*affinity'
}
