#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What each option of exec does.

load engine

setup() { shared docker plain; }
@test "-e and --env-file: over the container's own, NAME alone is the caller's" {
  printf '%s\n' '# a comment' '' 'FROM_FILE=file value' 'BOTH=file' 'CALLER' 'NOSUCH' $'  INDENTED=yes\r' 'EQUALS=a=b' > "$BATS_TEST_TMPDIR/env"
  CALLER=mine run -0 nsctl_exec --env-file "$BATS_TEST_TMPDIR/env" -e BOTH=option -e INSIDE=changed -e EMPTY= "$T" -- env
  assert_line 'FROM_FILE=file value'
  assert_line BOTH=option
  assert_line CALLER=mine
  assert_line INDENTED=yes
  assert_line EQUALS=a=b
  assert_line INSIDE=changed
  assert_line EMPTY=
  refute_line --partial NOSUCH
  [ "$(grep -c '^INSIDE=' <<< "$output")" = 1 ]
  # as docker reads the same file
  assert_equal "$(CALLER=mine nsctl_exec --env-file "$BATS_TEST_TMPDIR/env" "$T" -- env | sort)" \
    "$(CALLER=mine engine_exec docker "$NAME" --raw --env-file="$BATS_TEST_TMPDIR/env" -- env | sort)"
}

@test "-w: the working directory, and the container's own without it" {
  run -0 nsctl_exec -w /home/app "$T" -- pwd
  assert_output /home/app
  own runc options-cwd -w /srv
  run -0 nsctl_exec "$T" -- pwd
  assert_output /srv
}

@test "--group-add: names and numbers of the container, once each" {
  run -0 nsctl_exec --group-add 77 --group-add others --group-add 77 -u app "$T" -- grep Groups /proc/self/status
  assert_output --regexp $'^Groups:\t77 1000 2001 2002 ?$'
}

@test "--preserve-fds: those and no others" {
  helper_inside self
  run -0 bash -c 'exec 3< /etc/hostname 4< /dev/null 7< /etc/passwd; timeout 20 "$NSCTL" exec --preserve-fds 2 "$1" -- /tmp/self' sh "$T"
  assert_line 'fds 0 1 2 3 4'
  run -0 bash -c 'echo through > "$2"; exec 3< "$2"; timeout 20 "$NSCTL" exec --preserve-fds 1 "$1" -- sh -c "cat <&3"' sh "$T" "$BATS_TEST_TMPDIR/file"
  assert_output through
  run -125 --separate-stderr bash -c 'exec 3<&- ; timeout 20 "$NSCTL" exec --preserve-fds 1 "$1" -- true' sh "$T"
  assert_equal "${stderr%%$'\n'*}" 'nsctl: --preserve-fds 1: descriptor 3 is not open'
}

@test "--preserve-fds: a directory leads out, and is refused, with -d too" {
  for option in '' -d; do
    run -125 --separate-stderr bash -c 'exec 3< /dev/null 4< /usr/lib; timeout 20 "$NSCTL" exec $2 --preserve-fds 2 "$1" -- cat /proc/self/fd/4/../../etc/hostname' sh "$T" "$option"
    assert_equal "$stderr" $'nsctl: descriptor 4 is a directory\n  through it the command could reach the host\'s files'
    assert_equal "$output" ''
  done
}

@test "--pid-file: the host's PID, before the command begins" {
  running "$T" -- sleep 60
  assert_equal "$(cat "/proc/$CHILD/comm")" sleep
  assert_equal "$(readlink "/proc/$CHILD/ns/pid")" "$(readlink "/proc/$INIT/ns/pid")"
  assert_equal "$(awk '/^PPid:/ { print $2 }' "/proc/$CHILD/status")" "$(proc_children "$RUNNING" | tr -d ' ')"
}

@test "every namespace of init is joined, and its root" {
  running "$T" -- sleep 60
  assert_equal "$(namespaces_of "$CHILD")" "$(namespaces_of "$INIT")"
  assert_equal "$(stat -L -c '%d %i' "/proc/$CHILD/root")" "$(stat -L -c '%d %i' "/proc/$INIT/root")"
}

all_namespaces() {
  shared "$1" plain
  running "$T" -- sleep 60
  assert_equal "$(namespaces_of "$CHILD")" "$(namespaces_of "$INIT")"
  assert_equal "$(stat -L -c '%d %i' "/proc/$CHILD/root")" "$(stat -L -c '%d %i' "/proc/$INIT/root")"
}
@test "rootless: every namespace of init is joined, and its root" { all_namespaces rootless; }
@test "cri: every namespace of init is joined, and its root" { all_namespaces cri; }
@test "crun: every namespace of init is joined, and its root" { all_namespaces crun; }
@test "lxc: every namespace of init is joined, and its root" { all_namespaces lxc; }
@test "bwrap: every namespace of init is joined, and its root" { all_namespaces bwrap; }
@test "unshare: every namespace of init is joined, and its root" { all_namespaces unshare; }

@test "--ns joins only these" {
  running --ns net,uts "$T" -- sleep 60
  for type in cgroup ipc mnt pid user; do
    assert_equal "$type $(stat -L -c %i "/proc/$CHILD/ns/$type")" "$type $(stat -L -c %i "/proc/self/ns/$type")"
  done
  for type in net uts; do
    assert_equal "$type $(stat -L -c %i "/proc/$CHILD/ns/$type")" "$type $(stat -L -c %i "/proc/$INIT/ns/$type")"
  done
  ended
  running --ns mnt "$T" -- sleep 60
  assert_equal "$(stat -L -c %i "/proc/$CHILD/ns/mnt")" "$(stat -L -c %i "/proc/$INIT/ns/mnt")"
  assert_equal "$(stat -L -c %i "/proc/$CHILD/ns/pid")" "$(stat -L -c %i /proc/self/ns/pid)"
}

@test "--no-cgroup stays in the caller's cgroup" {
  running --no-cgroup "$T" -- sleep 60
  assert_equal "$(cat "/proc/$CHILD/cgroup")" "$(cat "/proc/$BASHPID/cgroup")"
  ended
  wait_until 5 proc_ended_child
}
proc_ended_child() { ! proc_start "$CHILD" > /dev/null; }

@test "--dry-run prints the plan and starts nothing" {
  run -0 --separate-stderr nsctl_exec --dry-run -u app -w /tmp --cap-add SYS_TIME "$T" -- id -a
  assert_equal "$stderr" ''
  assert_line --regexp "^container +docker/$(container_name "$NAME"), init $INIT\$"
  assert_line --regexp '^command +id -a$'
  assert_line --regexp '^user +uid 1000, gid 1000, groups (1000 2001|2001 1000)$'
  assert_line --regexp '^workdir +/tmp$'
  assert_line --regexp '^namespaces +.*mnt'
  assert_line --regexp '^effective +SYS_TIME$'
  assert_line --regexp '^no_new_privs +no$'
  assert_line --regexp '^seccomp +1 filter'
  refute_output --partial 'uid=1000'
  run -0 nsctl_exec --dry-run --pid-file "$BATS_TEST_TMPDIR/pid" "$T" -- touch /tmp/dry-run
  [ ! -e "$BATS_TEST_TMPDIR/pid" ]
  run -1 nsctl_exec "$T" -- test -e /tmp/dry-run
  # of the environment the names, never the values: neither the container's nor those of -e
  run -0 --separate-stderr nsctl_exec --dry-run -v -e 'SECRET=hunter2' -e $'ODD\e=x=hunter2' "$T" -- true
  assert_line --regexp '^environment +.*PATH .*SECRET ODD\\e$'
  [[ "$output$stderr" != *hunter2* && "$output$stderr" != */usr/bin:* ]]
  # hostile arguments are escaped
  run -0 nsctl_exec --dry-run "$T" -- echo $'\e[31m'
  assert_line --regexp '^command +echo \\e\[31m$'
}

@test "what is said with --dry-run is what the command has" {
  bounding=$(nsctl_exec --dry-run "$T" -- true | sed -n 's/^bounding *//p' | tr , '\n' | wc -l)
  mask=$(nsctl_exec "$T" -- sed -n 's/^CapBnd:.//p' /proc/self/status)
  ones=0
  for ((mask = 16#$mask; mask > 0; mask >>= 1)); do ones=$((ones + (mask & 1))); done
  assert_equal "$bounding" "$ones"
}

# user namespaces: a map of its own, root inside is another one outside
@test "a user namespace: ids are the container's, unmapped ones are refused" {
  own unshare options-user --raw --user --raw --map-root-user
  run -0 nsctl_exec "$T" -- id -u
  assert_output 0
  run -125 --separate-stderr nsctl_exec -u 1000 "$T" -- id
  assert_regex "$stderr" '^nsctl: user 1000 is not mapped in the user namespace of sleep'
  run -125 --separate-stderr nsctl_exec -u 0:1000 "$T" -- id
  assert_regex "$stderr" '^nsctl: group 1000 is not mapped in the user namespace of sleep'
  # everything inside, nothing outside
  run -0 --separate-stderr nsctl_exec --privileged "$T" -- sh -c 'hostname changed-inside; hostname'
  assert_output changed-inside
  [ "$(hostname)" != changed-inside ]
}

@test "rootless from root: the command's user outside is the subordinate one" {
  shared rootless plain
  running -u app "$T" -- sleep 60
  outside=$(awk '$1 <= 1000 && 1000 < $1 + $3 { print $2 + 1000 - $1 }' "/proc/$INIT/uid_map")
  assert_equal "$(awk '/^Uid:/ { print $2 }' "/proc/$CHILD/status")" "$outside"
}

@test "a pod's container by -c, and an image without a shell" {
  own docker options-scratch --image scratch
  run -127 --separate-stderr nsctl_exec "$T" -- sh
  assert_equal "$stderr" "nsctl: sh: command not found in the container's PATH
  nsctl shell $T opens the container's own shell, or busybox's from memory"
  # what it lacks the host may have
  run -127 --separate-stderr nsctl_exec "$T" -- ps
  assert_equal "$stderr" "nsctl: ps: command not found in the container's PATH
  nsctl exec --tools $T -- ps runs busybox's, from memory"
  run -0 --separate-stderr nsctl_exec --tools "$T" -- ps
  run -127 --separate-stderr nsctl_exec "$T" -- no-such-tool
  assert_equal "$stderr" "nsctl: no-such-tool: command not found in the container's PATH"
  run -0 nsctl_exec "$T" -- /sleep 0
  # no passwd: numbers do, names do not
  run -0 nsctl_exec -u 5:6 "$T" -- /sleep 0
  run -125 --separate-stderr nsctl_exec -u root "$T" -- /sleep 0
  assert_regex "$stderr" "no user root in the container's /etc/passwd"
}

@test "a read-only root, a container in the host's network and PID namespace" {
  own docker options-host --read-only --network host --pid host
  run -0 nsctl_exec "$T" -- sh -c 'touch /x 2> /dev/null || echo read-only; cat /proc/self/comm'
  assert_output $'read-only\ncat'
  running "$T" -- sleep 60
  assert_equal "$(namespaces_of "$CHILD")" "$(namespaces_of "$INIT")"
}
