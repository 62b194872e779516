#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# diff -f on pods that podman, a CRI runtime and nsctl itself made from the manifests: what agrees gives 0, each setting that
# does not is one DRIFT row and 1. A careless tool compares with the config only, misses what is not set, or says three rows
# where one setting changed.

load engine

setup() {
  EXAMPLES=${TESTS%/*}/examples
  M=$BATS_TEST_TMPDIR/m.yaml
}
teardown() {
  local pod
  for pod in ${PODS-}; do container_stop "${pod%%:*}" "${pod#*:}" > /dev/null 2>&1 || true; done
  for pod in ${BOXES-}; do "$NSCTL" kill "nsctl/$pod" > /dev/null 2>&1 || true; done
  ended
}

# played ENGINE NAME FILE: applies it; POD is what a TARGET names it by.
played() {
  if [ "$1" = nsctl ]; then
    BOXES="${BOXES-} $2"
    POD=$2
    "$NSCTL" run -d -f "$3" --name "$2" > /dev/null 2>&1
    return
  fi
  engine_require "$1"
  PODS="${PODS-} $1:$2"
  POD=$1/nsctl-test-$2
  container_stop "$1" "$2" > /dev/null 2>&1 || true
  as_yaml "$3" > "$BATS_TEST_TMPDIR/play.yaml"
  container_play "$1" "$2" "$BATS_TEST_TMPDIR/play.yaml"
}

# as_json FILE: the manifest; changed FILTER: the manifest in $BASE, changed.
as_json() { python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' "$1"; }
as_yaml() { python3 -c 'import sys, yaml; print(yaml.safe_dump(yaml.safe_load(open(sys.argv[1])), sort_keys=False))' "$1"; }
changed() { jq "$1" <<< "$BASE" > "$M"; }

# drifts: the fields of the DRIFT rows of the JSON on stdin.
drifts() { jq -r '[.items[] | select(.verdict == "DRIFT") | .field] | join(" ")'; }
row() { jq -c --arg field "$1" '.items[] | select(.field == $field) | [.level, .manifest, .oci, .kernel, .verdict]'; }

# The settings: a name of the row, and what makes the manifest say otherwise. C is the container's securityContext.
C='.spec.containers[0].securityContext'
changes() {
  cat << CHANGES
runAsUser	.spec.securityContext.runAsUser = 1011
runAsUser	$C.runAsUser = 1012
runAsGroup	.spec.securityContext.runAsGroup = 5
capabilities.add	$C.capabilities.add = ["SYS_TIME", "NET_ADMIN", "SYS_PTRACE"]
capabilities.drop	$C.capabilities.drop = ["CHOWN"]
privileged	$C.privileged = true
allowPrivilegeEscalation	$C.allowPrivilegeEscalation = false
procMount	$C.procMount = "Unmasked"
hostPID	.spec.hostPID = true
hostNetwork	.spec.hostNetwork = true
hostIPC	.spec.hostIPC = true
hostUsers	.spec.hostUsers = false
shareProcessNamespace	.spec.shareProcessNamespace = true
supplementalGroups	.spec.securityContext.supplementalGroups = [77]
fsGroup	.spec.securityContext.fsGroup = 88
command	.spec.containers[0].command = ["sleep", "4801"]
args	.spec.containers[0].args = ["1"] | .spec.containers[0].command = ["sleep"]
CHANGES
}

# each_is_one_drift: all of them, and what only some bases differ in: FIELD<TAB>FILTER lines on stdin.
each_is_one_drift() {
  local field filter
  while IFS=$'\t' read -r field filter; do
    changed "$filter"
    run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
    assert_equal "$filter: $(drifts <<< "$output")" "$filter: $field"
  done < <(changes && cat)
}

@test "the two examples: 0 on podman, over CRI, and in nsctl's own sandboxes" {
  for engine in podman cri nsctl; do
    for name in runasuser capabilities; do
      played "$engine" "drift-$name" "$EXAMPLES/pod-$name.yaml"
      run -0 --separate-stderr "$NSCTL" diff -f "$EXAMPLES/pod-$name.yaml" "$POD" -o json
      assert_equal "$stderr" ''
      case $name in
        runasuser) assert_equal "$(row runAsUser <<< "$output")" '["pod",1010,1010,1010,"ok"]' ;;
        capabilities)
          both='["NET_ADMIN","SYS_TIME"]'
          assert_equal "$(row capabilities.add <<< "$output")" "[\"container\",$both,$both,$both,\"ok\"]"
          assert_equal "$(row runAsUser <<< "$output")" '["container",null,0,0,"ok"]'
          ;;
      esac
      assert_equal "$(row command <<< "$output" | jq -c '.[3:]')" '[["sleep","4800"],"ok"]'
    done
  done
}

@test "a manifest that says otherwise: one DRIFT row, on podman, over CRI, and for nsctl's sandboxes" {
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  played podman drift-p1 "$EXAMPLES/pod-runasuser.yaml"
  # podman's own filter is on
  each_is_one_drift << CHANGES
readOnlyRootFilesystem	$C.readOnlyRootFilesystem = true
seccompProfile.type	$C.seccompProfile.type = "Unconfined"
CHANGES
  played cri drift-c1 "$EXAMPLES/pod-runasuser.yaml"
  each_is_one_drift << CHANGES
readOnlyRootFilesystem	$C.readOnlyRootFilesystem = true
seccompProfile.type	$C.seccompProfile.type = "RuntimeDefault"
CHANGES
  # a sandbox's root is read-only whatever is asked
  played nsctl drift-n1 "$EXAMPLES/pod-runasuser.yaml"
  each_is_one_drift << CHANGES
seccompProfile.type	$C.seccompProfile.type = "Unconfined"
CHANGES
}

# A container for each setting, in one pod: its name, the row, what is changed of it before it is started.
starts() {
  cat << 'STARTS'
uid	runAsUser	.securityContext.runAsUser = 1011
gid	runAsGroup	.securityContext.runAsGroup = 5
more	capabilities.add	.securityContext.capabilities.add = ["SYS_TIME", "NET_ADMIN", "SYS_PTRACE"]
fewer	capabilities.add	.securityContext.capabilities.add = ["SYS_TIME"]
dropped	capabilities.drop	.securityContext.capabilities.drop = ["CHOWN"]
privileged	privileged	.securityContext.privileged = true
nnp	allowPrivilegeEscalation	.securityContext.allowPrivilegeEscalation = false
readonly	readOnlyRootFilesystem	.securityContext.readOnlyRootFilesystem = true
command	command	.command = ["busybox", "sleep"]
args	args	.args = ["4801"]
STARTS
}

# many_starts: $BASE is the manifest as it is meant, $M the one that is started.
many_starts() {
  local name field filter started=() meant=()
  local one='{image: "ubuntu", command: ["sleep"], args: ["4800"], securityContext: {runAsGroup: 7, capabilities: {add: ["SYS_TIME", "NET_ADMIN"]}}}'
  while IFS=$'\t' read -r name field filter; do
    meant+=("$(jq -nc --arg name "$name" "$one | .name = \$name")")
    started+=("$(jq -c "$filter" <<< "${meant[-1]}")")
  done < <(starts)
  BASE=$(printf '%s\n' "${meant[@]}" | jq -s '{apiVersion: "v1", kind: "Pod", metadata: {name: "many"}, spec: {securityContext: {runAsUser: 1010}, containers: .}}')
  jq --argjson started "$(printf '%s\n' "${started[@]}" | jq -s .)" '.spec.containers = $started' <<< "$BASE" > "$M"
}

@test "a container that was started otherwise: one DRIFT row, on podman, over CRI, and for nsctl's sandboxes" {
  many_starts
  for engine in podman cri nsctl; do
    played "$engine" drift-many "$M"
    run -1 --separate-stderr "$NSCTL" diff -f - "$POD" -o json <<< "$BASE"
    json=$output
    while IFS=$'\t' read -r name field _; do
      [ "$engine $field" != 'nsctl readOnlyRootFilesystem' ] || continue
      items=$(jq -c --arg name "$name" '{items: [.items[] | select(.container | test("[/-]" + $name + "$"))]}' <<< "$json")
      assert_equal "$engine $name: $(drifts <<< "$items")" "$engine $name: $field"
    done < <(starts)
    run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -q
    container_stop "$engine" drift-many > /dev/null 2>&1 || "$NSCTL" kill "nsctl/$POD"
  done
}

@test "host namespaces, over CRI: one DRIFT row each, whatever the number of containers" {
  BASE=$(jq -n '{apiVersion: "v1", kind: "Pod", metadata: {name: "p"}, spec: {containers: [{name: "a", image: "ubuntu", command: ["sleep", "4800"]}, {name: "b", image: "ubuntu", command: ["sleep", "4800"]}]}}')
  for field in hostPID hostNetwork hostIPC shareProcessNamespace; do
    changed ".spec.$field = true"
    played cri drift-host "$M"
    run -1 --separate-stderr "$NSCTL" diff -f - "$POD" -o json <<< "$BASE"
    assert_equal "$(drifts <<< "$output")" "$field"
    assert_equal "$(row "$field" <<< "$output")" '["pod",null,true,true,"DRIFT"]'
    run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD"
  done
}

@test "settings of the kernel are read in the pod's namespaces" {
  BASE=$(jq -n '{apiVersion: "v1", kind: "Pod", metadata: {name: "p"}, spec: {securityContext: {sysctls: [
    {name: "kernel.shm_rmid_forced", value: "1"}, {name: "net.ipv4.ip_local_port_range", value: "20000 30000"}]},
    containers: [{name: "a", image: "ubuntu", command: ["sleep", "4800"]}]}}')
  changed .
  played cri drift-sysctl "$M"
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(row 'sysctls[net.ipv4.ip_local_port_range]' <<< "$output")" '["pod","20000 30000","20000 30000","20000 30000","ok"]'
  assert_equal "$(row 'sysctls[kernel.shm_rmid_forced]' <<< "$output")" '["pod","1","1","1","ok"]'
  [ "$(cat /proc/sys/net/ipv4/ip_local_port_range)" != $'20000\t30000' ]
  # changed while it runs, from within its network
  nsenter -t "$(container_pid cri drift-sysctl)" -n sh -c 'echo 21000 30000 > /proc/sys/net/ipv4/ip_local_port_range'
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(drifts <<< "$output")" 'sysctls[net.ipv4.ip_local_port_range]'
  changed '.spec.securityContext.sysctls = [{name: "net.ipv4.no_such", value: "1"}]'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(row 'sysctls[net.ipv4.no_such]' <<< "$output")" '["pod","1",null,null,"UNKNOWN"]'
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" --strict -q
}

@test "two levels: the Pod's reaches both containers, the container's own wins" {
  sed 's/image: debian/image: ubuntu/' "$EXAMPLES/pod-levels.yaml" > "$M"
  for engine in cri nsctl; do
    played "$engine" drift-levels "$M"
    run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
    assert_equal "$engine $(jq -c '[.items[] | select(.field == "runAsUser") | [(.container | split("/")[2] | split("-")[-1]), .level, .kernel]]' <<< "$output")" \
      "$engine "'[["app","pod",1000],["admin","container",0]]'
    assert_equal "$(jq -c '[.items[] | select(.field == "supplementalGroups") | [.level, .manifest, .verdict]]' <<< "$output")" \
      '[["pod",["4000"],"ok"],["pod",["4000"],"ok"]]'
    assert_equal "$(jq -c '[.items[] | select(.field == "fsGroup") | .line] | unique' <<< "$output")" "[$(grep -n fsGroup: "$M" | cut -d: -f1)]"
  done
  # one of them
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -c admin -o json
  assert_equal "$(jq -r '[.items[].container] | unique | length' <<< "$output")" 1
  run -2 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -c amdin
  assert_equal "$stderr" "nsctl: $M: no container is called amdin"$'\n  did you mean -c admin?'
  run -2 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -c other
  assert_equal "$stderr" "nsctl: $M: no container is called other"$'\n  it has app, admin'
}

@test "capabilities at Pod level are IGNORED, with the word of the strict API server" {
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  played cri drift-c2 "$EXAMPLES/pod-runasuser.yaml"
  changed '.spec.securityContext.capabilities.add = ["NET_ADMIN"]'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(row capabilities.add <<< "$output")" '["pod",["NET_ADMIN"],null,null,"IGNORED"]'
  assert_equal "$(jq -r '.items[] | select(.verdict == "IGNORED") | .reason' <<< "$output")" \
    'has no effect at Pod level: the field exists at container level only, and a strict API server refuses it'
  changed ".spec.capabilities.add = [\"NET_ADMIN\"] | .spec.containers[0].privileged = true | $C.hostPID = true | $C.fsGroup = 3"
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(jq -c '[.items[] | select(.verdict == "IGNORED") | [.level, .field]]' <<< "$output")" \
    '[["pod","capabilities"],["container","fsGroup"],["container","privileged"],["container","hostPID"]]'
  assert_equal "$(jq -r '[.items[] | select(.verdict == "IGNORED" and (.reason | endswith("a strict API server refuses it") | not))] | length' <<< "$output")" 0
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" --strict -q
}

@test "granted, not usable: the same words in diff -f, caps and predict" {
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  changed "$C.capabilities.add = [\"SYS_TIME\", \"NET_ADMIN\"]"
  played cri drift-both "$M"
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(row capabilities.add <<< "$output" | jq -c '.[4]')" '"IGNORED"'
  reason=$(jq -r '.items[] | select(.field == "capabilities.add") | .reason' <<< "$output")
  run -0 --separate-stderr "$NSCTL" caps "default/nsctl-test-drift-both"
  words=$(grep -A1 'granted but cannot be used' <<< "$output")
  [[ $words == 'NET_ADMIN and SYS_TIME were granted but cannot be used: uid 1010 is not root'*$'\n  Ways out: '* ]] || fail "$output"
  assert_equal "$reason" "granted, not usable: ${words/$'\n '/}"
  run -0 --separate-stderr "$NSCTL" predict -f "$M" --engine containerd
  assert_equal "$(grep -A1 'granted but cannot be used' <<< "$output")" "$words"
  # podman makes them ambient: there they can be used
  played podman drift-both "$M"
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(row capabilities.add <<< "$output" | jq -c '.[4]')" '"ok"'
}

@test "without TARGET: by namespace and name, podman's by name, a workload's by its pattern" {
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  played cri drift-named "$EXAMPLES/pod-runasuser.yaml"
  changed '.metadata.name = "nsctl-test-drift-named"'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" -o json
  assert_equal "$(jq -r '.items[0].container' <<< "$output")" default/nsctl-test-drift-named/ubuntu-sleeper
  assert_equal "$(jq -r '[.items[].file] | unique[]' <<< "$output")" "$M"
  run -2 --separate-stderr "$NSCTL" diff -f "$M" -n shop
  [[ $stderr == *'its namespace is default, and -n says shop'* ]]
  changed '.metadata.name = "nsctl-test-drift-named" | .metadata.namespace = "shop"'
  run -2 --separate-stderr "$NSCTL" diff -f "$M"
  assert_equal "${lines[*]}${stderr%%$'\n'*}" "nsctl: $M: Pod nsctl-test-drift-named in namespace shop has no pod here"
  # a Deployment's two pods, under names as Kubernetes makes them
  for pod in drift-web-5d4f6b7c89-bcdfg drift-web-5d4f6b7c89-x2x4x; do
    played cri "$pod" "$EXAMPLES/pod-runasuser.yaml"
  done
  changed '{apiVersion: "v1", kind: "List", items: [{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: "nsctl-test-drift-web"}, spec: {template: {spec: .spec}}}]}'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" -o json
  assert_equal "$(jq -r '[.items[] | select(.field == "runAsUser") | .container] | join(" ")' <<< "$output")" \
    'default/nsctl-test-drift-web-5d4f6b7c89-bcdfg/ubuntu-sleeper default/nsctl-test-drift-web-5d4f6b7c89-x2x4x/ubuntu-sleeper'
  changed '{apiVersion: "apps/v1", kind: "StatefulSet", metadata: {name: "nsctl-test-drift-web"}, spec: {template: {spec: .spec}}}'
  run -2 --separate-stderr "$NSCTL" diff -f "$M"
  # podman has no namespaces
  played podman drift-named2 "$EXAMPLES/pod-runasuser.yaml"
  changed '.metadata.name = "nsctl-test-drift-named2"'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" -o name
  assert_line --index 0 podman/nsctl-test-drift-named2-ubuntu-sleeper
}

@test "podman's pod of a Deployment" {
  engine_require podman
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  changed '{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: "drift-dep"}, spec: {template: {spec: .spec}}}'
  as_yaml "$M" > "$M.yaml"
  PODS="${PODS-} podman:drift-dep-pod-0"
  container_play podman drift-dep "$M.yaml"
  changed '{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: "nsctl-test-drift-dep"}, spec: {template: {spec: .spec}}}'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" -o json
  assert_equal "$(row runAsUser <<< "$output")" '["pod",1010,1010,1010,"ok"]'
}

@test "init containers that have ended are no matter, a main one that is gone is: status 3" {
  BASE=$(jq -n '{apiVersion: "v1", kind: "Pod", metadata: {name: "p"}, spec: {
    initContainers: [{name: "first", image: "ubuntu", command: ["true"]}],
    containers: [{name: "a", image: "ubuntu", command: ["sleep", "4800"]}, {name: "b", image: "ubuntu", command: ["sleep", "4800"]}]}}')
  changed .
  played cri drift-init "$M"
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD"
  assert_equal "$stderr" ''
  # one that the manifest does not know is told
  changed 'del(.spec.containers[1])'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$POD"
  assert_equal "$stderr" 'nsctl: default/nsctl-test-drift-init: container b does not stand in the manifest'
  changed .
  container_halt cri drift-init/b
  run -3 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$stderr" 'nsctl: default/nsctl-test-drift-init: container b is not running'
  assert_equal "$(jq -c '[.errors[] | [.target, .code, .message]]' <<< "$output")" \
    '[["default/nsctl-test-drift-init","ESRCH","container b is not running"]]'
  run -2 --separate-stderr "$NSCTL" diff -f "$M" nosuch-pod
  [[ $stderr == 'nsctl: nosuch-pod: no such container'* ]]
}

@test "one container, of an engine that knows no pods" {
  BASE=$(as_json "$EXAMPLES/pod-capabilities.yaml")
  changed .
  own docker drift-one --cap-add SYS_TIME --cap-add NET_ADMIN -- sleep 4800
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$T" -o json
  assert_equal "$(row capabilities.add <<< "$output" | jq -c '.[4]')" '"ok"'
  changed "$C.capabilities.add = [\"SYS_TIME\"]"
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$T" -o json
  assert_equal "$(drifts <<< "$output")" capabilities.add
  # what it has become since: a process that changed its user
  own docker drift-two --cap-add SYS_TIME --cap-add NET_ADMIN -- su -s /bin/sh app -c 'exec sleep 4800'
  wait_until 20 grep -q '^Uid:.1000' "/proc/$INIT/status"
  changed "$C.runAsUser = 0 | del(.spec.containers[0].command)"
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$T" -o json
  assert_equal "$(row runAsUser <<< "$output")" '["container",0,0,1000,"DRIFT"]'
  assert_equal "$(jq -r '.items[] | select(.field == "runAsUser") | .reason' <<< "$output")" \
    'its config agrees: it has become another since it was started'
}

@test "a TARGET gives its own verdict, whatever is odd elsewhere; in the REPL it is the target in use" {
  BASE=$(as_json "$EXAMPLES/pod-capabilities.yaml")
  own docker drift-one --cap-add SYS_TIME --cap-add NET_ADMIN -- sleep 4800
  changed .
  mkdir -p "$BATS_TEST_TMPDIR/odd/x"
  echo '{' > "$BATS_TEST_TMPDIR/odd/x/state.json"
  run -3 --separate-stderr "$NSCTL" --root "runc=$BATS_TEST_TMPDIR/odd" get co -q
  run -0 --separate-stderr "$NSCTL" --root "runc=$BATS_TEST_TMPDIR/odd" diff -f "$M" "$T" -q
  assert_equal "$stderr" ''
  run -0 "$NSCTL" repl -c "use $T" -c "diff -f $M -o name"
  assert_line --index 0 "$T"
  run -1 "$NSCTL" repl -c "use $T" -c 'diff --only pids -o name'
  assert_line --index 0 "$T"
  changed "$C.capabilities.add = [\"SYS_TIME\"]"
  run -1 --separate-stderr "$NSCTL" --root "runc=$BATS_TEST_TMPDIR/odd" diff -f "$M" "$T" -q
  assert_equal "$stderr" ''
}

@test "rootless: a user namespace is the engine's doing, no drift" {
  own rootless drift-rootless -- sleep 4800
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  changed 'del(.spec.securityContext) | .spec.hostUsers = true'
  run -0 --separate-stderr "$NSCTL" diff -f "$M" "$T" -o json
  assert_equal "$(row hostUsers <<< "$output" | jq -c '.[4]')" '"IGNORED"'
}
