#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Standard input and output: every byte, the caller's input where -i says so and not one byte of it where it does not.
# A careless tool copies through a buffer and loses the tail, or leaves the caller's stdin to a command that did not ask for it.

load engine

LINES_SUM=6736d7273b6d064962343221daf13702 # of seq 1 2000000

all_lines() {
  shared "$1" plain
  for round in 1 2 3 4 5 6 7 8 9 10; do
    sum=$(
      nsctl_exec "$T" -- sh -c 'seq 1 2000000; exit 7' | md5sum
      echo "${PIPESTATUS[0]}"
    )
    assert_equal "$round: $sum" "$round: $LINES_SUM  -"$'\n'7
  done
}

@test "docker: 2000000 lines and the status through a pipe, ten times" { all_lines docker; }
@test "podman: 2000000 lines and the status through a pipe, ten times" { all_lines podman; }
@test "rootless: 2000000 lines and the status through a pipe, ten times" { all_lines rootless; }
@test "cri: 2000000 lines and the status through a pipe, ten times" { all_lines cri; }
@test "runc: 2000000 lines and the status through a pipe, ten times" { all_lines runc; }
@test "crun: 2000000 lines and the status through a pipe, ten times" { all_lines crun; }
@test "lxc: 2000000 lines and the status through a pipe, ten times" { all_lines lxc; }
@test "bwrap: 2000000 lines and the status through a pipe, ten times" { all_lines bwrap; }

setup_file() {
  head -c 50000000 /dev/urandom > "$BATS_FILE_TMPDIR/50m"
  md5sum < "$BATS_FILE_TMPDIR/50m" > "$BATS_FILE_TMPDIR/sum"
}

# from a file, through a pipe, and through a pipe both ways
all_input() {
  shared "$1" plain
  sum=$(cat "$BATS_FILE_TMPDIR/sum")
  run -0 nsctl_exec -i "$T" -- md5sum < "$BATS_FILE_TMPDIR/50m"
  assert_output "$sum"
  assert_equal "$(cat "$BATS_FILE_TMPDIR/50m" | nsctl_exec -i "$T" -- md5sum)" "$sum"
  assert_equal "$(cat "$BATS_FILE_TMPDIR/50m" | nsctl_exec -i "$T" -- cat | md5sum)" "$sum"
}

@test "docker: 50 MB of stdin arrive whole" { all_input docker; }
@test "podman: 50 MB of stdin arrive whole" { all_input podman; }
@test "cri: 50 MB of stdin arrive whole" { all_input cri; }
@test "runc: 50 MB of stdin arrive whole" { all_input runc; }
@test "crun: 50 MB of stdin arrive whole" { all_input crun; }
@test "lxc: 50 MB of stdin arrive whole" { all_input lxc; }
@test "bwrap: 50 MB of stdin arrive whole" { all_input bwrap; }

# keeps_input ENGINE: a loop around exec reads all of its own lines.
keeps_input() {
  shared "$1" plain
  run -0 bash -c 'printf "%s\n" a b c | while read -r line; do echo "$line"; "$NSCTL" exec "$1" -- sh -c "cat; true"; done' sh "$T"
  assert_output $'a\nb\nc'
  # with -i the command takes them
  run -0 bash -c 'printf "%s\n" a b c | while read -r line; do echo "$line"; "$NSCTL" exec -i "$1" -- cat | tr a-z A-Z; done' sh "$T"
  assert_output $'a\nB\nC'
  run -0 nsctl_exec "$T" -- readlink /proc/self/fd/0 <<< text
  assert_output /dev/null
}

@test "docker: without -i the caller's stdin is not touched" { keeps_input docker; }
@test "podman: without -i the caller's stdin is not touched" { keeps_input podman; }
@test "cri: without -i the caller's stdin is not touched" { keeps_input cri; }
@test "runc: without -i the caller's stdin is not touched" { keeps_input runc; }
@test "crun: without -i the caller's stdin is not touched" { keeps_input crun; }
@test "lxc: without -i the caller's stdin is not touched" { keeps_input lxc; }
@test "bwrap: without -i the caller's stdin is not touched" { keeps_input bwrap; }

@test "stdout and stderr stay apart, in files with their position and mode" {
  shared docker plain
  echo before > "$BATS_TEST_TMPDIR/out"
  nsctl_exec "$T" -- sh -c 'echo out; echo err >&2' >> "$BATS_TEST_TMPDIR/out" 2> "$BATS_TEST_TMPDIR/err"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/out")" $'before\nout'
  assert_equal "$(cat "$BATS_TEST_TMPDIR/err")" err
}

@test "/dev/stdout can be opened anew by a user that is not the caller" {
  # a pipe belongs to who made it: a careless tool gives EACCES
  shared docker plain
  run -0 bash -c 'timeout 20 "$NSCTL" exec -u app "$1" -- sh -c "echo again > /dev/stdout; echo once more >> /proc/self/fd/1" | cat' sh "$T"
  assert_output $'again\nonce more'
  run -0 bash -c 'echo input | timeout 20 "$NSCTL" exec -i -u app "$1" -- cat /dev/stdin' sh "$T"
  assert_output input
}

@test "closed 0, 1 and 2 become /dev/null" {
  shared docker plain
  run -7 bash -c 'timeout 20 "$NSCTL" exec "$1" -- sh -c "exit 7" <&- >&- 2>&-' sh "$T"
  run -0 bash -c 'timeout 20 "$NSCTL" exec -i "$1" -- sh -c "readlink /proc/self/fd/0; readlink /proc/self/fd/2" <&- 2>&-' sh "$T"
  assert_output $'/dev/null\n/dev/null'
}

@test "a full disk and a closed pipe reach the command itself" {
  shared docker plain
  [ -c /dev/full ] || skip 'no /dev/full'
  run -1 bash -c 'timeout 20 "$NSCTL" exec "$1" -- sh -c "echo text; exit \$?" > /dev/full' sh "$T"
  # SIGPIPE, although nsctl ignores it for itself and the caller may do so too
  run -0 bash -c 'trap "" PIPE; timeout 20 "$NSCTL" exec "$1" -- yes | head -n 1; echo "${PIPESTATUS[0]}"' sh "$T"
  assert_output $'y\n141'
}

@test "a socket is handed in as it is, with its file status flags" {
  shared docker plain
  have /usr/bin/python3 || skip 'no python3'
  run -0 timeout 30 /usr/bin/python3 - "$NSCTL" "$T" << 'PY'
import fcntl, os, socket, subprocess, sys
ours, theirs = socket.socketpair()
theirs.setblocking(False)
before = fcntl.fcntl(theirs, fcntl.F_GETFL)
program = subprocess.Popen([sys.argv[1], "exec", "-i", sys.argv[2], "--", "sh", "-c", "readlink /proc/self/fd/0 | cut -c1-6; wc -c"],
                           stdin=theirs, stdout=subprocess.PIPE)
ours.sendall(b"x" * 100000)
ours.shutdown(socket.SHUT_WR)
print(program.communicate()[0].decode().split(), program.returncode, fcntl.fcntl(theirs, fcntl.F_GETFL) == before)
PY
  assert_output "['socket', '100000'] 0 True"
}

# leads_out WHAT COMMAND...: it is refused, and nothing of the host is shown.
leads_out() {
  what=$1
  shift
  run -125 --separate-stderr bash -c "$@"
  assert_equal "$stderr" "nsctl: $what is a directory"$'\n  through it the command could reach the host\'s files'
  assert_equal "$output" ''
}

@test "a directory among 0 to 2 is no way out: it is refused" {
  shared docker plain
  leads_out 'standard input' 'timeout 20 "$NSCTL" exec -i "$1" -- cat /proc/self/fd/0/../../etc/hostname < /usr/lib' sh "$T"
  leads_out 'standard input' 'timeout 20 "$NSCTL" shell -i "$1" < /usr/lib' sh "$T"
  # an output that is one can be read, and the error is told where there is one
  run -125 --separate-stderr bash -c 'timeout 20 "$NSCTL" exec "$1" -- cat /proc/self/fd/1/../../etc/hostname 1< /usr/lib' sh "$T"
  assert_equal "${stderr%%$'\n'*}" 'nsctl: standard output is a directory'
  run -125 bash -c 'timeout 20 "$NSCTL" exec "$1" -- cat /proc/self/fd/2/../../etc/hostname 2< /usr/lib' sh "$T"
  assert_output ''
  # what does not arrive may be one
  run -0 bash -c 'timeout 20 "$NSCTL" exec "$1" -- readlink /proc/self/fd/0 < /usr/lib' sh "$T"
  assert_output /dev/null
}
