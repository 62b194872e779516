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
  container_play "$1" "$2" "$3"
}

# as_json FILE: the manifest; changed FILTER: the manifest in $BASE, changed.
as_json() { python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' "$1"; }
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

# each_is_one_drift TARGET
each_is_one_drift() {
  local field filter
  while IFS=$'\t' read -r field filter; do
    changed "$filter"
    run -1 --separate-stderr "$NSCTL" diff -f "$M" "$1" -o json
    assert_equal "$filter: $(drifts <<< "$output")" "$filter: $field"
  done < <(changes)
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

@test "podman: each changed setting is one DRIFT row" {
  played podman drift-p1 "$EXAMPLES/pod-runasuser.yaml"
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  each_is_one_drift "$POD"
  changed "$C.readOnlyRootFilesystem = true"
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(drifts <<< "$output")" readOnlyRootFilesystem
  # podman's own filter is on
  changed "$C.seccompProfile.type = \"Unconfined\""
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(drifts <<< "$output")" seccompProfile.type
}

@test "cri: each changed setting is one DRIFT row" {
  played cri drift-c1 "$EXAMPLES/pod-runasuser.yaml"
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  each_is_one_drift "$POD"
  changed "$C.readOnlyRootFilesystem = true"
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(drifts <<< "$output")" readOnlyRootFilesystem
  changed "$C.seccompProfile.type = \"RuntimeDefault\""
  run -1 --separate-stderr "$NSCTL" diff -f "$M" "$POD" -o json
  assert_equal "$(drifts <<< "$output")" seccompProfile.type
}

@test "nsctl's sandbox: each changed setting is one DRIFT row" {
  played nsctl drift-n1 "$EXAMPLES/pod-runasuser.yaml"
  BASE=$(as_json "$EXAMPLES/pod-runasuser.yaml")
  each_is_one_drift "$POD"
}
