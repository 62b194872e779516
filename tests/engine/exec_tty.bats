#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# -t: the command's terminal is one of the container, the caller's is never handed in and always restored.
# A careless tool sets the size after the start, hands the caller's terminal in (TIOCSTI), or leaves it raw when it is killed.

load engine

setup() { [ -x /usr/bin/python3 ] || skip 'no python3'; }

# size ENGINE: right from the first instant, for a command that looks at once.
size() {
  shared "$1" plain
  run_terminal --size 37x101 'expect=(\d+ \d+)\r' keep=size wait modes -- "$NSCTL" exec -it "$T" -- stty size
  assert_output $'size: 37 101\nstatus 0\nmodes same'
}
@test "docker: the size is right from the first instant" { size docker; }
@test "podman: the size is right from the first instant" { size podman; }
@test "rootless: the size is right from the first instant" { size rootless; }
@test "cri: the size is right from the first instant" { size cri; }
@test "containerd: the size is right from the first instant" { size containerd; }
@test "runc: the size is right from the first instant" { size runc; }
@test "crun: the size is right from the first instant" { size crun; }
@test "lxc: the size is right from the first instant" { size lxc; }
@test "bwrap: the size is right from the first instant" { size bwrap; }

# keys ENGINE: Ctrl-C reaches the child, a resize arrives.
keys() {
  shared "$1" plain
  run_terminal --size 24x80 expect=ready 'send=\x03' expect=interrupted resize=50x132 'expect=(50 132)' keep=resized \
    'send=quit\r' wait modes -- "$NSCTL" exec -it "$T" -- \
    sh -c 'trap "echo interrupted" INT; trap "stty size" WINCH; echo ready; while ! read -r word || [ "$word" != quit ]; do :; done; exit 9'
  assert_output $'resized: 50 132\nstatus 9\nmodes same'
}
@test "docker: Ctrl-C and a resize arrive" { keys docker; }
@test "podman: Ctrl-C and a resize arrive" { keys podman; }
@test "cri: Ctrl-C and a resize arrive" { keys cri; }
@test "runc: Ctrl-C and a resize arrive" { keys runc; }
@test "crun: Ctrl-C and a resize arrive" { keys crun; }
@test "lxc: Ctrl-C and a resize arrive" { keys lxc; }
@test "bwrap: Ctrl-C and a resize arrive" { keys bwrap; }

# killed_terminal ENGINE: raw while the command runs; as before after the child, or nsctl, is killed with -9.
killed_terminal() {
  shared "$1" plain
  run_terminal expect=ready modes 'send=kill\r' wait modes -- \
    "$NSCTL" exec -it "$T" -- sh -c 'echo ready; read -r word; kill -9 $$'
  assert_output $'modes differ\nstatus 137\nmodes same'
  TOKEN=$(token)
  run_terminal expect=ready modes signal=KILL wait restored modes -- \
    "$NSCTL" exec -it "$T" -- sh -c 'echo ready; sleep "$1"' sh "$TOKEN"
  assert_output $'modes differ\nstatus 137\nmodes same'
  wait_until 5 none_alive "$TOKEN"
}
@test "docker: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal docker; }
@test "podman: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal podman; }
@test "cri: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal cri; }
@test "runc: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal runc; }
@test "crun: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal crun; }
@test "lxc: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal lxc; }
@test "bwrap: the terminal is as before after kill -9 of the child or of nsctl" { killed_terminal bwrap; }

@test "the terminal is as before after TERM, a timeout and a command that is not there" {
  shared docker plain
  run_terminal expect=ready signal=TERM wait modes -- "$NSCTL" exec -it "$T" -- sh -c 'echo ready; exec sleep 60'
  assert_output $'status 143\nmodes same'
  run_terminal wait modes -- "$NSCTL" exec -it --timeout 200ms "$T" -- sleep 60
  assert_output $'status 124\nmodes same'
  run_terminal expect=nosuch wait modes -- "$NSCTL" exec -it "$T" -- nosuch
  assert_output $'status 127\nmodes same'
}

@test "the pty belongs to the command's user and is its controlling terminal" {
  shared docker plain
  run_terminal 'expect=owner (\d+)' keep=uid 'expect=(pts/\d+)' keep=tty expect=opened wait -- "$NSCTL" exec -it -u app "$T" -- \
    sh -c 'echo "owner $(stat -c %u "$(tty)")"; tty; echo opened > /dev/tty'
  assert_line 'uid: 1000'
  assert_line --regexp '^tty: pts/[0-9]+$'
  assert_line 'status 0'
}

@test "only the container's own terminals are seen inside" {
  # the caller's /dev/pts/N would be another one inside, or none
  shared runc plain
  run_terminal 'expect=(pts/\d+)\r' keep=first wait -- "$NSCTL" exec -it "$T" -- sh -c 'ls /dev/pts; readlink /proc/self/fd/0'
  assert_output $'first: pts/0\nstatus 0'
}

@test "without -t the caller's terminal is not among 0 to 2, with -t another one is" {
  shared docker plain
  for options in -i -it; do
    TOKEN=$(token)
    terminal pts expect=ready wait -- "$NSCTL" exec "$options" --pid-file "$BATS_TEST_TMPDIR/pid" "$T" -- \
      sh -c 'echo ready; while [ ! -e "/tmp/go.$1" ]; do sleep 0.02; done' sh "$TOKEN" \
      > "$BATS_TEST_TMPDIR/out" 3>&- &
    driver=$!
    wait_until 10 shell_runs
    ours=$(sed -n 's/^pts //p' "$BATS_TEST_TMPDIR/out")
    for fd in 0 1 2; do
      # the device, not the name: that is another one inside
      found=$(stat -L -c '%t:%T %i %d' "/proc/$pid/fd/$fd")
      [ "$found" != "$(stat -L -c '%t:%T %i %d' "$ours")" ] || fail "$options: descriptor $fd is the caller's terminal"
    done
    if [ "$options" = -i ]; then
      for fd in 0 1 2; do [[ $(readlink "/proc/$pid/fd/$fd") == pipe:* ]]; done
      assert_equal "$(awk '{ sub(/.*\) /, ""); print $5 }' "/proc/$pid/stat")" 0
    else
      [[ $(readlink "/proc/$pid/fd/0") == /dev/pts/* ]]
    fi
    nsctl_exec "$T" -- touch "/tmp/go.$TOKEN"
    wait "$driver"
    rm -f -- "$BATS_TEST_TMPDIR/pid"
  done
}
shell_runs() { pid=$(cat "$BATS_TEST_TMPDIR/pid" 2> /dev/null) && [ "$(cat "/proc/$pid/comm")" = sh ] && grep -q pts "$BATS_TEST_TMPDIR/out"; }

@test "nothing can be typed into the caller's terminal from inside" {
  # CVE-2017-5226: with the caller's terminal as 0 to 2, TIOCSTI types what the caller's shell will read
  shared runc plain
  helper_inside sti
  for options in '' -i -t -it; do
    # shellcheck disable=SC2086 # no option, or one
    run_terminal expect=done wait typed -- "$NSCTL" exec --privileged $options "$T" -- sh -c '/tmp/sti; echo done'
    assert_line 'status 0'
    assert_line "typed ''"
  done
}

@test "-t without a terminal: one note, and no pty" {
  shared docker plain
  run -0 --separate-stderr nsctl_exec -t "$T" -- tty < /dev/null || true
  assert_equal "$stderr" 'nsctl: -t: no terminal here, so the command gets none'
  run -0 --separate-stderr bash -c 'echo text | timeout 20 "$NSCTL" exec -it "$1" -- cat' sh "$T"
  assert_output text
  assert_equal "$stderr" 'nsctl: -t: no terminal here, so the command gets none'
}

@test "a container without devpts gets a terminal of the host, which is said" {
  shared unshare plain
  run_terminal --size 30x90 'expect=(has no devpts)' keep=said 'expect=(\d+ \d+)\r' keep=size wait modes -- "$NSCTL" exec -it "$T" -- stty size
  assert_output $'said: has no devpts\nsize: 30 90\nstatus 0\nmodes same'
}

@test "TERM of the caller arrives with -t, and only then" {
  shared docker plain
  run_terminal 'expect=<(\w*)>' keep=term wait -- env TERM=vt220 "$NSCTL" exec -it "$T" -- sh -c 'echo "<$TERM>"'
  assert_output $'term: vt220\nstatus 0'
  TERM=vt220 run -0 nsctl_exec "$T" -- env
  refute_line TERM=vt220
}

@test "Ctrl-D ends the input, and every byte before it arrives" {
  shared docker plain
  run_terminal expect=ready 'send=one\rtwo\r\x04' 'expect=sum (\d+)' keep=bytes wait modes -- \
    "$NSCTL" exec -it "$T" -- sh -c 'echo ready; echo "sum $(wc -c)"'
  assert_output $'bytes: 8\nstatus 0\nmodes same'
}

@test "with a terminal and -t, all that a command writes comes out" {
  shared docker plain
  run_terminal 'expect=99999\r\n100000\r\nend' wait -- "$NSCTL" exec -t "$T" -- sh -c 'seq 1 100000; printf end'
  assert_output 'status 0'
}

@test "-t alone: the terminal keeps its modes, Ctrl-C is a signal to nsctl and passed on" {
  shared docker plain
  run_terminal expect=ready modes 'send=\x03' wait modes -- "$NSCTL" exec -t "$T" -- sh -c 'echo ready; exec sleep 60'
  assert_output $'modes same\nstatus 130\nmodes same'
}

@test "the caller's terminal keeps its O_NONBLOCK as it was" {
  shared docker plain
  run_terminal 'expect=before (\d+)' keep=before 'expect=inside' 'expect=after (\d+)' keep=after wait -- \
    sh -c 'grep flags: /proc/self/fdinfo/0 | sed "s/.*:./before /"; "$1" exec -it "$2" -- echo inside; grep flags: /proc/self/fdinfo/0 | sed "s/.*:./after /"' \
    sh "$NSCTL" "$T"
  assert_equal "${lines[0]#before: }" "${lines[1]#after: }"
}

@test "kill -9 of nsctl with -t ends what the command has put elsewhere, too" {
  # the hang-up of the pty ends the command before the guard sees that nsctl is gone: it must not take that for a normal end
  shared docker plain
  for round in 1 2 3 4 5 6 7 8; do
    TOKEN=$(token)
    # shellcheck disable=SC2016 # the inner shell's
    run_terminal expect=ready signal=KILL wait restored -- "$NSCTL" exec -it "$T" -- \
      sh -c 'setsid sleep "$1" > /dev/null 2>&1 & echo ready; read -r word' sh "$TOKEN"
    wait_until 5 none_alive "$TOKEN" || fail "$round: $(alive "$TOKEN")"
    wait_until 5 no_leaves
  done
}

@test "a normal end with -t leaves what the command left" {
  shared docker plain
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  run_terminal expect=there 'send=\r' wait modes -- "$NSCTL" exec -it "$T" -- \
    sh -c 'setsid sh -c "echo there; exec sleep \$1 < /dev/null > /dev/null 2>&1" sh "$1" & read -r word; exit 3' sh "$TOKEN"
  assert_output $'status 3\nmodes same'
  wait_until 20 alive_are 1 "$TOKEN"
  no_leaves
}
