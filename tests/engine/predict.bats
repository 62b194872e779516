#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# predict beside what docker, podman and containerd really give: the uid, the five sets and no_new_privs of a process that each
# of them started. A careless table forgets that podman makes ambient what is added, or what execve takes from users.

load engine

setup() { M=$BATS_TEST_TMPDIR/m.json; }
teardown() {
  if [ -n "${PLAYED-}" ]; then container_stop "$PLAYED" predict > /dev/null 2>&1 || true; fi
  ended
}

# NAME, what docker is told, the container's securityContext
cases() {
  cat << 'CASES'
root	-u 0	{"runAsUser": 0}
user	-u 1000	{"runAsUser": 1000}
root-add	-u 0 --cap-add SYS_TIME --cap-add NET_ADMIN	{"runAsUser": 0, "capabilities": {"add": ["SYS_TIME", "NET_ADMIN"]}}
user-add	-u 1010 --cap-add SYS_TIME --cap-add NET_ADMIN	{"runAsUser": 1010, "capabilities": {"add": ["SYS_TIME", "NET_ADMIN"]}}
root-drop	-u 0 --cap-drop ALL	{"runAsUser": 0, "capabilities": {"drop": ["ALL"]}}
user-drop	-u 1000 --cap-drop ALL	{"runAsUser": 1000, "capabilities": {"drop": ["ALL"]}}
root-both	-u 0 --cap-drop ALL --cap-add CHOWN	{"runAsUser": 0, "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}
user-both	-u 1000 --cap-drop ALL --cap-add NET_BIND_SERVICE	{"runAsUser": 1000, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}
root-one	-u 0 --cap-drop CHOWN	{"runAsUser": 0, "capabilities": {"drop": ["CHOWN"]}}
root-nnp	-u 0 --security-opt no-new-privileges	{"runAsUser": 0, "allowPrivilegeEscalation": false}
user-nnp	-u 1000 --cap-add SYS_TIME --security-opt no-new-privileges	{"runAsUser": 1000, "allowPrivilegeEscalation": false, "capabilities": {"add": ["SYS_TIME"]}}
root-priv	--privileged -u 0	{"runAsUser": 0, "privileged": true}
user-priv	--privileged -u 1000	{"runAsUser": 1000, "privileged": true}
CASES
}

# manifest: a Pod with a container for each case.
manifest() {
  local name flags context
  while IFS=$'\t' read -r name flags context; do
    jq -nc --arg name "$name" --argjson context "$context" \
      '{name: $name, image: "docker.io/library/nsctl-test-base:latest", command: ["sleep", "4800"], securityContext: $context}'
  done < <(cases) | jq -s '{apiVersion: "v1", kind: "Pod", metadata: {name: "predict"}, spec: {containers: .}}' > "$M"
}

# masks: the items of a prediction as "NAME UID INH PRM EFF BND AMB NNP", as status has them.
masks() {
  local bits
  bits=$("$NSCTL" get capabilities -o json | jq -c '[.items[] | {(.name): .number}] | add')
  jq -r --argjson bits "$bits" '.items[] | [.container, .uid] + ([.inheritable, .permitted, .effective, .bounding, .ambient]
    | map(map($bits[.]) | sort | map(tostring) | join(","))) + [if .noNewPrivs then 1 else 0 end] | join(" | ")'
}

# held FILE NAME: the same of a status.
held() {
  local line name=$2 out
  out="$name | $(awk '/^Uid:/ { print $2 }' "$1")"
  for line in CapInh CapPrm CapEff CapBnd CapAmb; do
    out="$out | $(bits_of "$(awk -v n="$line:" '$1 == n { print $2 }' "$1")")"
  done
  printf '%s | %s\n' "$out" "$(awk '/^NoNewPrivs:/ { print $2 }' "$1")"
}
bits_of() {
  local mask=$((16#$1)) bit out=''
  for ((bit = 0; bit < 63; bit++)); do
    [ $((mask >> bit & 1)) = 0 ] || out="$out${out:+,}$bit"
  done
  printf '%s' "$out"
}

# by_docker PATTERN: the cases that it fits, each run by docker.
by_docker() {
  local name flags wanted
  engine_require docker
  manifest
  run -0 "$NSCTL" predict -f "$M" --engine docker -o json
  wanted=$(masks <<< "$output")
  while IFS=$'\t' read -r name flags _; do
    # shellcheck disable=SC2086 # words
    engine_cli docker run --rm --network none --ulimit nofile=1024:1024 $flags nsctl-test-base cat /proc/self/status > "$M.status"
    assert_equal "$(held "$M.status" "$name")" "$(grep "^$name |" <<< "$wanted")"
  done < <(cases | grep -E "$1")
}

@test "docker" { by_docker '^[a-z]+(-(add|drop|both|one|nnp))?'$'\t'; }

@test "docker, privileged" {
  [ $((16#$(awk '/^CapBnd:/ { print $2 }' /proc/1/status) >> 24 & 1)) = 1 ] ||
    skip 'docker --privileged: this machine has no CAP_SYS_RESOURCE (podman and CRI show it all the same)'
  by_docker '^[a-z]+-priv'
}

# pod ENGINE RULES [OPTION...]
pod() {
  local engine=$1 name
  engine_require "$engine"
  manifest
  run -0 "$NSCTL" predict -f "$M" --engine "$2" -o json "${@:3}"
  wanted=$(masks <<< "$output")
  python3 -c 'import sys, yaml; print(yaml.safe_dump(yaml.safe_load(open(sys.argv[1])), sort_keys=False))' "$M" > "$M.yaml"
  PLAYED=$engine
  container_play "$engine" predict "$M.yaml"
  while IFS=$'\t' read -r name _; do
    assert_equal "$engine $(held "/proc/$(container_pid "$engine" "predict/$name")/status" "$name")" \
      "$engine $(grep "^$name |" <<< "$wanted")"
  done < <(cases)
}

@test "containerd, over CRI" { pod cri containerd; }

# The settings of the tests have no default_capabilities, and podman 4.3 itself has fourteen; distributions write eleven.
@test "podman play kube" {
  pod podman podman --default-caps \
    CHOWN,DAC_OVERRIDE,FSETID,FOWNER,MKNOD,NET_RAW,SETGID,SETUID,SETFCAP,SETPCAP,NET_BIND_SERVICE,SYS_CHROOT,KILL,AUDIT_WRITE
}
