#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# -v says what was read and which way was taken, -vv what was called. On stderr, escaped, and nothing without them.

load ../lib/bats
load ../lib/sandbox

setup() { sandbox_setup; }
teardown() { sandbox_teardown; }

# box: a sandbox to look at.
box() {
  sandbox_require
  "$NSCTL" run --name v-box -d -- sleep 4800 > /dev/null
}

# in_order LINE...: these begin lines of $stderr, in this order.
in_order() {
  local line rest=$stderr
  for line; do
    [[ $'\n'$rest == *$'\n'"$line"* ]] || fail "no \"$line\" at its place in:"$'\n'"$stderr"
    rest=${rest#*"$line"}
  done
}

@test "-v get containers names each root, and what was read there" {
  box
  mkdir -p "$BOXES/crun/one" "$BOXES/none"
  echo '{' > "$BOXES/crun/one/status"
  run --separate-stderr "$NSCTL" -v --root "crun=" --root "crun=$BOXES/crun" --root "runc=$BOXES/gone" get containers
  in_order "-v: nsctl: looking in $BOXES/state" "-v: nsctl: list folder $BOXES/state" \
    "-v: nsctl: read $BOXES/state/v-box/state.json, " "-v: nsctl: 1 found in $BOXES/state" \
    "-v: crun: looking in $BOXES/crun" "-v: crun: read $BOXES/crun/one/status, 2 bytes" "-v: crun: 0 found in $BOXES/crun" \
    "-v: runc: looking in $BOXES/gone" "-v: runc: list folder $BOXES/gone: No such file or directory" \
    '-v: bare: looking at the namespaces of every process of /proc' '-v: nsctl/v-box: read cgroup and freezer of '
  refute_output --partial '-v:'
  refute_line --partial '-vv:'
  # nothing of it without
  run --separate-stderr "$NSCTL" --root "crun=" --root "crun=$BOXES/crun" get containers
  [[ $stderr != *-v:* ]] || fail "$stderr"
}

@test "-v: names in paths are escaped" {
  mkdir -p "$BOXES/crun/"$'evil\e[2J\n-v: forged'
  echo '{}' > "$BOXES/crun/"$'evil\e[2J\n-v: forged'/status
  run --separate-stderr "$NSCTL" -v --root "crun=$BOXES/crun" get containers
  [[ $stderr == *'evil\e[2J\n-v: forged/status'* ]] || fail "$stderr"
  [[ $stderr != *$'\e'* ]]
  [[ $stderr != *$'\n'"-v: forged"* ]]
}

@test "-v exec says how the container was found, what is entered, and where it is from" {
  box
  run --separate-stderr "$NSCTL" -v exec v-box -- true
  assert_output ''
  in_order '-v: config: ' '-v: target v-box: nsctl/v-box, the only live one whose name fits' '-v: seccomp: the profile of its config' \
    '-v: init ' "-v: config: read $BOXES/state/v-box/config.json" '-v: plan: container     nsctl/v-box, init ' \
    '-v: plan: namespaces    ' '-v: plan: cgroup ' '-v: plan: bounding ' '-v: read back /proc/'
  [[ $stderr != *-vv:* ]]
  # never the values
  run --separate-stderr "$NSCTL" -vv exec -e SECRET=hunter2 v-box -- true
  [[ $stderr != *hunter2* ]] || fail "$stderr"
  # what fits nothing quickly is looked for everywhere
  run --separate-stderr "$NSCTL" -v exec no-such-box -- true
  in_order '-v: target no-such-box: listing everything' '-v: bare: '
}

@test "-vv exec names the calls in the order of the kernel's" {
  box
  run --separate-stderr "$NSCTL" exec -vv --cap-drop NET_RAW v-box -- true
  in_order '-vv: clone3' '-vv: setns: pid' '-vv: setns: ' "-vv: fchdir, chroot: init's root" '-vv: dup2: 0, 1, 2' '-vv: chdir /' \
    '-vv: seccomp SECCOMP_SET_MODE_FILTER: filter 1 of 1' '-vv: prctl PR_CAPBSET_DROP: ' '-vv: setgroups: ' '-vv: setresgid: 0' \
    '-vv: setresuid: 0' '-vv: capset: effective ' '-vv: close_range' '-vv: clone: born inside, as ' '-vv: execve: true runs, as '
  [[ $stderr == *'PR_CAPBSET_DROP: '*NET_RAW* ]] || fail "$stderr"
  run --separate-stderr "$NSCTL" exec -vv --no-new-privs -u 1000 --cap-add KILL v-box -- true
  in_order '-vv: setresuid: 1000' '-vv: prctl PR_CAP_AMBIENT_RAISE: KILL' '-vv: prctl PR_SET_NO_NEW_PRIVS' '-vv: seccomp SECCOMP_SET_MODE_FILTER'
  # the kernel's word for it
  command -v strace > /dev/null || skip 'no strace'
  strace -f -qq -e trace=setns,chroot,seccomp,capset,setresuid -o "$BATS_TEST_TMPDIR/calls" "$NSCTL" exec v-box -- true || skip 'strace cannot trace here'
  called=$(sed -nE 's/^[0-9]+ +(setns|chroot|seccomp|capset|setresuid)\(.* = 0$/\1/p' "$BATS_TEST_TMPDIR/calls" | uniq)
  told=$("$NSCTL" -vv exec v-box -- true 2>&1 | sed -nE 's/^-vv: (fchdir, )?(setns|chroot|seccomp|capset|setresuid)\b.*/\2/p' | uniq)
  assert_equal "$told" "$called"
}

@test "-v tells which way processes are found" {
  box
  run --separate-stderr "$NSCTL" -v ps v-box
  in_order '-v: v-box: PID namespace ' '-v: v-box: read status, cmdline'
  run --separate-stderr env NSCTL_WITHOUT=procfs,pidns-procfs "$NSCTL" -v users v-box
  [[ $stderr == *'-v: v-box: PID namespace '*' of its own; asked: each process of the host'* ]] || fail "$stderr"
  run --separate-stderr "$NSCTL" -v caps v-box
  in_order '-v: v-box: read status and uid_map of /proc/'
  run -0 --separate-stderr "$NSCTL" -v run -- true
  in_order '-v: plan: sandbox ' '-v: read back /proc/'
}
