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
SOURCES=()
for level in "${!LEVELS[@]}"; do SOURCES+=("nsctl-test-generate-$level"); done

# Others: a name, the engine, options.
others() {
  cat << OTHERS
user docker -u 1000 --cap-add SYS_TIME
profile docker --raw --security-opt --raw seccomp=$BATS_FILE_TMPDIR/profile.json
umask podman --raw --umask --raw 0027 -u 1000:1000 --cap-add SYS_TIME
mapped rootless
OTHERS
}

# begun NAME ENGINE OPTION...: in the background, three at a time.
begun() {
  local name=$1 engine=$2
  shift 2
  engine_runs "$engine" || return 0
  container_start "$engine" "generate-$name" "$@" > "$BATS_FILE_TMPDIR/$name.target" 2> "$BATS_FILE_TMPDIR/$name.err" 3>&- &
  BEGUN=$((BEGUN + 1))
  [ "$BEGUN" -lt 3 ] || wait -n || true
}

# all_ended: removes them, and those of a run that was killed.
all_ended() {
  local engine
  [ ! -f "$NSCTL_TEST_ENV" ] || for engine in docker podman rootless; do
    ! engine_runs "$engine" ||
      engine_cli "$engine" rm -f "${SOURCES[@]}" nsctl-test-generate-{user,profile,umask,mapped} > /dev/null 2>&1 3>&- &
  done
  wait
}

# All start together, and end together; one question for the sources' PIDs.
setup_file() {
  local i name options pids
  [ -f "$NSCTL_TEST_ENV" ] || return 0
  all_ended
  BEGUN=0
  jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["swapon"], action: "SCMP_ACT_ERRNO"}]}' > "$BATS_FILE_TMPDIR/profile.json"
  for i in "${!LEVELS[@]}"; do
    read -ra options <<< "${LEVELS[i]}"
    begun "$i" docker "${options[@]}"
  done
  while read -r name options; do
    # shellcheck disable=SC2086 # words
    begun "$name" $options
  done < <(others)
  wait
  engine_runs docker || return 0
  mapfile -t pids < <(engine_cli docker inspect -f '{{.State.Pid}}' "${SOURCES[@]}")
  for i in "${!LEVELS[@]}"; do
    wait_until 20 init_has_begun "${pids[i]}"
    status_of "${pids[i]}" > "$BATS_FILE_TMPDIR/$i.wanted" || cat "$BATS_FILE_TMPDIR/$i.err" >&2
  done
}

teardown_file() { all_ended; }

# other NAME: sets T.
other() {
  T=$(cat "$BATS_FILE_TMPDIR/$1.target")
  [ -n "$T" ] || fail "$(cat "$BATS_FILE_TMPDIR/$1.err")"
}

# each_level FUNCTION: with SOURCE, and WANTED, its twelve lines.
each_level() {
  local i
  for i in "${!LEVELS[@]}"; do
    SOURCE=docker/nsctl-test-generate-$i
    WANTED=$(cat "$BATS_FILE_TMPDIR/$i.wanted")
    [ "$(wc -l <<< "$WANTED")" = 12 ] || fail "$SOURCE: $(cat "$BATS_FILE_TMPDIR/$i.err")"
    "$1" "$i"
  done
}

# again ENGINE NUMBER: starts one with the flags that generate prints. What it is shows itself: the status is that of its init.
again() {
  local words
  run -0 --separate-stderr "$NSCTL" generate "$1" "$SOURCE"
  assert_equal "$stderr" ''
  read -ra words <<< "$output"
  printf '%s\n' "$1 run $output: $WANTED" > "$BATS_TEST_TMPDIR/$2.wanted"
  {
    printf '%s\n' "$1 run $output: $(once "$1" "${words[@]}" 2>&1 | fields)" > "$BATS_TEST_TMPDIR/$2.got"
  } 3>&- &
  [ "$2" -lt 2 ] || wait -n || true
}
by_docker() { again docker "$1"; }
by_podman() { again podman "$1"; }

# once ENGINE FLAG...: the status of a container's only process.
once() {
  local engine=$1
  shift
  case $engine in
    docker) engine_cli docker run --rm --network none "$@" nsctl-test-base cat /proc/self/status ;;
    podman)
      engine_cli podman run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 \
        --cgroup-parent "/$(instance_cgroup)/podman" "$@" docker.io/library/nsctl-test-base cat /proc/self/status
      ;;
  esac
}

# all_alike: what again() has started is as it was wanted.
all_alike() {
  local i
  wait
  for i in "${!LEVELS[@]}"; do
    assert_equal "$(cat "$BATS_TEST_TMPDIR/$i.got")" "$(cat "$BATS_TEST_TMPDIR/$i.wanted")"
  done
}

@test "docker run with the flags gives the same twelve lines, ten times" {
  engine_require docker
  each_level by_docker
  all_alike
}

@test "podman run with the flags gives the same twelve lines, ten times" {
  engine_require docker podman
  each_level by_podman
  all_alike
}

# The manifest is compared with the one that it was made from.
no_drift() {
  local form
  for form in '' --portable; do
    # shellcheck disable=SC2086
    "$NSCTL" generate $form k8s "$SOURCE" > "$BATS_TEST_TMPDIR/pod.yaml" || fail "$(cat "$BATS_TEST_TMPDIR/pod.yaml")"
    run -0 "$NSCTL" diff -f "$BATS_TEST_TMPDIR/pod.yaml" "$SOURCE"
    refute_output --partial DRIFT
  done
}

# as_runc: the config, run by runc: its process shows its status.
as_runc() {
  local bundle=$BATS_TEST_TMPDIR/bundle got
  mkdir -p "$bundle"
  "$NSCTL" generate oci "$SOURCE" | jq --arg root "$(image_rootfs base)" \
    '.root.path = $root | .root.readonly = true | .process.args = ["cat", "/proc/self/status"]' > "$bundle/config.json"
  got=$(runc --root "$BATS_TEST_TMPDIR/runc" run --bundle "$bundle" generate3 < /dev/null 2> "$bundle/log" 3>&- | fields)
  assert_equal "$got$(cat "$bundle/log")" "$WANTED"
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
  run -0 "$NSCTL" generate docker --portable docker/nsctl-test-generate-1
  assert_output --regexp '^--user 0:0 --cap-drop ALL --cap-add CHOWN .*--cap-add SYS_TIME'
  refute_output --partial 'MKNOD'
}

@test "what cannot be said is a line on stderr and status 3" {
  engine_require docker podman
  other user
  run -0 "$NSCTL" generate docker "$T"
  run -3 --separate-stderr "$NSCTL" generate podman "$T"
  assert_output --partial '--user 1000:1000'
  assert_equal "$stderr" "nsctl: $T: not expressed by podman: the bounding set: without SYS_TIME, which it would make usable for user 1000"
  run -2 --separate-stderr "$NSCTL" generate dcker "$T"
  assert_equal "$stderr" $'nsctl: generate does not write dcker\n  did you mean docker?'
  run -2 "$NSCTL" generate docker
  run -2 "$NSCTL" generate
  other umask
  run -3 --separate-stderr "$NSCTL" generate docker "$T"
  [[ $stderr = *'its umask 0027'* ]]
  [[ $stderr = *'the ambient set: it has SYS_TIME, and would get -'* ]]
  # podman itself has words for both
  run -0 "$NSCTL" generate podman "$T"
  assert_output --partial '--umask 0027'
}

@test "a profile of its own, a user namespace" {
  engine_require docker rootless
  other profile
  run -3 --separate-stderr "$NSCTL" generate docker "$T"
  [[ $stderr = *'its seccomp profile is no engine'* ]]
  run -0 "$NSCTL" generate oci "$T"
  assert_equal "$(jq -r '.linux.seccomp.syscalls[0].names[0]' <<< "$output")" swapon
  other mapped
  run -3 --separate-stderr "$NSCTL" generate docker "$T"
  [[ $stderr = *userns-remap* ]]
  run "$NSCTL" generate podman "$T"
  assert_output --partial '--uidmap 0:'
}
