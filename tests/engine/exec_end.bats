#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Who ends whom: nsctl that is killed leaves nothing, a command that ends by itself leaves what it left.
# A careless tool (docker exec, podman exec, nsenter, lxc-attach) leaves the command running when it is killed.

load engine

# A command with a child in the background, one in a session of its own, and one that nobody is the parent of any more.
# shellcheck disable=SC2016 # the inner shell's
FAMILY='sleep "$1" & setsid sleep "$1" & sh -c "setsid setsid sleep \$1 &" sh "$1"; wait'

family() {
  TOKEN=$(token)
  if [ "$ENGINE" = unshare ]; then
    # no /dev/null there, without which its shell puts nothing in the background
    running "$T" -- sleep "$TOKEN"
    return
  fi
  running "$T" -- sh -c "$FAMILY" sh "$TOKEN"
  # the shell has it as an argument too
  wait_until 10 alive_are 4 "$TOKEN" || fail "$(alive "$TOKEN")"
}

# killed ENGINE: KILL, and what the command does not trap: a second later nothing of it lives, and no leaf is left.
killed() {
  shared "$1" plain
  for signal in KILL TERM HUP INT; do
    family
    in_leaf
    kill "-$signal" "$RUNNING"
    gone_in_a_second "$TOKEN" || fail "$signal, alive: $(alive "$TOKEN")"
    wait_until 5 no_leaves || fail "$signal: $(leaves)"
    finished && status=0 || status=$?
    assert_equal "$signal $status" "$signal $((128 + $(kill -l "$signal")))"
  done
}

@test "docker: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed docker; }
@test "podman: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed podman; }
@test "podman-runc: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed podman-runc; }
@test "rootless: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed rootless; }
@test "cri: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed cri; }
@test "containerd: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed containerd; }
@test "runc: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed runc; }
@test "crun: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed crun; }
@test "lxc: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed lxc; }
@test "bwrap: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed bwrap; }
@test "unshare: KILL, TERM, HUP and INT of nsctl end all that it started, within a second" { killed unshare; }

# waited_for ENGINE: a command that traps TERM is waited for; its status is its own.
waited_for() {
  shared "$1" plain
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  running "$T" -- sh -c 'trap "sleep 0.3; echo cleaned; exit 4" TERM; sleep "$1" & while :; do sleep 0.05; done' sh "$TOKEN"
  wait_until 10 alive_are 2 "$TOKEN"
  kill -TERM "$RUNNING"
  finished && status=0 || status=$?
  assert_equal "$status" 4
  assert_equal "$(cat "$OUT")" cleaned
  # it ended by the signal: what it left behind went with it
  none_alive "$TOKEN"
}
@test "docker: a command that traps TERM is waited for" { waited_for docker; }
@test "podman: a command that traps TERM is waited for" { waited_for podman; }
@test "cri: a command that traps TERM is waited for" { waited_for cri; }
@test "runc: a command that traps TERM is waited for" { waited_for runc; }
@test "crun: a command that traps TERM is waited for" { waited_for crun; }
@test "lxc: a command that traps TERM is waited for" { waited_for lxc; }

@test "USR1, USR2 and QUIT arrive once, and nsctl goes on" {
  shared docker plain
  # shellcheck disable=SC2016 # the inner shell's
  running "$T" -- sh -c 'trap "echo usr1" USR1; trap "echo usr2" USR2; trap "exit 9" QUIT; echo ready; while :; do sleep 0.05; done'
  wait_until 10 grep -q ready "$OUT"
  kill -USR1 "$RUNNING"
  wait_until 10 grep -q usr1 "$OUT"
  kill -USR2 "$RUNNING"
  wait_until 10 grep -q usr2 "$OUT"
  kill -QUIT "$RUNNING"
  finished && status=0 || status=$?
  assert_equal "$status" 9
  assert_equal "$(cat "$OUT")" $'ready\nusr1\nusr2'
}

@test "a signal that the caller ignores (nohup) is not passed on" {
  shared docker plain
  TOKEN=$(token)
  (
    trap '' HUP
    running "$T" -- sleep "$TOKEN"
    echo "$RUNNING" > "$BATS_TEST_TMPDIR/nsctl"
    disown
  )
  RUNNING=$(cat "$BATS_TEST_TMPDIR/nsctl")
  kill -HUP "$RUNNING"
  kill -TERM "$RUNNING"
  wait_until 20 none_alive "$TOKEN"
}

# left_running ENGINE: the command ends by itself; what it started stays, in init's own cgroup, and the leaf is gone.
left_running() {
  shared "$1" plain
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  run -5 nsctl_exec "$T" -- sh -c 'sleep "$1" > /dev/null 2>&1 & cat /proc/self/cgroup; exit 5' sh "$TOKEN"
  # it was started in the leaf
  ! leaf_wanted || assert_line --regexp '^0::.*/nsctl\.[0-9]+\.[0-9a-f]{8}$'
  alive_are 1 "$TOKEN"
  left=$(alive "$TOKEN")
  assert_equal "$(cat "/proc/${left% }/cgroup")" "$(cat "/proc/$INIT/cgroup")"
  no_leaves
  end_all "$TOKEN"
}
@test "docker: what a command leaves running stays, in init's cgroup" { left_running docker; }
@test "podman: what a command leaves running stays, in init's cgroup" { left_running podman; }
@test "cri: what a command leaves running stays, in init's cgroup" { left_running cri; }
@test "runc: what a command leaves running stays, in init's cgroup" { left_running runc; }
@test "crun: what a command leaves running stays, in init's cgroup" { left_running crun; }
@test "lxc: what a command leaves running stays, in init's cgroup" { left_running lxc; }
@test "bwrap: what a command leaves running stays, in init's cgroup" { left_running bwrap; }

# detached ENGINE: -d returns at once; the command outlives nsctl, stands inside as any other, and in init's own cgroup.
detached() {
  shared "$1" plain
  TOKEN=$(token)
  run -0 nsctl_exec -d --pid-file "$BATS_TEST_TMPDIR/pid" "$T" -- sleep "$TOKEN"
  assert_output ''
  CHILD=$(cat "$BATS_TEST_TMPDIR/pid")
  wait_until 20 has_begun
  assert_equal "$(alive "$TOKEN")" "$CHILD "
  assert_equal "$(namespaces_of "$CHILD")" "$(namespaces_of "$INIT")"
  assert_equal "$(stat -L -c '%d %i' "/proc/$CHILD/root")" "$(stat -L -c '%d %i' "/proc/$INIT/root")"
  assert_equal "$(cat "/proc/$CHILD/cgroup")" "$(cat "/proc/$INIT/cgroup")"
  # of nobody's terminal
  assert_equal "$(awk '{ sub(/.*\) /, ""); print $4, $5 }' "/proc/$CHILD/stat")" "$CHILD 0"
  no_leaves
  end_all "$TOKEN"
}
@test "docker: -d leaves the command, inside and in init's cgroup" { detached docker; }
@test "podman: -d leaves the command, inside and in init's cgroup" { detached podman; }
@test "podman-runc: -d leaves the command, inside and in init's cgroup" { detached podman-runc; }
@test "rootless: -d leaves the command, inside and in init's cgroup" { detached rootless; }
@test "cri: -d leaves the command, inside and in init's cgroup" { detached cri; }
@test "containerd: -d leaves the command, inside and in init's cgroup" { detached containerd; }
@test "runc: -d leaves the command, inside and in init's cgroup" { detached runc; }
@test "crun: -d leaves the command, inside and in init's cgroup" { detached crun; }
@test "lxc: -d leaves the command, inside and in init's cgroup" { detached lxc; }
@test "bwrap: -d leaves the command, inside and in init's cgroup" { detached bwrap; }

@test "-d: a command that cannot be executed is still an error" {
  shared docker plain
  run -127 nsctl_exec -d "$T" -- nosuch
  run -126 nsctl_exec -d "$T" -- /etc
  no_leaves
}

@test "the guard is killed: the command ends all the same, and nsctl says so" {
  shared docker plain
  TOKEN=$(token)
  running "$T" -- sleep "$TOKEN"
  guard=$(proc_children "$RUNNING")
  kill -KILL "${guard% }"
  finished && status=0 || status=$?
  assert_equal "$status" 125
  assert_equal "$(cat "$ERR")" 'nsctl: nsctl-test-shared-plain: the guard of the command has died'
  wait_until 5 none_alive "$TOKEN"
  no_leaves
}

@test "the container ends while a command runs: its status, no leaf, no hang" {
  own runc end
  dir=$(v2_of "$INIT")
  TOKEN=$(token)
  running "$T" -- sleep "$TOKEN"
  container_halt runc end
  wait_until 20 none_alive "$TOKEN"
  finished && status=0 || status=$?
  assert_equal "$status" 137
  [ -z "$(find "$dir" -name 'nsctl.*' 2> /dev/null)" ]
}

@test "a hundred execs at once, every third killed: nothing is left" {
  shared crun plain
  TOKEN=$(token)
  pids=()
  for i in $(seq 1 100); do
    "$NSCTL" exec "$T" -- sleep "$TOKEN" < /dev/null > /dev/null 2>&1 3>&- &
    pids+=($!)
    disown
    [ $((i % 3)) != 0 ] || kill -KILL $!
  done
  for pid in "${pids[@]}"; do ! proc_start "$pid" > /dev/null || kill -TERM "$pid" 2> /dev/null || true; done
  for pid in "${pids[@]}"; do wait_until 60 proc_ended "$pid" || fail "nsctl $pid does not end"; done
  wait_until 30 none_alive "$TOKEN"
  wait_until 30 no_leaves || fail "$(leaves)"
}
proc_ended() { ! proc_start "$1" > /dev/null; }
