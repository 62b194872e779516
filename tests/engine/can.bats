#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# can agrees with reality: the init of each container attempts every action, and what happened is what nsctl answered. A tool
# that looks at the capabilities alone says no to port 80 where the sysctl permits it, yes to a syscall that the filter
# refuses, and yes to the clock in a user namespace.

load engine

# The levels: a name, the engine, options of container_start. All of them start together, three at a time, and end together.
# shellcheck disable=SC2016 # $PROFILE is set where they are started
levels() {
  cat << 'LEVELS'
# name engine option...
plain docker
full docker --cap-add ALL --cap-drop SYS_RESOURCE --seccomp unconfined
none docker --cap-drop ALL
some docker --cap-add SYS_TIME --cap-add SYS_BOOT --cap-add SYS_NICE --cap-add SYS_PTRACE --cap-add SYS_ADMIN --cap-drop KILL --cap-drop DAC_OVERRIDE --cap-drop SETUID
user docker -u 1000:1000 --group-add 2001
granted docker -u 1000 --cap-add SYS_TIME --cap-add SYS_ADMIN --cap-add SYS_PTRACE
closed docker --read-only --no-new-privs --cap-drop NET_RAW --cap-drop NET_BIND_SERVICE --raw --sysctl --raw net.ipv4.ip_unprivileged_port_start=1024 --raw --sysctl --raw net.ipv4.ping_group_range=1~0
open docker -u 1000:1000 --raw --sysctl --raw net.ipv4.ip_unprivileged_port_start=81 --raw --sysctl --raw net.ipv4.ping_group_range=1000~1000
profile docker --cap-add SYS_TIME --raw --security-opt --raw seccomp=PROFILE
nnp docker -u 1000 --cap-add SYS_ADMIN --no-new-privs
fewer docker --cap-drop CHOWN --raw --security-opt --raw no-new-privileges
podman podman
admin podman --cap-add SYS_ADMIN
rootless rootless
all rootless --cap-add ALL
privileged podman --privileged
LEVELS
}

# started NAME ENGINE OPTION...: a container whose init attempts what it is told, with files for it in its folder.
started() {
  local name=$1 engine=$2 folder=$NSCTL_TEST_DIR/attempt.$1
  shift 2
  rm -rf --one-file-system -- "${NSCTL_TEST_DIR:?}/attempt.$name"
  mkdir -p "$folder/dir" "$folder/mnt" "$folder/closed" "$folder/sticky"
  mkfifo "$folder/in" "$folder/out"
  install -m 0755 "$(helper attempt)" "$folder/attempt"
  : > "$folder/closed/inside"
  printf 'x' > "$folder/mine" && chown 1000:1000 "$folder/mine" && chmod 0600 "$folder/mine"
  printf 'x' > "$folder/group" && chown 0:2001 "$folder/group" && chmod 0060 "$folder/group"
  printf 'x' > "$folder/theirs" && chmod 0600 "$folder/theirs"
  printf 'x' > "$folder/all" && chmod 0666 "$folder/all"
  printf 'x' > "$folder/mode0" && chmod 0000 "$folder/mode0"
  ln -s /attempt/all "$folder/link"
  ln -s ../../../../../../etc/hostname "$folder/out-of-it"
  ln -s loop "$folder/loop"
  ln -s /attempt/all "$folder/sticky/link" && chown -h 1234 "$folder/sticky/link"
  chmod 0777 "$folder" "$folder/mnt" "$folder/in" "$folder/out"
  chmod 0700 "$folder/closed"
  chmod 1777 "$folder/sticky"
  container_start "$engine" "can-$name" --raw -v --raw "$folder:/attempt" "$@" -- /attempt/attempt serve /attempt
}

# all_ended: removes them, and those of a run that was killed.
all_ended() {
  local engine names
  for engine in docker podman rootless; do
    mapfile -t names < <(levels | awk -v engine="$engine" '$2 == engine { print "nsctl-test-can-" $1 }')
    ! engine_runs "$engine" || engine_cli "$engine" rm -f "${names[@]}" > /dev/null 2>&1 3>&- &
  done
  wait
}

setup_file() {
  local name engine options n=0
  [ -f "$NSCTL_TEST_ENV" ] || return 0
  all_ended
  helper attempt > /dev/null
  # what a user of its own must be able to reach
  chmod o+x "$NSCTL_TEST_DIR"
  jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [
    {names: ["adjtimex", "clock_adjtime", "clock_settime", "settimeofday", "chroot"], action: "SCMP_ACT_ERRNO"},
    {names: ["mknod", "mknodat"], action: "SCMP_ACT_ERRNO", errnoRet: 13},
    {names: ["fchown", "chown", "lchown", "fchownat"], action: "SCMP_ACT_KILL_PROCESS"}]}' > "$BATS_FILE_TMPDIR/profile.json"
  while read -r name engine options; do
    [ "$name" != '#' ] || continue
    engine_runs "$engine" || continue
    read -ra options <<< "${options/PROFILE/$BATS_FILE_TMPDIR/profile.json}"
    started "$name" "$engine" "${options[@]//\~/ }" > "$BATS_FILE_TMPDIR/$name.target" 2> "$BATS_FILE_TMPDIR/$name.err" 3>&- &
    n=$((n + 1))
    [ "$n" -lt 3 ] || wait -n || true
  done < <(levels)
  wait
}

teardown_file() {
  local name
  [ -f "$NSCTL_TEST_ENV" ] || return 0
  all_ended
  for name in $(levels | sed '1d; s/ .*//'); do rm -rf --one-file-system -- "${NSCTL_TEST_DIR:?}/attempt.$name"; done
}

# level NAME: uses it, with two processes of others in it: sets T, FOLDER, OTHER (the PID inside of one of root) and APP (one of user
# 1000).
level() {
  local engine
  engine=$(levels)
  engine=${engine#*$'\n'"$1" }
  engine_require "${engine%%[ $'\n']*}"
  FOLDER=$NSCTL_TEST_DIR/attempt.$1
  T=$(cat "$BATS_FILE_TMPDIR/$1.target")
  [ -n "$T" ] || fail "$(cat "$BATS_FILE_TMPDIR/$1.err")"
  AS=()
  OTHER=$(inside -u 0) && APP=$(inside -u 1000)
}

# inside OPTION...: starts a sleeping process in the container, and prints its PID there.
inside() {
  local file=$BATS_TEST_TMPDIR/inside.$RANDOM name rest pid
  nsctl_exec -d --pid-file "$file" "$@" "$T" -- /attempt/attempt sleep < /dev/null > /dev/null 2>&1 3>&- || return 1
  wait_until 10 [ -s "$file" ]
  read -r pid < "$file"
  while IFS=: read -r name rest; do
    [ "$name" != NSpid ] || echo "${rest##*$'\t'}"
  done < "/proc/$pid/status"
}

# attempts ACTION...: what happened, "ACTION yes|no WHY" a line. The helper knows capabilities by their numbers.
attempts() {
  local action
  for action in "$@"; do echo "${NUMBERS[$action]-$action}"; done > "$FOLDER/list"
  if [ ${#AS[@]} -gt 0 ]; then
    nsctl_exec -i "${AS[@]}" "$T" -- /attempt/attempt once /attempt < "$FOLDER/list" 2> /dev/null
  else
    # shellcheck disable=SC2016 # the inner shell's
    timeout 60 sh -c 'cat "$1/list" > "$1/in" & cat "$1/out"; wait' sh "$FOLDER"
  fi > "$FOLDER/did"
}

# agree MOST ACTION...: every yes and no of nsctl is what happened; MOST at most are neither.
agree() {
  local most=$1
  shift
  attempts "$@"
  "$NSCTL" can "${AS[@]}" "$T" -o json "$@" 2> /dev/null 3>&- > "$FOLDER/json" || [ $? -lt 4 ] || return 1
  # shellcheck disable=SC2016 # jq's variables
  run -0 jq -r --rawfile did "$FOLDER/did" --argjson n $# --argjson most "$most" '
    ($did | split("\n")[:-1] | map(split(" ")[1])) as $did
    | if ($did | length) != $n or (.items | length) != $n then "\($did | length) attempts, \(.items | length) answers for \($n)" else empty end,
      (.items | to_entries[] | select((.value.answer | IN("yes", "no")) and .value.answer != $did[.key])
        | "\(.value.action): nsctl says \(.value.answer) (\(.value.rule)), it was \($did[.key])"),
      ([.items[] | select(.answer | IN("yes", "no") | not)] | if length > $most then .[] | "\(.action): \(.answer), \(.rule)" else empty end)' \
    "$FOLDER/json"
  assert_output ''
}

# The capabilities by their names: what the attempts ask for.
declare -gA NUMBERS
while read -r word name number; do
  [[ $word != '#define' || $name != CAP_* ]] || NUMBERS[${name#CAP_}]=capability:$number
done < /usr/include/linux/capability.h

ACTIONS='bind:80 bind:1023 bind:1024 bind:8080 bind:0 settime module-load reboot mount chown kill:1 kill:9999 ptrace:1 ptrace:9999
  net-raw chroot mknod setuid:0 setuid:1 setuid:1000 setuid:1001 setuid:4294967294 nice
  write:/ write:/etc/passwd write:/root write:/root/none write:/home/app write:/home/app/none write:/tmp write:/nowhere/file
  write:/etc/passwd/file write:/bin/sh write:/dev/null write:/attempt/dir write:/attempt/closed/inside write:/attempt/mine
  write:/attempt/group write:/attempt/theirs write:/attempt/all write:/attempt/mode0 write:/attempt/link
  write:/attempt/out-of-it write:/attempt/loop write:/attempt/../attempt//./all write:/attempt/sticky/link write:/attempt/new
  write:/proc write:/sys/kernel write:/sys/kernel/none write:/sys/kernel/fscaps write:/dev/pts write:/dev/pts/none
  write:/dev/mqueue write:/sys/fs/cgroup/none CHOWN NET_ADMIN SYS_ADMIN SYS_TIME KILL'

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

@test "docker, default; every syscall under its filter" {
  level plain
  agree_all 0
  agree_calls 8
}

@test "docker, all capabilities, no seccomp" {
  level full
  agree_all 0
}

@test "docker, drop ALL" {
  level none
  agree_all 0
}

@test "docker, some added" {
  level some
  agree_all 0
}

@test "docker, another user" {
  level user
  agree_all 0
}

@test "docker, another user with capabilities that it cannot use" {
  level granted
  agree_all 0
}

@test "docker, read-only root, no_new_privs, ports and ping closed by sysctl" {
  level closed
  agree_all 0
}

@test "docker, a user whose group may ping, ports from 81 on" {
  level open
  agree_all 0
}

@test "docker, a seccomp profile of its own that forbids what the capabilities permit" {
  level profile
  # shellcheck disable=SC2086
  agree 0 settime chroot mknod reboot mount
  run -1 "$NSCTL" can "$T" chown settime
  assert_output --partial 'its seccomp filter refuses chown: the process is killed'
  assert_output --partial 'its seccomp filter refuses'
  agree_calls 0
}

@test "podman, default" {
  level podman
  agree_all 0
}

@test "podman, privileged: every capability, no filter" {
  level privileged
  agree_all 0
  agree_calls 0
}

@test "podman of an ordinary user: a user namespace of its own" {
  level all
  agree_all 0
}

@test "every syscall under the filter of podman, with a capability that opens some" {
  level admin
  agree_calls 8
}

@test "what exec would start: another user, capabilities added and taken, privileged" {
  level nnp
  agree_as -u 0
  agree_as -u 1001:2001
  agree_as --cap-add SYS_TIME --cap-add SYS_NICE
  agree_as -u 0 --cap-drop ALL --cap-add SETUID
  agree_as --privileged -u 0
  level fewer
  agree_as -u app
  agree_as --cap-add SYS_PTRACE
}

@test "in a user namespace: every syscall, and what exec would start" {
  level rootless
  agree_calls 8
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
  run -2 --separate-stderr "$NSCTL" can host no-such-action
  assert_equal "$stderr" 'nsctl: no-such-action is neither an action nor a capability
  nsctl can --list names the actions'
  run -3 "$NSCTL" can host write:/proc/sys/kernel/hostname
  assert_output --partial 'procfs'
}

@test "the init does not notice: no filter is copied from it where its config has the profile" {
  shared docker plain
  strace_require
  no_leak_search
  run -0 strace -f -e trace=ptrace "$NSCTL" can "$T" syscall:getpid
  refute_output --partial PTRACE_SEIZE
}
