#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Round trip: what generate prints, given back, makes a process with the same twelve lines of /proc/PID/status. For containers that
# docker's flags can express: docker run, podman run, runc, setpriv, and a manifest that diff -f finds no drift in.

load engine

LEVELS=(
  ''
  '--cap-add NET_ADMIN --cap-add SYS_TIME --cap-drop MKNOD'
  '--cap-drop ALL'
  '--cap-drop ALL --cap-add NET_BIND_SERVICE --cap-add CHOWN'
  '-u 1000:1000'
  '-u 1000:1000 --group-add 2001 --group-add 3000 --no-new-privs'
  '-u 101:102 --cap-drop KILL --cap-drop SETUID --read-only'
  '--cap-add ALL --cap-drop SYS_RESOURCE --seccomp unconfined'
  '--seccomp unconfined --no-new-privs --read-only'
  '-u 65534:65534 --pid host --ipc host'
)

# source LEVEL: the container that is to be made again. Sets WANTED, its twelve lines.
source_of() {
  local options
  read -ra options <<< "$1"
  own docker generate1 "${options[@]}"
  SOURCE=$T
  WANTED=$(status_of "$INIT")
}

# again ENGINE: starts one with the flags that generate prints, and compares.
again() {
  local word raw=() words
  run -0 --separate-stderr "$NSCTL" generate "$1" "$SOURCE"
  assert_equal "$stderr" ''
  read -ra words <<< "$output"
  for word in "${words[@]}"; do raw+=(--raw "$word"); done
  FLAGS=$output
  own "$1" generate2 "${raw[@]}"
  assert_equal "$1 $FLAGS: $(status_of "$INIT")" "$1 $FLAGS: $WANTED"
  container_stop "$1" generate2
}

each_level() {
  local level
  for level in "${LEVELS[@]}"; do
    source_of "$level"
    "$@"
    disowned
  done
}

both() { again docker && again podman; }

@test "docker run and podman run with the flags give the same twelve lines, ten times" {
  engine_require docker podman
  each_level both
}

# The manifest is compared with the one that it was made from.
no_drift() {
  local form
  for form in '' --portable; do
    # shellcheck disable=SC2086
    "$NSCTL" generate $form k8s "$SOURCE" > "$BATS_TEST_TMPDIR/pod.yaml" || fail "$(cat "$BATS_TEST_TMPDIR/pod.yaml")"
    # other engines' notes are none of its business
    NSCTL_ROOT=docker=$NSCTL_TEST_DIR/docker/exec run -0 "$NSCTL" diff -f "$BATS_TEST_TMPDIR/pod.yaml" "$SOURCE"
    refute_output --partial DRIFT
  done
}

# as_runc: the config, run by runc.
as_runc() {
  local bundle=$BATS_TEST_TMPDIR/bundle pid
  mkdir -p "$bundle"
  "$NSCTL" generate oci "$SOURCE" > "$bundle/config.json"
  jq --arg root "$(image_rootfs base)" '.root.path = $root | .root.readonly = true' "$bundle/config.json" > "$bundle/c"
  mv "$bundle/c" "$bundle/config.json"
  runc --root "$BATS_TEST_TMPDIR/runc" run -d --bundle "$bundle" --pid-file "$bundle/pid" generate3 < /dev/null > "$bundle/log" 2>&1 3>&- ||
    fail "$(cat "$bundle/log")"
  pid=$(cat "$bundle/pid")
  got=$(status_of "$pid")
  runc --root "$BATS_TEST_TMPDIR/runc" delete -f generate3
  assert_equal "$got" "$WANTED"
}

# as_setpriv: all but the filter, which setpriv does not load.
as_setpriv() {
  local words
  words=$("$NSCTL" generate setpriv "$SOURCE" 2> "$BATS_TEST_TMPDIR/err") || [ $? = 3 ]
  # shellcheck disable=SC2086 # words on purpose
  got=$(umask 022 && $words cat /proc/self/status | fields | grep -v Seccomp)
  assert_equal "$got" "$(grep -v Seccomp <<< "$WANTED")"
}

three() { no_drift && as_runc && as_setpriv; }

@test "k8s: no drift; oci: runc gives the same twelve lines; setpriv: all but the filter; ten times" {
  engine_require docker runc
  each_level three
}

@test "portable: the same again, whatever the defaults are" {
  engine_require docker
  source_of '--cap-add SYS_TIME --cap-drop KILL'
  run -0 "$NSCTL" generate docker --portable "$SOURCE"
  assert_output --regexp '^--user 0:0 --cap-drop ALL --cap-add CHOWN .*--cap-add SYS_TIME'
  refute_output --partial 'KILL'
}

@test "what cannot be said is a line on stderr and status 3" {
  engine_require docker podman
  own docker generate1 -u 1000 --cap-add SYS_TIME
  run -0 "$NSCTL" generate docker "$T"
  run -3 --separate-stderr "$NSCTL" generate podman "$T"
  assert_output --partial '--user 1000:1000'
  assert_equal "$stderr" "nsctl: $T: not expressed by podman: the bounding set: without SYS_TIME, which it would make usable for user 1000"
  run -2 --separate-stderr "$NSCTL" generate dcker "$T"
  assert_equal "$stderr" $'nsctl: generate does not write dcker\n  did you mean docker?'
  run -2 "$NSCTL" generate docker
  run -2 "$NSCTL" generate
  disowned
  own podman generate1 --raw --umask --raw 0027 -u 1000:1000 --cap-add SYS_TIME
  run -3 --separate-stderr "$NSCTL" generate docker "$T"
  [[ $stderr = *'its umask 0027'* ]]
  [[ $stderr = *'the ambient set: it has SYS_TIME, and would get -'* ]]
  # podman itself has words for both
  WANTED=$(status_of "$INIT") SOURCE=$T
  run -0 "$NSCTL" generate podman "$SOURCE"
  assert_output --partial '--umask 0027'
}

@test "a profile of its own, a user namespace" {
  engine_require docker rootless
  jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["swapon"], action: "SCMP_ACT_ERRNO"}]}' > "$BATS_TEST_TMPDIR/p.json"
  own docker generate1 --raw --security-opt --raw "seccomp=$BATS_TEST_TMPDIR/p.json"
  run -3 --separate-stderr "$NSCTL" generate docker "$T"
  [[ $stderr = *'its seccomp profile is no engine'* ]]
  run -0 "$NSCTL" generate oci "$T"
  assert_equal "$(jq -r '.linux.seccomp.syscalls[0].names[0]' <<< "$output")" swapon
  own rootless generate4
  run -3 --separate-stderr "$NSCTL" generate docker "$T"
  [[ $stderr = *userns-remap* ]]
  run "$NSCTL" generate podman "$T"
  assert_output --partial '--uidmap 0:'
}
