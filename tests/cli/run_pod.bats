#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run -f: what of a Pod a sandbox honours, and what it names.

load ../lib/bats
load ../lib/sandbox

setup() {
  sandbox_setup
  sandbox_require
}
teardown() { sandbox_teardown; }

# pod NAME: a manifest from stdin (its spec, indented by two).
pod() {
  { printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n' "$1" && cat; } > "$BOXES/$1.yaml"
}
run_pod() { "$NSCTL" run -f "$BOXES/$1.yaml" "${@:2}"; }

# seccomp POD CONTAINER: its mode in a container, under these security contexts of the two levels.
seccomp() {
  pod seccomp << POD
  securityContext: $1
  containers:
  - {name: a, command: [sed, -n, 's/^Seccomp:\t//p', /proc/self/status], securityContext: $2}
POD
  run_pod seccomp 2> /dev/null
}

@test "the two examples, under names of their own" {
  examples=${TESTS%/*}/examples
  run -0 --separate-stderr "$NSCTL" run -f "$examples/pod-runasuser.yaml" --name one -d
  assert_equal "$output" one
  assert_equal "$stderr" "nsctl: $examples/pod-runasuser.yaml: not applied: image; the root is a read-only view of this machine's"
  run -0 "$NSCTL" run -f "$examples/pod-capabilities.yaml" --name two -d
  run -0 --separate-stderr "$NSCTL" exec one -- id -u
  assert_output 1010
  run -1 --separate-stderr "$NSCTL" exec one -- whoami
  run -0 "$NSCTL" exec two -- sh -c 'id -u; sed -n "s/^CapEff:\t//p" /proc/self/status; tr "\0" " " < /proc/1/cmdline'
  assert_output $'0\n00000000aa0435fb\nsleep 4800 '
  run -0 "$NSCTL" exec two -c ubuntu-sleeper -- uname -n
  assert_output two
  # 3 for a user who is not shown root's
  run --separate-stderr "$NSCTL" get pods one two -o name
  assert_output $'default/one\ndefault/two'
}

@test "a manifest from stdin, its name for the pod" {
  pod web <<'POD'
  containers:
  - {name: main, command: [sh, -c, "uname -n; echo $HOSTNAME"]}
POD
  run -0 bash -c '"$NSCTL" run -f - < "$1"' _ "$BOXES/web.yaml"
  assert_output $'web\nweb'
}

@test "user, group, groups: the pod's, a container's over it" {
  pod p <<'POD'
  securityContext: {runAsUser: 1010, runAsGroup: 3000, supplementalGroups: [4000, 4001], fsGroup: 2000}
  containers:
  - {name: a, command: [sh, -c, "echo a $(id -u) $(id -g) $(id -G)"]}
  - {name: b, command: [sh, -c, "echo b $(id -u) $(id -g) $(id -G)"], securityContext: {runAsUser: 5, runAsGroup: 6}}
POD
  [ "$(id -u)" = 0 ] || skip 'needs root, for several users'
  run -0 run_pod p
  mapfile -t lines < <(sort <<< "$output") # whoever is first
  [[ ${lines[0]} == 'a 1010 3000 3000 '* && ${lines[0]} == *4000* && ${lines[0]} == *4001* && ${lines[0]} == *2000* ]]
  [[ ${lines[1]} == 'b 5 6 6 '* && ${lines[1]} == *2000* ]]
}

@test "capabilities: drop ALL first, then add; no_new_privs; seccomp" {
  pod p <<'POD'
  containers:
  - name: a
    command: [grep, -E, "^(CapEff|NoNewPrivs|Seccomp):", /proc/self/status]
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [all], add: [CAP_NET_ADMIN, sys_time]}
      seccompProfile: {type: Unconfined}
POD
  run -0 run_pod p
  assert_output $'CapEff:\t0000000002001000\nNoNewPrivs:\t1\nSeccomp:\t0'
  pod q <<'POD'
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  containers:
  - {name: a, command: [grep, -E, "^(NoNewPrivs|Seccomp):", /proc/self/status]}
POD
  run -0 run_pod q
  assert_output $'NoNewPrivs:\t0\nSeccomp:\t2'
  # a pod without a word about it has the same: only where the two levels differ it shows which one counts
  assert_equal "$(seccomp '{seccompProfile: {type: Unconfined}}' '{}')" 0
  assert_equal "$(seccomp '{seccompProfile: {type: Unconfined}}' '{seccompProfile: {type: RuntimeDefault}}')" 2
  assert_equal "$(seccomp '{seccompProfile: {type: RuntimeDefault}}' '{seccompProfile: {type: Unconfined}}')" 0
  assert_equal "$(seccomp '{}' '{privileged: true}')" 0
}

@test "readOnlyRootFilesystem takes /tmp and /run, too" {
  pod p <<'POD'
  containers:
  - {name: a, command: [sh, -c, "touch /tmp/x || touch /run/x || touch /dev/shm/x && echo shm only"], securityContext: {readOnlyRootFilesystem: true}}
POD
  run -0 --separate-stderr run_pod p
  assert_output 'shm only'
}

@test "command, args, env, \$(NAME), workingDir" {
  pod p <<'POD'
  hostname: h9
  containers:
  - name: a
    command: [sh, -c]
    args: ['pwd; uname -n; echo $(ONE) $(TWO) $(NONE) "$$ONE"']
    workingDir: /usr
    env: [{name: ONE, value: "1"}, {name: TWO, value: "$(ONE)2"}]
POD
  run -0 --separate-stderr run_pod p
  assert_output $'/usr\nh9\n1 12\n1' || assert_output $'/usr\nh9\n1 12 1'
  run -0 --separate-stderr run_pod p -- sh -c 'echo instead $TWO'
  assert_output 'instead 12'
}

@test "hostPID, hostNetwork, hostIPC: the host's namespaces" {
  pod p <<'POD'
  hostPID: true
  hostNetwork: true
  hostIPC: true
  containers:
  - {name: a, command: [sh, -c, "for n in pid net uts ipc mnt cgroup; do readlink /proc/self/ns/$n; done; echo $HOSTNAME; kill -0 $BATS_PID && echo seen"]}
POD
  sed -i "s/\$BATS_PID/$$/" "$BOXES/p.yaml"
  run -0 --separate-stderr run_pod p
  for i in 0 1 2 3; do
    assert_equal "${lines[i]}" "$(readlink "/proc/self/ns/${lines[i]%%:*}")"
  done
  for i in 4 5; do
    assert_not_equal "${lines[i]}" "$(readlink "/proc/self/ns/${lines[i]%%:*}")"
  done
  assert_equal "${lines[6]}" "$(uname -n)"
  [ "$(id -u)" != 0 ] || assert_equal "${lines[7]}" seen
  assert_equal "$(uname -n)" "$HOSTNAME"
}

@test "hostname beside hostNetwork is named, and has no effect" {
  pod p <<'POD'
  hostNetwork: true
  hostname: other
  containers:
  - {name: a, command: [uname, -n]}
POD
  run -0 --separate-stderr run_pod p
  assert_output "$(uname -n)"
  assert_regex "$stderr" "hostname has no effect beside hostNetwork: the pod has the host's name"
}

none_sleeps() { ! pgrep -x -f "$1" > /dev/null; }
@test "hostPID: all of it ends, with a cgroup of its own and without" {
  pod p <<POD
  hostPID: true
  containers:
  - {name: a, command: [sh, -c, "sleep 8$$ & setsid sleep 9$$ & wait"]}
POD
  for without in nothing cgroup2; do
    export NSCTL_WITHOUT=$without
    run_pod p -d
    pid=$(box_pid p-a)
    wait_until 20 pgrep -x -f "sleep 9$$"
    "$NSCTL" kill p
    wait_until 20 nothing_left p-a "$pid"
    wait_until 10 none_sleeps "sleep [89]$$"
    unset NSCTL_WITHOUT
  done
}

@test "hostUsers: false is a user namespace of its own" {
  pod p <<'POD'
  hostUsers: false
  containers:
  - {name: a, command: [sh, -c, "id -u; cat /proc/self/uid_map; touch /tmp/x; stat -c %u /tmp/x; readlink /proc/self/ns/user"]}
POD
  run -0 --separate-stderr run_pod p
  assert_equal "${lines[0]}" 0
  assert_equal "${lines[2]}" 0
  assert_not_equal "${lines[3]}" "$(readlink /proc/self/ns/user)"
  if [ "$(id -u)" = 0 ]; then
    read -r inside outside count <<< "${lines[1]}"
    assert_equal "$inside $count" '0 65536'
    [ "$outside" -ge 1879048192 ]
  fi
}

@test "several containers share network, IPC and host name, and PIDs when asked" {
  pod p <<'POD'
  containers:
  - {name: a, command: [sleep, "300"]}
  - {name: b, command: [sleep, "300"]}
POD
  pod q <<'POD'
  shareProcessNamespace: true
  containers:
  - {name: a, command: [sleep, "300"]}
  - {name: b, command: [sleep, "300"]}
POD
  run_pod p -d
  run_pod q -d
  namespaces() { "$NSCTL" exec "$1" -- sh -c 'for n in net ipc uts pid mnt; do readlink /proc/self/ns/$n; done' | sort; }
  assert_equal "$(comm -12 <(namespaces p/a) <(namespaces p/b) | cut -d: -f1 | tr '\n' ' ')" 'ipc net uts '
  assert_equal "$(comm -12 <(namespaces q/a) <(namespaces q/b) | cut -d: -f1 | tr '\n' ' ')" 'ipc net pid uts '
  run -0 "$NSCTL" exec p/b -- cat /proc/1/comm
  assert_output sleep
  run -0 "$NSCTL" exec q -c b -- cat /proc/1/comm
  assert_output nsctl-pause
  run -0 "$NSCTL" exec q/a -- sh -c 'cat /proc/[0-9]*/comm | sort | uniq -c | grep -c " 2 sleep"'
  assert_output 1
  run -125 --separate-stderr "$NSCTL" exec p -- true
  [[ $stderr == *p/p-a* || $stderr == *p-a* ]]
  pids=("$(box_pid q-a)" "$(box_pid q-b)")
  run -0 "$NSCTL" kill q
  wait_until 20 nothing_left q-a "${pids[0]}"
  wait_until 20 nothing_left q-b "${pids[1]}"
}

@test "several containers run until all end; the status is the first that was not 0" {
  pod p <<'POD'
  containers:
  - {name: a, command: [sh, -c, "exit 0"]}
  - {name: b, command: [sh, -c, "sleep 0.3; echo late; exit 4"]}
  - {name: c, command: [sh, -c, "exit 5"]}
POD
  run -4 --separate-stderr run_pod p
  assert_output late
}

@test "init containers first, one by one; one that fails ends it" {
  pod p <<'POD'
  initContainers:
  - {name: i1, command: [sh, -c, "sleep 0.1; echo one"]}
  - {name: i2, command: [echo, two]}
  containers:
  - {name: a, command: [echo, three]}
POD
  run -0 --separate-stderr run_pod p
  assert_output $'one\ntwo\nthree'
  sed -i 's/\[echo, two\]/[sh, -c, "exit 3"]/' "$BOXES/p.yaml"
  run -125 --separate-stderr run_pod p
  assert_output one
  assert_equal "$stderr" 'nsctl: p: its init container i2 ended with status 3'
}

@test "a container that cannot start ends the others" {
  pod p <<'POD'
  containers:
  - {name: a, command: [sleep, "300"]}
  - {name: b, command: [nosuchcommand]}
POD
  run -127 --separate-stderr run_pod p -d
  [[ $stderr == *'nosuchcommand: command not found'* ]]
  [ -z "$(ls "$BOXES/state")" ]
}

@test "TERM ends all of a pod; kill -9 leaves nothing" {
  pod p <<'POD'
  shareProcessNamespace: true
  containers:
  - {name: a, command: [sh, -c, "setsid sleep 300 & sleep 300"]}
  - {name: b, command: [sleep, "300"]}
POD
  for signal in TERM KILL; do
    run_pod p -d
    pids=("$(box_pid p-a)" "$(box_pid p-b)")
    kill -s "$signal" "$(parent_of "$(box_watcher p-a)")"
    wait_until 20 nothing_left p-a "${pids[0]}"
    wait_until 20 nothing_left p-b "${pids[1]}"
  done
}

@test "what is refused: root against runAsNonRoot, no command, two Pods, lost indentation" {
  pod p <<'POD'
  securityContext: {runAsNonRoot: true}
  containers:
  - {name: a, command: [id]}
POD
  run -125 --separate-stderr run_pod p
  assert_equal "$stderr" 'nsctl: a: runAsNonRoot is true, and it would run as root
  runAsUser with a number other than 0 says who it shall be'
  pod q <<'POD'
  containers:
  - {name: a, image: nginx}
POD
  run -125 --separate-stderr run_pod q
  [[ $stderr == "nsctl: $BOXES/q.yaml:6:5: spec.containers[0] has no command"$'\n'* ]]
  { cat "$BOXES/p.yaml" && echo --- && cat "$BOXES/q.yaml"; } > "$BOXES/both.yaml"
  run -125 --separate-stderr run_pod both
  [[ $stderr == "nsctl: $BOXES/both.yaml holds 2 Pods: run takes one"* ]]
  sed 's/^ *//' "$BOXES/p.yaml" | sed 's/metadata: .*/metadata:\nname: p/' > "$BOXES/flat.yaml"
  run -125 --separate-stderr run_pod flat
  [[ $stderr == *'has the indentation been lost?'* ]]
}

# wrong MESSAGE [HINT]: what run -f says of the manifest on stdin, as pod.yaml.
wrong() {
  cat > "$BOXES/pod.yaml"
  run -125 --separate-stderr env -C "$BOXES" "$NSCTL" run -f pod.yaml
  assert_equal "$output" ''
  assert_equal "${stderr_lines[0]}" "nsctl: pod.yaml:$1"
  [ -z "${2-}" ] || assert_equal "${stderr_lines[1]}" "  $2"
}

@test "a manifest that is wrong: line, column and the nearest right word" {
  examples=${TESTS%/*}/examples
  # pasted without its indentation it is YAML all the same
  for file in pod-runasuser pod-capabilities; do
    wrong '3:1: metadata is empty and name stands at the top level: has the indentation been lost?' \
      < <(sed 's/^ *//' "$examples/$file.yaml")
  done
  wrong '9:5: command stands twice, first at 8:5' < <(pod_text '    command: [a]' '    command: [b]')
  wrong '8:5: unknown field "comand" in spec.containers[0]' 'did you mean command?' < <(pod_text '    comand: [a]')
  wrong '9:7: unknown field "runAsUsr" in spec.containers[0].securityContext' 'did you mean runAsUser?' \
    < <(pod_text '    securityContext:' '      runAsUsr: 5')
  wrong '8:22: spec.containers[0].command[1] must be text, not a number' 'put it in quotes: "4800"' \
    < <(pod_text '    command: [sleep, 4800]')
  wrong '8:34: spec.containers[0].securityContext.runAsUser must be a number, not text' 'write it without quotes: 1010' \
    < <(pod_text '    securityContext: {runAsUser: "1010"}')
  wrong '8:44: spec.containers[0].securityContext.capabilities.add[0]: unknown capability "SYS_TIMES"' 'did you mean SYS_TIME?' \
    < <(pod_text '    securityContext: {capabilities: {add: [SYS_TIMES]}}')
}
pod_text() {
  printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata:' '  name: p' spec: '  containers:' '  - name: a' "$@"
}

@test "capabilities: the CAP_ prefix and lower case are accepted" {
  for name in SYS_TIME CAP_SYS_TIME sys_time cap_sys_time; do
    pod p <<POD
  containers:
  - name: a
    command: [sed, -n, "s/^CapBnd:.//p", /proc/self/status]
    securityContext: {capabilities: {drop: [all], add: [$name]}}
POD
    run -0 --separate-stderr run_pod p
    assert_output 0000000002000000
  done
}

@test "what is not applied is named, once, in a line" {
  pod p <<'POD'
  restartPolicy: Never
  volumes: [{name: v, emptyDir: {}}]
  securityContext: {seLinuxOptions: {level: "s0"}}
  containers:
  - name: a
    image: nginx
    command: [echo, ran]
    ports: [{containerPort: 80}]
    resources: {limits: {memory: 1Gi}}
    livenessProbe: {exec: {command: [true]}}
    securityContext: {seccompProfile: {type: Localhost, localhostProfile: x.json}}
POD
  run -0 --separate-stderr "$NSCTL" run -f "$BOXES/p.yaml"
  assert_equal "$output" ran
  assert_equal "$stderr" "nsctl: $BOXES/p.yaml: not applied: restartPolicy, volumes, ports, resources, livenessProbe, image, \
seLinuxOptions, seccompProfile of type Localhost (nsctl-default is in its place); the root is a read-only view of this machine's"
}

@test "capabilities at the pod's level, and those that a user cannot hold, are said" {
  pod p <<'POD'
  securityContext: {runAsUser: 1010, capabilities: {add: [NET_ADMIN]}}
  containers:
  - {name: a, command: [sed, -n, "s/^CapBnd:.//p", /proc/self/status], securityContext: {capabilities: {add: [SYS_TIME]}}}
POD
  run -0 --separate-stderr run_pod p
  assert_equal "$output" 00000000aa0425fb
  assert_equal "$stderr" "nsctl: $BOXES/p.yaml:5:38: spec.securityContext.capabilities: has no effect at Pod level: the field exists at \
container level only, and a strict API server refuses it
nsctl: p-a: SYS_TIME: granted, not usable: uid 1010 is not root, and execve leaves it the bounding set only"
}

@test "an ordinary user: a pod of several containers" {
  nobody_require
  pod p <<'POD'
  shareProcessNamespace: true
  securityContext: {runAsUser: 1010, fsGroup: 2000}
  containers:
  - {name: a, command: [sleep, "300"]}
  - {name: b, command: [sleep, "300"]}
POD
  cd /
  run -0 "${NOBODY[@]}" run -f "$BOXES/p.yaml" -d
  [[ $output == *'p-a: without its supplementary groups: the kernel lets you set none while one group is mapped'* ]]
  run -0 "${NOBODY[@]}" exec p/b -- sh -c 'id -u; cat /proc/1/comm; ls -A /proc/1/root/'
  assert_output $'1010\nnsctl-pause'
  pid=$(box_pid p-a nobody)
  run -0 "${NOBODY[@]}" kill p
  wait_until 20 nothing_left p-a "$pid"
  sed -i 's/{name: b,/{name: b, securityContext: {runAsUser: 1011},/' "$BOXES/p.yaml"
  run -125 --separate-stderr "${NOBODY[@]}" run -f "$BOXES/p.yaml"
  [[ $stderr == *'nsctl: p: a runs as 1010:0 and b as 1011:0, and you can map one user only'* ]]
}
