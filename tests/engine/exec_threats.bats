#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a hostile container, a forged state file or a failing kernel call must not achieve. Each says what a careless tool does.
# More of them stand where the subject is: exec_leak (descriptors, /proc/PID/exe, tracing), exec_usage (-u), exec_tty (TIOCSTI),
# exec_end (orphans), exec_refused (paused, zombies), exec_status (capabilities, seccomp, limits).

load engine
no_leak_search

# ---- entering

@test "a working directory that is a descriptor of the caller or of nsctl is never outside" {
  # CVE-2024-21626: runc with -w /proc/self/fd/7 stood in the host's /sys/fs/cgroup
  shared docker plain
  odd=$(helper odd)
  root=$(stat -L -c '%d:%i' "/proc/$INIT/root")
  for fd in $(seq 0 30); do
    run --separate-stderr timeout 20 "$odd" "$NSCTL" exec -w "/proc/self/fd/$fd" "$T" -- stat -c %d:%i .
    case $status in
      0) assert_equal "$fd $output" "$fd $root" ;;
      125) ;;
      *) fail "$fd: $status $output $stderr" ;;
    esac
  done
  for path in /proc/1/cwd/../../../../tmp /proc/1/root/.. ../..; do
    run --separate-stderr nsctl_exec -w "$path" "$T" -- sh -c 'pwd; [ -e /etc/os-release ] && cat /etc/os-release'
    if [ "$status" = 0 ]; then assert_output --partial ID=nsctl-test; fi
  done
}

@test "no library, locale or name service is loaded from the container or for it" {
  # CVE-2019-14271: docker cp loaded the container's libnss; CVE-2022-1227
  strace_require
  shared docker plain
  LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 run -0 timeout 60 strace -f -qq -e trace=openat,open,openat2 -o "$BATS_TEST_TMPDIR/trace" \
    "$NSCTL" exec -u app "$T" -- true
  run grep -E 'nsswitch|libnss|gconv|locale|ld\.so\.preload.*= [0-9]|NSS' "$BATS_TEST_TMPDIR/trace"
  assert_output ''
}

@test "a container that takes the name of the command's cgroup first keeps nobody out" {
  own runc threats-leaf
  leaf_wanted || skip 'no cgroup v2 that can be written'
  dir=$(v2_of "$INIT")
  # as of every PID: what is there cannot be removed
  run -0 --separate-stderr timeout 20 bash -c 'mkdir -p "$2/nsctl.$$/x"; exec "$NSCTL" exec "$1" -- echo done' sh "$T" "$dir"
  assert_output done
  assert_equal "$stderr" ''
  wait_until 20 nothing_but_what_it_took
  rmdir "$dir"/nsctl.*/x "$dir"/nsctl.*
}
nothing_but_what_it_took() { [ "$(find "$dir" -name 'nsctl.*' | wc -l)" = 1 ]; }

@test "a hostile /proc inside is not read and not written" {
  # CVE-2019-16884, CVE-2025-52881: a tmpfs on /proc made the tool write its label and its limits into nowhere, and read lies
  own unshare threats-proc --raw --user --raw --map-root-user
  nsctl_exec "$T" -- sh -c 'mount -t tmpfs none /proc && mkdir -p /proc/self/attr/apparmor /proc/1/ns /proc/self/ns && echo "Uid:  0 0 0 0
CapBnd: 0000000000000000" > /proc/1/status && cp /proc/1/status /proc/self/status && : > /proc/self/oom_score_adj && : > /proc/self/attr/exec'
  running "$T" -- sleep 60
  assert_equal "$(status_of "$CHILD")" "$(status_of "$INIT")"
  assert_equal "$(namespaces_of "$CHILD")" "$(namespaces_of "$INIT")"
  assert_equal "$(cat "/proc/$CHILD/oom_score_adj")" "$(cat "/proc/$INIT/oom_score_adj")"
  run -0 nsctl_exec "$T" -- sh -c 'wc -c < /proc/self/oom_score_adj'
  assert_output 0
}

@test "a PID that has been used again is not entered" {
  first_pidns_require
  # CVE-2019-6133: the state names a PID whose process is another one now, which its start time tells
  own runc threats-reuse
  root=$BATS_TEST_TMPDIR/runc
  mkdir -p "$root/$(container_name "$NAME")"
  jq -c '.init_process_start += 1' "$(engine_runc_home)/state/$(container_name "$NAME")/state.json" > "$root/$(container_name "$NAME")/state.json"
  NSCTL_ROOT="runc=:runc=$root" run -125 --separate-stderr nsctl_exec "runc/$(container_name "$NAME")" -- id
  assert_equal "$output" ''
  assert_regex "$stderr" 'is not running'
  # the same file with the right time is entered
  cp "$(engine_runc_home)/state/$(container_name "$NAME")/state.json" "$root/$(container_name "$NAME")/state.json"
  NSCTL_ROOT="runc=:runc=$root" run -0 nsctl_exec "runc/$(container_name "$NAME")" -- true
}

@test "a state file of another user names only that user's processes" {
  # forged: a user writes a state that names root's container, or any process, and waits for root to enter it
  shared crun plain
  root=$BATS_TEST_TMPDIR/crun
  mkdir -p "$root/forged"
  cp "$(engine_crun_home)/state/$(container_name "$NAME")/"* "$root/forged/"
  chown -R --no-dereference 64999:64999 "$root"
  chmod 755 "$BATS_TEST_TMPDIR"
  NSCTL_ROOT="crun=:crun=$root" run -125 --separate-stderr nsctl_exec crun/forged -- id
  assert_equal "$output" ''
  NSCTL_ROOT="crun=:crun=$root" run --separate-stderr timeout 20 "$NSCTL" get co -a -o name
  refute_line --partial forged
}

@test "a state file of another user takes nothing from the engine of root that has the container" {
  # the same, under the name of root's container whose processes are that user's: docker has it, so crun does not
  shared crun plain
  root=$BATS_TEST_TMPDIR/crun
  own docker threats-claimed -u 64999:64999
  forged=$root/$(container_name threats-claimed)
  mkdir -p "$forged"
  cp "$(engine_crun_home)/state/$(container_name shared-plain)/"* "$forged/"
  pid=$(container_pid docker threats-claimed)
  # state and the fields behind it are counted from the last ")", which ends the name
  start=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)
  jq -c --argjson pid "$pid" --argjson start "$start" '.pid = $pid | ."process-start-time" = $start' "$forged/status" > "$BATS_TEST_TMPDIR/status"
  cat "$BATS_TEST_TMPDIR/status" > "$forged/status"
  chown -R --no-dereference 64999:64999 "$root"
  chmod 755 "$BATS_TEST_TMPDIR"
  run -125 --separate-stderr env NSCTL_ROOT="$NSCTL_ROOT:crun=$root" "$NSCTL" exec crun/nsctl-test-threats-claimed -- id
  assert_equal "$output" ''
  assert_regex "$stderr" "nsctl: crun: .*: user 64999 could write this, and it names process $pid, which is not that user's"
  assert_regex "$stderr" $'\nnsctl: crun/nsctl-test-threats-claimed: no such container'
  # nor where docker's state is not looked at: the namespaces are of root's making
  run -125 env NSCTL_ROOT="docker=:crun=$root" "$NSCTL" exec crun/nsctl-test-threats-claimed -- id
}

@test "from state that its user can write root takes the name only: identity and confinement are the live init's" {
  # a rootless user edits its container's config: root, every capability, no filter; a careless tool obeys as root
  own rootless threats-config -u 1000:1000 --no-new-privs
  file=$(find "$NSCTL_TEST_DIR/rootless/home/.local/share/containers/storage/vfs-containers/$(container_id rootless "$NAME")" -name config.json)
  [ -f "$file" ]
  before=$(nsctl_exec "$T" -- cat /proc/self/status | fields)
  jq -c '.process.user = {uid: 0, gid: 0} | .process.noNewPrivileges = false | del(.linux.seccomp)
    | .process.capabilities |= with_entries(.value = ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]) | .process.env = ["PATH=/evil"]' "$file" > "$BATS_TEST_TMPDIR/config"
  cat "$BATS_TEST_TMPDIR/config" > "$file"
  assert_equal "$(nsctl_exec "$T" -- cat /proc/self/status | fields)" "$before"
  assert_regex "$before" 'Uid: 1000 1000 1000 1000'
  assert_regex "$before" 'NoNewPrivs: 1'
  run -0 nsctl_exec "$T" -- env
  refute_line PATH=/evil
}

@test "a name that two have is an error, not a choice" {
  shared runc plain
  root=$BATS_TEST_TMPDIR/runc
  mkdir -p "$root/$(container_name "$NAME")"
  shared crun plain
  shared runc plain
  run -125 --separate-stderr nsctl_exec "$(container_name shared-plain)" -- true
  assert_regex "$stderr" 'containers fit'
  assert_regex "$stderr" 'runc/nsctl-test-shared-plain'
  assert_regex "$stderr" 'crun/nsctl-test-shared-plain'
}

# ---- confinement: what the kernel says while the command waits, against the plan

# faked WHAT STRACE-OPTION... -- [EXEC-OPTION...]: a call that says it has succeeded, and does nothing.
faked() {
  local what=$1 options=()
  shift
  strace_require
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  run -125 --separate-stderr timeout 60 setpriv --groups 4711,4712 strace -f -qq -o /dev/null "${options[@]}" \
    "$NSCTL" exec "${@:2}" "$T" -- sh -c 'echo started; id'
  assert_equal "$output" ''
  assert_regex "$stderr" "^nsctl: [^ ]*: the command would have more than was planned: $what"
  no_leaves
}
# injected WHAT CALL [EXEC-OPTION...]
injected() {
  shared docker plain
  faked "$1" -e "trace=$2" -e "inject=$2:retval=0" -- "${@:3}"
}
@test "capset that does nothing is noticed" { injected 'permitted ' capset; }
@test "a bounding set that is not cut is noticed" { injected 'bounding ' prctl; }
@test "setgroups that does nothing is noticed" { injected 'supplementary groups' setgroups; }
@test "setresuid that does nothing is noticed" { injected 'another user or group id' setresuid -u app; }
@test "setresgid that does nothing is noticed" { injected 'another user or group id' setresgid -u app; }
@test "a filter that is not loaded is noticed" { injected 'the seccomp filter is not loaded' seccomp; }
@test "setns that does nothing is noticed" { injected "it is not in the container's [A-Za-z]* namespace" setns; }

@test "chroot that does nothing is noticed" {
  # below the root of its mount namespace, as no engine but unshare leaves it
  shared unshare plain
  faked "its root is not the container's" -e trace=chroot -e inject=chroot:retval=0 --
}

@test "a limit that is not set is noticed" {
  ! sanitized || skip 'the sanitizer itself needs prlimit'
  own docker threats-limit --raw --ulimit --raw nofile=200:300
  faked 'a resource limit is higher' -e trace=prlimit64 -e inject=prlimit64:retval=0 --
}

@test "a v1 cgroup that was not joined is noticed" {
  shared docker plain
  path=$(awk -F: '$2 == "memory" { print $3 }' "/proc/$INIT/cgroup")
  [ -n "$path" ] || skip 'no v1 hierarchy here'
  faked "it is not in the container's cgroup" -P "/sys/fs/cgroup/memory$path/tasks" -e trace=write -e inject=write:retval=1 --
}

# busy FILE TIMES ARGUMENT...: exec, with that file in memory refusing so often to be sealed, as where the kernel holds a page of it.
busy() {
  strace_require -P /memfd:x -e trace=fcntl -e inject=fcntl:error=EBUSY
  no_leak_search
  # a file a process, lest one's call is cut by another's
  rm -f "$BATS_TEST_TMPDIR"/calls.*
  run --separate-stderr timeout 60 strace -ff -qq -o "$BATS_TEST_TMPDIR/calls" -P "/memfd:$1" -P "/memfd:$1 (deleted)" -e trace=fcntl \
    -e "inject=fcntl:error=EBUSY:when=$2" "$NSCTL" exec "${@:3}"
  grep -q 'ADD_SEALS.*EBUSY.*INJECTED' "$BATS_TEST_TMPDIR"/calls.*
}
@test "what is busy while it is sealed is sealed all the same, or nothing runs" {
  shared docker plain
  # its first fcntl is about close-on-exec
  busy nsctl-stage 2..5 "$T" -- echo started
  assert_equal "$status $output $stderr" '0 started '
  grep -q 'ADD_SEALS.*) = 0$' "$BATS_TEST_TMPDIR"/calls.*
  busy busybox 1..4 --tools "$T" -- echo started
  assert_equal "$status $output" '0 started'
  grep -q 'ADD_SEALS.*) = 0$' "$BATS_TEST_TMPDIR"/calls.*

  busy nsctl-stage 2+ "$T" -- echo started
  assert_equal "$status $output" '125 '
  assert_regex "$stderr" '^nsctl: nsctl-test-shared-plain: the stage ended before it had begun'
  busy busybox 1+ --tools "$T" -- echo started
  assert_equal "$status $output" '125 '
  assert_regex "$stderr" '^nsctl: cannot seal the copy of .*busybox.*: Device or resource busy'
  no_leaves
}

# failed CALL ERROR: the call fails: the command is not started, the step is named.
failed_call() {
  strace_require
  shared docker plain
  run -125 --separate-stderr timeout 60 strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:error=EPERM" \
    "$NSCTL" exec "${@:2}" "$T" -- sh -c 'echo started; id'
  assert_equal "$output" ''
  assert_regex "$stderr" '^nsctl: nsctl-test-shared-plain: .*Operation not permitted'
  no_leaves
}
@test "setns fails: fatal" { failed_call setns; }
@test "setgroups fails: fatal" { failed_call setgroups; }
@test "setresuid fails: fatal" { failed_call setresuid; }
@test "capset fails: fatal" { failed_call capset; }
@test "seccomp fails: fatal" { failed_call seccomp; }
@test "chroot fails: fatal" { failed_call chroot; }
@test "prlimit fails: fatal" {
  ! sanitized || skip 'the sanitizer itself needs prlimit'
  failed_call prlimit64
}

@test "a v1 cgroup that cannot be joined is fatal for root, and --no-cgroup is named" {
  # a careless tool goes on, and the limits do not hold
  strace_require
  shared docker plain
  path=$(awk -F: '$2 == "pids" { print $3 }' "/proc/$INIT/cgroup")
  [ -n "$path" ] || skip 'no v1 hierarchy here'
  # by either way to it: below the folder of all hierarchies, and by the whole path
  run -125 --separate-stderr timeout 60 strace -f -qq -o /dev/null -P "pids$path/tasks" -P "/sys/fs/cgroup/pids$path/tasks" \
    -e trace=openat -e inject=openat:error=EACCES "$NSCTL" exec "$T" -- echo started
  assert_equal "$output" ''
  assert_regex "$stderr" 'cannot join its cgroup'
  assert_regex "$stderr" '--no-cgroup'
  no_leaves
}

# ---- files of the container

@test "/etc/passwd as a link out of the root is looked up inside" {
  # CVE-2018-15664, CVE-2024-9676: a link to the host's file, by its text, through /proc, or by ..
  own docker threats-passwd
  printf 'evil:x:0:0::/:/bin/sh\n' > "$NSCTL_TEST_DIR/helpers/passwd"
  for link in "$NSCTL_TEST_DIR/helpers/passwd" "../../../../../../..$NSCTL_TEST_DIR/helpers/passwd" \
    "/proc/1/root$NSCTL_TEST_DIR/helpers/passwd" "/proc/self/cwd$NSCTL_TEST_DIR/helpers/passwd" /proc/thread-self/root/etc/passwd; do
    nsctl_exec -u 0:0 "$T" -- ln -sf "$link" /etc/passwd
    run -125 --separate-stderr nsctl_exec -u evil "$T" -- id
    assert_equal "$output" ''
    run -125 --separate-stderr nsctl_exec -u "$(rootless_user)" "$T" -- id
    assert_equal "$output" ''
  done
  # a link that stays inside is followed
  nsctl_exec -u 0:0 "$T" -- sh -c 'echo inner:x:88:89::/:/bin/sh > /srv/passwd; ln -sf /srv/passwd /etc/passwd'
  run -0 nsctl_exec -u inner "$T" -- sed -n 's/^Uid:.\([0-9]*\).*/\1/p' /proc/self/status
  assert_output 88
  nsctl_exec -u 0:0 "$T" -- ln -sf ../../../srv/passwd /etc/passwd
  run -0 nsctl_exec -u inner "$T" -- true
}

@test "/etc/passwd as a FIFO, a device, endless or huge: an error at once, never a hang" {
  own docker threats-fifo
  for make in 'mkfifo /etc/passwd' 'ln -s /dev/zero /etc/passwd' 'ln -s /dev/tty /etc/passwd' 'mkdir /etc/passwd' \
    'ln -s /etc/passwd /etc/passwd' 'yes 0123456789abcdef:x:5:5::/: | head -c 3000000 > /etc/passwd'; do
    nsctl_exec -u 0:0 "$T" -- sh -c "rm -rf /etc/passwd; $make"
    at_once 2000 run -125 --separate-stderr nsctl_exec -u app "$T" -- id
    assert_equal "$make: $output" "$make: "
    # a number needs no file
    at_once 2000 run -0 nsctl_exec -u 5:6 "$T" -- sh -c 'grep ^Uid /proc/self/status'
    assert_output --regexp '^Uid:.5'
  done
}

@test "a file of the command that is swapped while it is looked at: no hang, no file of the host" {
  own docker threats-swap
  nsctl_exec -d "$T" -- sh -c 'while :; do ln -sfn /nosuch /tmp/prog; ln -sfn /bin/busybox /tmp/prog; rm -f /tmp/prog; mkfifo /tmp/prog; rm -f /tmp/prog; done'
  for round in 1 2 3 4 5 6 7 8 9 10; do
    nsctl_exec "$T" -- /tmp/prog true > "$BATS_TEST_TMPDIR/said" 2>&1 && status=0 || status=$?
    case $status in
      0 | 1 | 126 | 127) ;;
      *) fail "$status $(cat "$BATS_TEST_TMPDIR/said")" ;;
    esac
  done
}

@test "an environment of init that is as large as the kernel allows" {
  big=$(head -c 100000 /dev/zero | tr '\0' x)
  own bwrap threats-environment -e "BIG=$big" -e "OTHER=yes"
  run -0 nsctl_exec "$T" -- sh -c 'echo ${#BIG} $OTHER'
  assert_output '100000 yes'
}

@test "a name and an error with escape sequences reach a person escaped" {
  # CVE-2021-25743
  shared runc plain
  run -127 --separate-stderr nsctl_exec "$T" -- $'/tmp/\e[31m\xe2\x80\xae'
  [[ $stderr != *$'\e'* ]]
  [[ $stderr == *'\e[31m\u202E'* ]]
}
