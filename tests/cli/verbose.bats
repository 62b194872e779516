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
    '-vv: setresuid: 0' '-vv: capset: effective ' '-vv: close_range' '-vv: clone: born inside' '-vv: ready for execve, as ' '-vv: execve: true runs, as '
  [[ $stderr == *'PR_CAPBSET_DROP: '*NET_RAW* ]] || fail "$stderr"
  run --separate-stderr "$NSCTL" exec -vv --no-new-privs -u 1000 --cap-add KILL v-box -- true
  in_order '-vv: setresuid: 1000' '-vv: prctl PR_CAP_AMBIENT_RAISE: KILL' '-vv: prctl PR_SET_NO_NEW_PRIVS' '-vv: seccomp SECCOMP_SET_MODE_FILTER'
  # the kernel's word for it
  strace_require
  no_leak_search
  strace -f -qq -e trace=setns,chroot,seccomp,capset,setresuid -o "$BATS_TEST_TMPDIR/calls" "$NSCTL" exec v-box -- true
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

@test "-v of describe, diff, can and predict names what they read" {
  box
  pid=$(box_pid v-box)
  config=$BOXES/state/v-box/config.json
  run --separate-stderr "$NSCTL" -v describe v-box
  in_order '-v: target v-box: ' '-v: reading ns of the inits of ' '-v: v-box: PID namespace ' "-v: nsctl/v-box: kernel: read status, " \
    "-v: nsctl/v-box: config: read $config" "-v: nsctl/v-box: read cgroup, limits, "
  [[ $stderr == *"attr of /proc/$pid"$'\n'* ]] || fail "$stderr"
  run --separate-stderr "$NSCTL" -v diff v-box
  in_order '-v: v-box: PID namespace ' "-v: caps: read status of /proc/$pid (nsctl/v-box) and /proc/1 (host)" "-v: users: read status, " \
    "-v: ns: read ns of /proc/$pid (nsctl/v-box) and /proc/" "-v: mounts: read mountinfo of /proc/$pid " "-v: cgroup: read cgroup of "
  run --separate-stderr "$NSCTL" -v diff --only limits v-box
  in_order "-v: limits: read limits, cgroup of /proc/$pid (nsctl/v-box) and /proc/1 (host)"
  [[ $stderr != *'-v: caps: '* ]] || fail "$stderr"
  run --separate-stderr "$NSCTL" -v can v-box bind:80 write:/etc/passwd kill:1 mknod
  in_order "-v: nsctl/v-box: read status, uid_map, gid_map, limits, ns and the security label of /proc/$pid" \
    '-v: kernel: kernel.yama.ptrace_scope ' '-v: nsctl/v-box: network namespace: net.ipv4.ip_unprivileged_port_start ' \
    '-v: nsctl/v-box: looked at /etc/passwd below its root: mode 644, owner 0:0' '-v: nsctl/v-box: devices: ' '-v: nsctl/v-box: PID 1 inside: '
  run --separate-stderr "$NSCTL" -v can v-box mount
  in_order "-v: nsctl/v-box: seccomp: read $config: "
  # what exec would start has a plan
  run --separate-stderr "$NSCTL" -v can -u 1010 v-box mount
  in_order "-v: config: read $config" '-v: plan: user '
}

@test "-v of diff -f and predict names the manifest and what it is held against" {
  sandbox_require
  yaml=${TESTS%/*}/examples/pod-levels.yaml
  "$NSCTL" run -d -f "$yaml" 2> /dev/null
  run --separate-stderr "$NSCTL" -v diff -f "$yaml"
  in_order "-v: manifest: read $yaml: documents 1, Pods 1" '-v: manifest: line ' '-v: host: read status of /proc/1: ' \
    '-v: nsctl: looking in ' '-v: default/levels/levels-app: kernel: read status, ' "-v: default/levels/levels-app: config: read $BOXES/state/levels-app/config.json"
  run --separate-stderr "$NSCTL" -v predict -f "$yaml" --engine containerd
  in_order "-v: manifest: read $yaml: " '-v: rules: containerd: those of containerd 1.6' '-v: default capabilities: known of that engine: CHOWN,' \
    '-v: host: read status of /proc/1: '
  run --separate-stderr "$NSCTL" -v predict -f "$yaml" --engine docker --default-caps CHOWN
  in_order '-v: rules: docker: ' '-v: default capabilities: by --default-caps: CHOWN'
}
