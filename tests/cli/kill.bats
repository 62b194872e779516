#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# kill: a signal by the PID inside, the end of a sandbox.

load ../lib/bats
load ../lib/sandbox

setup() {
  sandbox_setup
  case $BATS_TEST_DESCRIPTION in
    usage:*) ;;
    *) sandbox_require ;;
  esac
}
teardown() { sandbox_teardown; }

# listener: a box whose PID 1 notes the signals that it gets, in its /tmp/got.
listener() {
  # shellcheck disable=SC2016 # for the shell inside
  "$NSCTL" run --name box -d -- sh -c 'for s in HUP USR1 USR2 TERM; do trap "echo $s >> /tmp/got" $s; done
    sleep 301 & echo $! > /tmp/child; : > /tmp/got; : > /tmp/ready; while :; do sleep 0.05; done'
  wait_until 20 "$NSCTL" exec box -- test -e /tmp/ready
}
got() { "$NSCTL" exec box -- grep -qx "$1" /tmp/got; }

@test "usage: a target, PIDs, a signal that there is" {
  run -2 --separate-stderr "$NSCTL" kill
  [[ $stderr == 'nsctl: kill needs a target'* ]]
  for pid in 0 x 1.5 99999999999; do
    run -2 --separate-stderr "$NSCTL" kill box "$pid"
    [[ $stderr == "nsctl: $pid is no PID"* ]]
  done
  run -2 --separate-stderr "$NSCTL" kill -s TREM box 1
  assert_equal "${stderr%$'\n'*}" $'nsctl: no signal is called TREM\n  did you mean TERM?' ||
    assert_equal "$stderr" $'nsctl: no signal is called TREM\n  did you mean TERM?'
  run -2 --separate-stderr "$NSCTL" kill -s 65 box 1
  [[ $stderr == 'nsctl: no signal is called 65'* ]]
  for signal in 9 15 KILL; do # as kill(1) takes them
    run -2 --separate-stderr "$NSCTL" kill "-$signal" box 1
    assert_equal "$stderr" "nsctl: unknown option -$signal"$'\n'"  did you mean -s $signal?"
  done
  run -2 --separate-stderr "$NSCTL" kill -s HUP box
  [[ $stderr == 'nsctl: -s needs a PID: without one the whole sandbox ends'* ]]
  run -2 --separate-stderr "$NSCTL" kill host
  [[ $stderr == 'nsctl: kill host needs a PID'* ]]
  run -1 --separate-stderr "$NSCTL" kill nosuchcontainer
  [[ $stderr == 'nsctl: nosuchcontainer: no such container'* ]]
}

@test "signals by name and number, to the PID inside" {
  listener
  run -0 "$NSCTL" kill -s HUP box 1
  assert_output ''
  wait_until 20 got HUP
  "$NSCTL" kill -s SIGUSR1 box 1
  wait_until 20 got USR1
  "$NSCTL" kill -s usr2 box 1
  wait_until 20 got USR2
  "$NSCTL" kill box 1 # TERM, which it survives
  wait_until 20 got TERM
  run -0 "$NSCTL" kill -s 0 box 1
  child=$("$NSCTL" exec box -- cat /tmp/child)
  run -0 "$NSCTL" kill -s 15 box "$child"
  wait_until 20 bash -c "! '$NSCTL' kill -s 0 box $child 2> /dev/null"
}

@test "a PID that nobody has inside: status 1; several PIDs are all tried" {
  listener
  run -1 --separate-stderr "$NSCTL" kill box 30000
  assert_equal "$stderr" 'nsctl: box: no process has the PID 30000 inside'
  # a PID of the host is none of the box
  run -1 "$NSCTL" kill -s 0 box 30000 $$
  run -1 "$NSCTL" kill -s USR1 box 30000 1
  wait_until 20 got USR1
}

@test "without newer kernel calls it is the same" {
  for without in nsfs pidfd nsfs,pidfd; do
    export NSCTL_WITHOUT=$without
    listener
    "$NSCTL" kill -s HUP box 1
    wait_until 20 got HUP
    run -1 "$NSCTL" kill box 30000
    pid=$(box_pid box)
    run -0 "$NSCTL" kill box
    wait_until 20 nothing_left box "$pid"
    unset NSCTL_WITHOUT
  done
}

@test "a sandbox ends at once when its init has no handler, else within 2 seconds" {
  "$NSCTL" run --name box -d -- sleep 300
  pid=$(box_pid box)
  run -0 "$NSCTL" kill box
  nothing_left box "$pid"
  listener
  pid=$(box_pid box) begin=$SECONDS
  run -0 "$NSCTL" kill nsctl/box
  nothing_left box "$pid"
  [ $((SECONDS - begin)) -le 9 ]
}

@test "a sandbox that has ended has left its name" {
  strace_require --seccomp-bpf -e trace=unlinkat -e inject=unlinkat:delay_enter=1000
  no_leak_search
  # the guard takes its time with each file, and with the folder
  strace -f -qq --seccomp-bpf -o /dev/null -e trace=unlinkat -e inject=unlinkat:delay_enter=500000 \
    "$NSCTL" run --name box -d -- sleep 300 > "$BOXES/out" 3>&- &
  traced=$!
  wait_until 20 grep -qx box "$BOXES/out"
  run -0 "$NSCTL" kill box
  [ ! -e "$BOXES/state/box" ]
  wait "$traced"
}

@test "a sandbox whose watcher was killed first" {
  "$NSCTL" run --name box -d -- sleep 300
  pid=$(box_pid box)
  kill -STOP "$(box_watcher box)"
  kill -STOP "$(parent_of "$pid")"
  watcher=$(box_watcher box) guard=$(parent_of "$pid")
  run -0 "$NSCTL" kill box
  [ ! -e "$BOXES/state/box" ]
  kill -CONT "$watcher" "$guard"
  wait_until 20 nothing_left box "$pid"
}

@test "who comes too late takes no folder away that another has made" {
  "$NSCTL" run --name box -d -- sleep 300
  guard=$(parent_of "$(box_pid box)") watcher=$(box_watcher box)
  kill -STOP "$watcher" "$guard"
  "$NSCTL" kill box
  mkdir "$BOXES/state/box" # as another run begins
  kill -CONT "$watcher" "$guard"
  wait_until 20 bash -c "! kill -0 $watcher 2> /dev/null && ! kill -0 $guard 2> /dev/null"
  [ -d "$BOXES/state/box" ]
}

@test "the pod as a whole, a container of it by its own name, in a namespace" {
  for pod in one two; do
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: ns-%s}\nspec:\n  containers:\n' $pod $pod > "$BOXES/$pod.yaml"
    printf '  - {name: %s, command: [sleep, "300"]}\n' a b >> "$BOXES/$pod.yaml"
    "$NSCTL" run -f "$BOXES/$pod.yaml" -d
  done
  run -0 "$NSCTL" kill two-a
  [ ! -e "$BOXES/state/two-a" ] && [ -e "$BOXES/state/two-b" ]
  run -1 "$NSCTL" kill -n ns-one two
  run -0 "$NSCTL" kill ns-two/two
  [ ! -e "$BOXES/state/two-b" ]
  run -0 "$NSCTL" kill -n ns-one pod/one
  [ ! -e "$BOXES/state/one-a" ] && [ ! -e "$BOXES/state/one-b" ]
}

@test "others' containers are left alone; their processes are not" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to make namespaces'
  unshare --pid --fork --kill-child --mount-proc sleep 302 &
  outer=$!
  wait_until 20 pgrep -P "$outer" -x sleep
  init=$(pgrep -P "$outer" -x sleep)
  run -2 --separate-stderr "$NSCTL" kill "pid/$init"
  assert_equal "$stderr" "nsctl: sleep is a container of bare: nsctl ends its own sandboxes only
  one of its processes: nsctl kill pid/$init PID
  nsctl help kill shows how it is used" || [[ $stderr == *'nsctl ends its own sandboxes only'* ]]
  kill -0 "$init"
  run -0 "$NSCTL" kill -s KILL "pid/$init" 1
  wait_until 20 bash -c "! kill -0 $init 2> /dev/null"
}

@test "another user's process: status 4 and the missing privilege" {
  nobody_require
  "$NSCTL" run --name box -d -- sleep 300
  pid=$(box_pid box)
  cd /
  run -4 --separate-stderr "${NOBODY[@]}" kill "pid/$pid" 1
  [[ $stderr == *'cannot look at its PID namespace: Permission denied'* ]]
  kill -0 "$pid"
}
