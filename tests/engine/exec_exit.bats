#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exit statuses, and the messages that say why a command could not be executed.
# A careless tool gives 1 or 255 for everything of its own, or 0 for a command that a signal has ended.

load engine

statuses() {
  shared "$1" plain
  run -7 nsctl_exec "$T" -- sh -c 'exit 7'
  assert_output ''
  run -0 nsctl_exec "$T" -- true
  run -255 nsctl_exec "$T" -- sh -c 'exit 255'
  run -137 nsctl_exec "$T" -- sh -c 'kill -9 $$'
  assert_output ''
  run -143 nsctl_exec "$T" -- sh -c 'kill $$'
  run -127 --separate-stderr nsctl_exec "$T" -- nosuch-command
  assert_equal "$stderr" "nsctl: nosuch-command: command not found in the container's PATH"
  run -127 --separate-stderr nsctl_exec "$T" -- /nosuch/command
  assert_equal "$stderr" 'nsctl: /nosuch/command: No such file or directory'
  run -126 --separate-stderr nsctl_exec "$T" -- /etc
  assert_equal "$stderr" $'nsctl: /etc: Permission denied\n  it is a directory'
  run -126 --separate-stderr nsctl_exec "$T" -- /etc/passwd
  assert_regex "$stderr" $'^nsctl: /etc/passwd: Permission denied\n  it is not executable \\(mode 0644\\): chmod \\+x$'
  unknown
  # TERM; the command's end by it is not the status
  TOKEN=$(token)
  run -124 --separate-stderr nsctl_exec --timeout 100ms "$T" -- sleep "$TOKEN"
  assert_equal "$output" ''
  none_alive "$TOKEN"
  no_leaves
}

# unknown: a name with two letters changed, or a number that no process has: 125, and what was meant is named.
unknown() {
  local near=${T/plain/plian} meant=$T
  case $T in
    pid/*)
      run -125 --separate-stderr nsctl_exec pid/4194305 -- true
      assert_equal "$stderr" $'nsctl: pid/4194305: no such process\n  pid/N takes a process ID of the host'
      ;;
    *)
      # a pod by itself: its container
      [ "$ENGINE" != cri ] || meant=$T/main
      run -125 --separate-stderr nsctl_exec "$near" -- true
      assert_equal "$stderr" "nsctl: $near: no such container"$'\n'"  did you mean $meant?"
      ;;
  esac
  assert_equal "$output" ''
}

@test "docker: exit statuses" { statuses docker; }
@test "podman: exit statuses" { statuses podman; }
@test "podman-runc: exit statuses" { statuses podman-runc; }
@test "rootless: exit statuses" { statuses rootless; }
@test "cri: exit statuses" { statuses cri; }
@test "containerd: exit statuses" { statuses containerd; }
@test "runc: exit statuses" { statuses runc; }
@test "crun: exit statuses" { statuses crun; }
@test "lxc: exit statuses" { statuses lxc; }
@test "bwrap: exit statuses" { statuses bwrap; }
@test "unshare: exit statuses" { statuses unshare; }

# ---- --timeout: TERM, 5 s later KILL; 124 both times

@test "--timeout ends the command with TERM: 124" {
  shared docker plain
  token=$(token)
  run -124 --separate-stderr nsctl_exec --timeout 300ms "$T" -- sleep "$token"
  none_alive "$token"
  # a command that traps TERM is let to clean up
  # (on a busy machine its time may be up before the trap stands)
  for time in 300ms 2s 10s 30s; do
    run -124 --separate-stderr nsctl_exec --timeout "$time" "$T" -- sh -c 'trap "echo cleaned; exit 3" TERM; while :; do sleep 0.05; done'
    [ "$output" != cleaned ] || break
  done
  assert_output cleaned
  # one that ends in time keeps its status
  run -7 nsctl_exec --timeout 30 "$T" -- sh -c 'exit 7'
}

@test "--timeout: what ignores TERM is killed after 5 s, with all that it has started" {
  shared docker plain
  token=$(token)
  for time in 100ms 1s 5s 20s; do # as above
    began=$SECONDS
    # shellcheck disable=SC2016 # the inner shell's
    run -124 --separate-stderr nsctl_exec --timeout "$time" "$T" -- \
      sh -c 'trap "" TERM; sleep "$1" & setsid sleep "$1" & echo ready; wait' sh "$token"
    [ "$output" != ready ] || break
  done
  assert_output ready
  [ $((SECONDS - began)) -ge 5 ]
  none_alive "$token"
  no_leaves
}

# ---- why not

@test "a missing interpreter is named: 127" {
  shared docker plain
  nsctl_exec "$T" -- sh -c 'printf "#!/nosuch/bash -e\necho\n" > /tmp/script; chmod 755 /tmp/script'
  run -127 --separate-stderr nsctl_exec "$T" -- /tmp/script
  assert_equal "$stderr" $'nsctl: /tmp/script: No such file or directory\n  the file is there, but not its interpreter /nosuch/bash'
  # a name without a slash is found along PATH, the reason is the same
  run -127 --separate-stderr nsctl_exec "$T" -e PATH=/nosuch:/tmp -- script
  [[ $stderr == *'but not its interpreter /nosuch/bash' ]]
}

@test "a script with the line ends of Windows: its interpreter as it is written, and what mends it" {
  shared docker plain
  nsctl_exec "$T" -- sh -c 'printf "#!/bin/sh\r\necho hello\r\n" > /tmp/crlf; chmod 755 /tmp/crlf'
  run -127 --separate-stderr nsctl_exec "$T" -- /tmp/crlf
  assert_output ''
  assert_equal "$stderr" 'nsctl: /tmp/crlf: No such file or directory
  the file is there, but not its interpreter /bin/sh\r: its first line ends in a carriage return (CRLF)
  sed -i '"'s/\\r\$//'"' on the file, or dos2unix, leaves line feeds only'
  nsctl_exec "$T" -- sed -i 's/\r$//' /tmp/crlf
  run -0 --separate-stderr nsctl_exec "$T" -- /tmp/crlf
  assert_output hello
  # one that is not there without it either, and no line end at all
  nsctl_exec "$T" -- sh -c 'printf "#! /nosuch/bash\r\n" > /tmp/crlf; printf "#!/nosuch/bash" > /tmp/short; chmod 755 /tmp/short'
  run -127 --separate-stderr nsctl_exec "$T" -- /tmp/crlf
  assert_regex "$stderr" 'but not its interpreter /nosuch/bash\\r: its first line ends'
  run -127 --separate-stderr nsctl_exec "$T" -- /tmp/short
  assert_equal "$stderr" $'nsctl: /tmp/short: No such file or directory\n  the file is there, but not its interpreter /nosuch/bash'
}

@test "an ELF program whose loader the image does not have: named, 127" {
  shared docker plain
  [ -n "$(readelf -l "$(command -v env)" 2> /dev/null | grep 'interpreter:')" ] || skip 'no dynamic program here, or no readelf'
  loader=$(readelf -l "$(command -v env)" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
  nsctl_exec -i "$T" -- sh -c 'cat > /tmp/dynamic; chmod 755 /tmp/dynamic' < "$(command -v env)"
  run -127 --separate-stderr nsctl_exec "$T" -- /tmp/dynamic
  assert_equal "$stderr" $'nsctl: /tmp/dynamic: No such file or directory\n  the file is there, but not its interpreter '"$loader"
}

@test "no #! line and no program: 126" {
  shared docker plain
  nsctl_exec "$T" -- sh -c 'echo echo hello > /tmp/plain; chmod 755 /tmp/plain'
  run -126 --separate-stderr nsctl_exec "$T" -- /tmp/plain
  assert_equal "$stderr" $'nsctl: /tmp/plain: Exec format error\n  no #! line, and no program for this machine'
}

# carries FILE MASK: gives a file of the container these capabilities, permitted and effective. On an open file: a program must not be
# given a text below /proc/PID/root.
carries() {
  /usr/bin/python3 -c 'import os, struct, sys
os.setxattr(9, "security.capability", struct.pack("<IIIII", 0x02000001, int(sys.argv[1]), 0, 0, 0))' "$2" 9< "/proc/$INIT/root$1"
}

@test "file capabilities that the bounding set lacks: EPERM is explained" {
  shared docker plain
  [ -x /usr/bin/python3 ] || skip 'no python3'
  nsctl_exec -i "$T" -- sh -c 'cat > /tmp/capable; chmod 755 /tmp/capable' < "$(image_rootfs base)/bin/busybox"
  # NET_ADMIN and SYS_NICE
  carries /tmp/capable $((1 << 12 | 1 << 23)) || skip 'no file capabilities on this file system'
  run -126 --separate-stderr nsctl_exec "$T" -- /tmp/capable
  assert_equal "${stderr%%$'\n'*}" 'nsctl: /tmp/capable: Operation not permitted'
  assert_regex "$stderr" 'the file carries NET_ADMIN, SYS_NICE as effective; this container.s bounding set lacks that'
  assert_regex "$stderr" 'setcap -r'
}

# set_user_id ENGINE KIND REASON [OPTION...]: a program that would be root, by its bits and by its capabilities. A careless tool says
# nothing, and the program that its "effective uid is not 0".
set_user_id() {
  local reason=$3
  shared "$1" "$2"
  shift 3
  helper_inside self
  nsctl_exec -u 0 "$T" -- sh -c 'cp /tmp/self /tmp/as-root && chmod 4755 /tmp/as-root && cp /tmp/self /tmp/net-raw && chmod 755 /tmp/net-raw'
  run -0 --separate-stderr nsctl_exec -u app "$@" "$T" -- /tmp/as-root
  assert_line 'uid 1000 1000'
  # rootless: app is in a group more than init, and without init's environment
  assert_equal "${stderr##*$'\n'}" "nsctl: /tmp/as-root runs as uid 1000, not as its owner 0: no_new_privs is set$reason"
  # who is that owner loses nothing, and neither does any program without such bits
  run -0 --separate-stderr nsctl_exec -u 0 "$@" "$T" -- /tmp/as-root
  refute_regex "$stderr" no_new_privs
  run -0 --separate-stderr nsctl_exec -u app "$@" "$T" -- /tmp/self
  refute_regex "$stderr" no_new_privs
  [ -x /usr/bin/python3 ] || skip 'no python3'
  # 13: NET_RAW
  carries /tmp/net-raw $((1 << 13)) || skip 'no file capabilities on this file system'
  run -0 --separate-stderr nsctl_exec -u app "$@" "$T" -- /tmp/net-raw
  assert_equal "${stderr##*$'\n'}" "nsctl: /tmp/net-raw runs without the NET_RAW that its file carries: no_new_privs is set$reason"
}

@test "docker: a set-user-ID file under --no-new-privs: said" { set_user_id docker plain ', by --no-new-privs' --no-new-privs; }
@test "docker: a set-user-ID file without no_new_privs: nothing is said, it is root" {
  shared docker plain
  helper_inside self
  nsctl_exec -u 0 "$T" -- sh -c 'cp /tmp/self /tmp/as-root && chmod 4755 /tmp/as-root'
  run -0 --separate-stderr nsctl_exec -u app "$T" -- /tmp/as-root
  assert_line 'uid 1000 0'
  assert_equal "$stderr" ''
}
@test "podman: a set-user-ID file under the container's no_new_privs: said" { set_user_id podman user ' in this container'; }
@test "rootless: a set-user-ID file under the container's no_new_privs: said" { set_user_id rootless user ' in this container'; }
@test "cri: a set-user-ID file under allowPrivilegeEscalation: false: said" { set_user_id cri user ', by allowPrivilegeEscalation: false'; }

@test "a file system that is mounted noexec: said" {
  shared docker plain
  nsctl_exec "$T" -- sh -c 'printf "#!/bin/sh\n" > /dev/shm/script; chmod 755 /dev/shm/script'
  run -126 --separate-stderr nsctl_exec "$T" -- /dev/shm/script
  assert_equal "$stderr" $'nsctl: /dev/shm/script: Permission denied\n  the file system that it stands on is mounted noexec'
}

@test "a file that this user may not execute: its mode and owner" {
  shared docker plain
  nsctl_exec "$T" -- sh -c 'printf "#!/bin/sh\n" > /tmp/mine; chmod 700 /tmp/mine'
  # by a careless tool it runs: the config's CAP_DAC_OVERRIDE is held until execve has taken it
  run -126 --separate-stderr nsctl_exec -u app "$T" -- /tmp/mine
  assert_regex "$stderr" $'^nsctl: /tmp/mine: Permission denied\n  its mode 0700, its owner 0:0, '
}

@test "the command is looked up in the container's PATH, never in the caller's" {
  shared docker plain
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\necho caller\n' > "$BATS_TEST_TMPDIR/bin/only-here"
  chmod 755 "$BATS_TEST_TMPDIR/bin/only-here"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run -127 nsctl_exec "$T" -- only-here
  nsctl_exec "$T" -- sh -c 'mkdir -p /tmp/a /tmp/b; printf "#!/bin/sh\necho b\n" > /tmp/b/tool; cp /tmp/b/tool /tmp/a/tool; chmod 644 /tmp/a/tool; chmod 755 /tmp/b/tool'
  # what cannot be executed is passed over, and remembered when nothing else is there
  run -0 nsctl_exec -e PATH=/tmp/a:/tmp/b "$T" -- tool
  assert_output b
  run -126 nsctl_exec -e PATH=/tmp/a:/nosuch "$T" -- tool
  # an empty part is the working directory
  run -0 nsctl_exec -w /tmp/b -e PATH=: "$T" -- tool
  assert_output b
  run -126 --separate-stderr nsctl_exec -w /tmp/a -e PATH=: "$T" -- tool
  assert_regex "$stderr" 'not executable \(mode 0644\)'
  # what is too long for the kernel is passed over; a name that is too long by itself is refused
  run -0 nsctl_exec -e "PATH=/$(printf '%04092d' 0):/tmp/b" "$T" -- tool
  assert_output b
  run -126 nsctl_exec "$T" -- "$(printf '%04200d' 0)"
  assert_output --partial 'File name too long'
}
