#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# can agrees with reality: the init of each container attempts every action, and what happened is what nsctl answered. A tool
# that looks at the capabilities alone says no to port 80 where the sysctl permits it, yes to a syscall that the filter
# refuses, and yes to the clock in a user namespace.

load engine

# level ENGINE NAME [OPTION...]: a container whose init attempts what it is told, and two processes of others in it: sets
# FOLDER, OTHER (the PID inside of one of root) and APP (one of user 1000).
level() {
  local engine=$1 name=$2
  shift 2
  FOLDER=$NSCTL_TEST_DIR/attempt.$name.$BASHPID
  mkdir -p "$FOLDER/dir" "$FOLDER/mnt" "$FOLDER/closed" "$FOLDER/sticky"
  mkfifo "$FOLDER/in" "$FOLDER/out"
  install -m 0755 "$(helper attempt)" "$FOLDER/attempt"
  : > "$FOLDER/closed/inside"
  printf 'x' > "$FOLDER/mine" && chown 1000:1000 "$FOLDER/mine" && chmod 0600 "$FOLDER/mine"
  printf 'x' > "$FOLDER/group" && chown 0:2001 "$FOLDER/group" && chmod 0060 "$FOLDER/group"
  printf 'x' > "$FOLDER/theirs" && chmod 0600 "$FOLDER/theirs"
  printf 'x' > "$FOLDER/all" && chmod 0666 "$FOLDER/all"
  printf 'x' > "$FOLDER/mode0" && chmod 0000 "$FOLDER/mode0"
  ln -s /attempt/all "$FOLDER/link"
  ln -s ../../../../../../etc/hostname "$FOLDER/out-of-it"
  ln -s loop "$FOLDER/loop"
  ln -s /attempt/all "$FOLDER/sticky/link" && chown -h 1234 "$FOLDER/sticky/link"
  chmod 0777 "$FOLDER" "$FOLDER/mnt" "$FOLDER/in" "$FOLDER/out"
  chmod 0700 "$FOLDER/closed"
  chmod 1777 "$FOLDER/sticky"
  # what a user of its own must be able to reach
  chmod o+x "$NSCTL_TEST_DIR"
  AS=()
  own "$engine" "$name" --raw -v --raw "$FOLDER:/attempt" "$@" -- /attempt/attempt serve /attempt
  OTHER=$(inside -u 0) && APP=$(inside -u 1000)
}

# inside OPTION...: starts a sleeping process in the container, and prints its PID there.
inside() {
  local file=$BATS_TEST_TMPDIR/inside.$RANDOM
  nsctl_exec -d --pid-file "$file" "$@" "$T" -- /attempt/attempt sleep < /dev/null > /dev/null 2>&1 3>&- || return 1
  wait_until 10 [ -s "$file" ]
  awk '/^NSpid:/ { print $NF }' "/proc/$(cat "$file")/status"
}

# attempts ACTION...: what happened, "ACTION yes|no" a line. The helper knows capabilities by their numbers.
attempts() {
  awk '
    FILENAME == ARGV[1] { if ($1 == "#define" && $2 ~ /^CAP_/) number[substr($2, 5)] = $3; next }
    { print $0 in number ? "capability:" number[$0] : $0 }' /usr/include/linux/capability.h <(printf '%s\n' "$@") > "$FOLDER/list"
  if [ ${#AS[@]} -gt 0 ]; then
    nsctl_exec -i "${AS[@]}" "$T" -- /attempt/attempt once /attempt < "$FOLDER/list" 2> /dev/null
  else
    timeout 60 sh -c 'cat "$1/list" > "$1/in" & cat "$1/out"; wait' sh "$FOLDER"
  fi | awk '{ print $2 }' > "$FOLDER/did"
  assert_equal "$(wc -l < "$FOLDER/did")" $#
}

# answers ACTION...: what nsctl says, "ACTION<TAB>ANSWER<TAB>RULE" a line.
answers() {
  "$NSCTL" can "${AS[@]}" "$T" -o json "$@" 2> /dev/null 3>&- > "$FOLDER/json" || [ $? -lt 4 ] || return 1
  jq -r '.items[] | "\(.action)\t\(.answer)\t\(.rule)"' "$FOLDER/json" > "$FOLDER/said"
  assert_equal "$(wc -l < "$FOLDER/said")" $#
}

# agree MOST ACTION...: every yes and no of nsctl is what happened; MOST at most are neither.
agree() {
  local most=$1 wrong open
  shift
  attempts "$@"
  answers "$@"
  paste "$FOLDER/did" "$FOLDER/said" > "$FOLDER/both"
  open=$(awk -F '\t' '$3 != "yes" && $3 != "no"' "$FOLDER/both")
  wrong=$(awk -F '\t' '($3 == "yes" || $3 == "no") && $1 != $3 { print $2 ": nsctl says " $3 " (" $4 "), it was " $1 }' "$FOLDER/both")
  assert_equal "$wrong" ''
  echo "$open"
  [ "$(grep -c . <<< "$open")" -le "$most" ] || fail "more than $most answers are neither yes nor no"
}

ACTIONS='bind:80 bind:1023 bind:1024 bind:8080 bind:0 settime module-load reboot mount chown kill:1 kill:9999 ptrace:1 ptrace:9999
  net-raw chroot mknod setuid:0 setuid:1 setuid:1000 setuid:1001 setuid:4294967294 nice
  write:/ write:/etc/passwd write:/root write:/root/none write:/home/app write:/home/app/none write:/tmp write:/nowhere/file
  write:/etc/passwd/file write:/bin/sh write:/dev/null write:/attempt/dir write:/attempt/closed/inside write:/attempt/mine
  write:/attempt/group write:/attempt/theirs write:/attempt/all write:/attempt/mode0 write:/attempt/link
  write:/attempt/out-of-it write:/attempt/loop write:/attempt/../attempt//./all write:/attempt/sticky/link write:/attempt/new
  write:/proc write:/sys/kernel CHOWN NET_ADMIN SYS_ADMIN SYS_TIME KILL'

agree_all() {
  # shellcheck disable=SC2086 # a list
  agree "$1" $ACTIONS "kill:$OTHER" "kill:$APP" "ptrace:$OTHER" "ptrace:$APP"
}

# agree_calls: all syscalls that the machine can have, each as the filters see it; but uretprobe and uprobe (335, 336), which the
# kernel shows to no filter.
agree_calls() { mapfile -t calls < <(seq -f 'syscall:%g' 0 334 && seq -f 'syscall:%g' 337 470) && agree "$1" "${calls[@]}"; }

# agree_as OPTION...: what exec would start with these options.
agree_as() {
  AS=("$@")
  # shellcheck disable=SC2086
  agree 0 ${ACTIONS//kill:1 /} "kill:$OTHER" "kill:$APP" "ptrace:$OTHER" "ptrace:$APP"
}

teardown() {
  ended
  [ -z "${FOLDER-}" ] || rm -rf --one-file-system -- "${NSCTL_TEST_DIR:?}/${FOLDER##*/}"
}

@test "docker, default" {
  level docker can1
  agree_all 0
}

@test "docker, all capabilities, no seccomp" {
  level docker can2 --cap-add ALL --cap-drop SYS_RESOURCE --seccomp unconfined
  agree_all 0
}

@test "docker, drop ALL" {
  level docker can3 --cap-drop ALL
  agree_all 0
}

@test "docker, some added" {
  level docker can4 --cap-add SYS_TIME --cap-add SYS_BOOT --cap-add SYS_NICE --cap-add SYS_PTRACE --cap-add SYS_ADMIN \
    --cap-drop KILL --cap-drop DAC_OVERRIDE --cap-drop SETUID
  agree_all 0
}

@test "docker, another user" {
  level docker can5 -u 1000:1000 --group-add 2001
  agree_all 0
}

@test "docker, another user with capabilities that it cannot use" {
  level docker can6 -u 1000 --cap-add SYS_TIME --cap-add SYS_ADMIN --cap-add SYS_PTRACE
  agree_all 0
}

@test "docker, read-only root, no_new_privs, ports and ping closed by sysctl" {
  level docker can7 --read-only --no-new-privs --cap-drop NET_RAW --cap-drop NET_BIND_SERVICE \
    --raw --sysctl --raw net.ipv4.ip_unprivileged_port_start=1024 --raw --sysctl --raw 'net.ipv4.ping_group_range=1 0'
  agree_all 0
}

@test "docker, a user whose group may ping, ports from 81 on" {
  level docker can8 -u 1000:1000 --raw --sysctl --raw net.ipv4.ip_unprivileged_port_start=81 \
    --raw --sysctl --raw 'net.ipv4.ping_group_range=1000 1000'
  agree_all 0
}

@test "docker, a seccomp profile of its own that forbids what the capabilities permit" {
  jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [
    {names: ["adjtimex", "clock_adjtime", "clock_settime", "settimeofday", "chroot"], action: "SCMP_ACT_ERRNO"},
    {names: ["mknod", "mknodat"], action: "SCMP_ACT_ERRNO", errnoRet: 13},
    {names: ["fchown", "chown", "lchown", "fchownat"], action: "SCMP_ACT_KILL_PROCESS"}]}' > "$BATS_TEST_TMPDIR/profile.json"
  level docker can9 --cap-add SYS_TIME --raw --security-opt --raw "seccomp=$BATS_TEST_TMPDIR/profile.json"
  # shellcheck disable=SC2086
  agree 0 settime chroot mknod reboot mount
  run -1 "$NSCTL" can "$T" chown settime
  assert_output --partial 'its seccomp filter refuses chown: the process is killed'
  assert_output --partial 'its seccomp filter refuses'
  agree_calls 0
}

@test "podman of an ordinary user: a user namespace of its own" {
  level rootless can10 --cap-add ALL
  agree_all 0
}

@test "podman, default" {
  level podman can11
  agree_all 0
}

@test "every syscall under the filter of docker, podman, a user namespace" {
  level docker can12
  agree_calls 8
  disowned
  level podman can13 --cap-add SYS_ADMIN
  agree_calls 8
  disowned
  level rootless can14
  agree_calls 8
}

@test "what exec would start: another user, capabilities added and taken, privileged" {
  level docker can15 -u 1000 --cap-add SYS_ADMIN --no-new-privs
  agree_as -u 0
  agree_as -u 1001:2001
  agree_as --cap-add SYS_TIME --cap-add SYS_NICE
  agree_as -u 0 --cap-drop ALL --cap-add SETUID
  agree_as --privileged -u 0
  disowned
  level docker can16 --cap-drop CHOWN --raw --security-opt --raw no-new-privileges
  agree_as -u app
  agree_as --cap-add SYS_PTRACE
}

@test "what exec would start in a user namespace" {
  level rootless can17
  agree_as -u 1000
  agree_as --cap-add SYS_TIME --cap-add MKNOD
}

@test "the status says it: 0 yes, 1 no, 3 depends or unknown" {
  shared docker plain
  run -0 "$NSCTL" can "$T" chown
  run -1 "$NSCTL" can "$T" chown settime
  run -3 "$NSCTL" can "$T" chown syscall:personality
  assert_output --partial 'its seccomp filter looks at the arguments of personality'
  run -1 "$NSCTL" can "$T" syscall:personality settime
  run -0 "$NSCTL" can "$T" --list
  assert_line --regexp 'bind:80 +yes'
  assert_line --regexp 'CHECKPOINT_RESTORE +no'
  run -0 "$NSCTL" can "$T" -q chown cap_chown
  assert_output $'yes\nyes'
  run -2 "$NSCTL" can "$T"
  run -2 "$NSCTL" can "$T" write:relative
  run -2 "$NSCTL" can "$T" bind:65536
  run -1 "$NSCTL" can "$T-not-there" chown
}

@test "of the host, and of nsctl itself" {
  run -0 "$NSCTL" can self chown
  run -2 "$NSCTL" can host no-such-action
  run -3 "$NSCTL" can host write:/proc/sys/kernel/hostname
  assert_output --partial 'procfs'
}

@test "the init does not notice: no filter is copied from it where its config has the profile" {
  shared docker plain
  have strace || skip 'strace'
  run -0 strace -f -e trace=ptrace "$NSCTL" can "$T" syscall:getpid
  refute_output --partial PTRACE_SEIZE
}
