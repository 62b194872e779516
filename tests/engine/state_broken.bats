#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# State files that are cut, empty, no text or no file: each is named, and hides neither the containers beside it nor what the other
# files of its own container tell. A careless tool stops at the first one, waits for a FIFO, or starts a command with the defaults.

load engine
no_leak_search

setup() {
  WORLD=$BATS_TEST_TMPDIR/world
  SLEEPERS=() BROKEN=() LISTED=() CONFIGS=()
}
teardown() {
  [ ${#SLEEPERS[@]} = 0 ] || kill "${SLEEPERS[@]}"
  ended
}

# process: an init for a container; sets PID and START.
process() {
  sleep 4800 3>&- &
  PID=$!
  SLEEPERS+=("$PID")
  START=$(proc_start "$PID")
}

# whole FILE ID: what stands in it when it is as it should be, of the container whose init is PID.
whole() {
  case $1 in
    */init.pid | */pidfile) printf '%d' "$PID" ;;
    */status) printf '{"pid": %d, "process-start-time": %d}' "$PID" "$START" ;;
    # runc's and nsctl's
    */state.json)
      printf '{"id": "%s", "init_process_pid": %d, "init_process_start": %d, "config": {"labels": []}, ' "$2" "$PID" "$START"
      printf '"version": 1, "name": "%s", "pid": %d, "start": %d}' "$2" "$PID" "$START"
      ;;
    */config.v2.json) printf '{"Name": "/name-%s", "Config": {"Image": "base", "Labels": {}}}' "$2" ;;
    */config.json) printf '{"ociVersion": "1.0.2", "process": {"user": {"uid": 0, "gid": 0}, "args": ["sleep"], "cwd": "/", "capabilities": {}}, "annotations": {"io.kubernetes.cri-o.ContainerType": "container"}}' ;;
  esac
}

spoil() {
  case $1 in
    cut) printf '{"id": "x", "init_process_pid": ' > "$2" ;;
    bytes) printf '\000\001\002' > "$2" ;;
    empty) : > "$2" ;;
    fifo) mkfifo "$2" ;;
  esac
}

# made ID KIND BROKEN FILE...: a container of these files, of which BROKEN is spoiled; none when that is -.
made() {
  local id=$1 file path
  process
  for file in "${@:4}"; do
    # shellcheck disable=SC2059 # the place of the ID
    path=$WORLD/$(printf "${file#=}" "$id")
    mkdir -p "${path%/*}"
    if [ "$file" != "$3" ]; then
      whole "$path" "$id" > "$path"
    else
      spoil "$2" "$path"
      BROKEN+=("$path")
      case $path in
        */config.json) CONFIGS+=("$id $path") ;;
      esac
    fi
  done
  case $3 in
    */init.pid | */pidfile | */status | */state.json) ;; # nothing else tells its PID
    *) LISTED+=("$id $PID") ;;
  esac
}

# one_by_one ENGINE FILE...: containers of which one file is broken each, beside one that is whole. FILE is where the engine has it: below
# run/ (its --root) or data/ (its --data-root), %s for the ID; one behind a = stays whole.
one_by_one() {
  first_pidns_require # its inits are no containers but by their files
  local engine=$1 file kind item n=0 id options=(--root "$1=$WORLD/run")
  shift
  for file in "$@"; do
    [[ $file != =* ]] || continue
    for kind in cut bytes empty fifo; do
      n=$((n + 1))
      made "$(printf '%012d%052d' "$n" 0)" "$kind" "$file" "$@"
    done
  done
  made "$(printf '%012d%052d' 4711 0)" none - "$@"
  if [ -d "$WORLD/data" ]; then options+=(--data-root "$engine=$WORLD/data"); fi
  # podman's list of them all
  [ "$engine" != podman ] || (cd "$WORLD/run/vfs-containers" && printf '%s\n' * | jq -cR '{id: ., names: ["name-\(.)"]}' | jq -s .) > "$WORLD/data/vfs-containers/containers.json"
  chmod -R go-w "$WORLD"
  run -3 --separate-stderr timeout 20 "$NSCTL" "${options[@]}" get co -o json
  for item in "${LISTED[@]}"; do
    assert_equal "$item $(jq -r ".items[] | select(.hostPid == ${item#* }) | \"\(.engine) \(.id // .name)\"" <<< "$output")" "$item $engine ${item% *}"
  done
  for item in "${BROKEN[@]}"; do
    case $engine:$item in
      # who lists does not need what is in it; podman's tells of a pod, where there is one
      crun:*/config.json | nsctl:*/config.json | podman:*/config.json) ;;
      *) [[ $'\n'$stderr == *$'\n'"nsctl: $engine: $item: "* ]] || fail "$item is not named: $stderr" ;;
    esac
  done
  # the containers of the engine itself
  [ -z "${T-}" ] || [ "$(jq -r --argjson pid "$INIT" '.items[] | select(.hostPid == $pid) | .engine' <<< "$output")" = "$engine" ] || fail "$T is hidden: $output"
  # what a broken config says is not replaced by a guess
  for item in "${CONFIGS[@]}"; do
    run -125 --separate-stderr timeout 20 "$NSCTL" "${options[@]}" exec "$engine/${item% *}" -- id
    assert_equal "$output" ''
    [[ $stderr == *"${item#* }: "* ]] || fail "$item is not named: $stderr"
  done
}

TASK=io.containerd.runtime.v2.task

@test "docker: one broken file of a task at a time" {
  shared docker plain
  one_by_one docker "run/containerd/daemon/$TASK/moby/%s/init.pid" "run/containerd/daemon/$TASK/moby/%s/config.json"
}

@test "docker: a broken name" {
  one_by_one docker data/containers/%s/config.v2.json "run/containerd/daemon/$TASK/moby/%s/init.pid"
}

# Where Docker's data is, a task's bundle tells by what it mounts on /etc/hostname. A quick reader of one mount overlooks what is wrong
# with the others.
@test "docker: the mounts of a bundle, as Docker writes them, otherwise, and broken" {
  first_pidns_require
  local good broken mounts n=0 id folder
  good='{"destination":"/etc/hostname","source":"DATA/hostname"}'
  local rows=(
    "named [{\"destination\":\"/proc\"},$good]"
    "named [{\"destination\":\"\\/etc\\/hostname\",\"source\":\"DATA/hostname\"}]"
    "named [{\"destination\":\"/etc/hostname\",\"source\":\"/else\"}, $good]"
    "named [{\"source\":\"none\"},$good]"
    "broken [{\"destination\" \"/proc\"},$good]"
    "broken [$good,{\"destination\" \"/proc\"}]"
    "broken [{\"destination\":\"/proc\"} $good]"
    "broken [{\"destination\":\"/etc/hostname\",\"source\":x}]"
  )
  for mounts in "${rows[@]}"; do
    n=$((n + 1))
    id=$(printf '%012d%052d' "$n" 0)
    process
    # a root of its own for each: what one tells would do for the others
    folder=$WORLD/$n
    mkdir -p "$folder/run/containerd/daemon/$TASK/moby/$id" "$folder/data/containers/$id"
    printf '{"Name":"/name-%d","Config":{"Image":"base","Labels":{}}}' "$n" > "$folder/data/containers/$id/config.v2.json"
    printf '%d' "$PID" > "$folder/run/containerd/daemon/$TASK/moby/$id/init.pid"
    printf '{"ociVersion":"1.0.2","mounts":%s,"process":{}}' "${mounts#* }" | sed "s|DATA|$folder/data/containers/$id|" \
      > "$folder/run/containerd/daemon/$TASK/moby/$id/config.json"
    chmod -R go-w "$folder"
    run --separate-stderr timeout 20 "$NSCTL" --root "docker=$folder/run" get co -o json
    broken=$([[ $stderr == *"nsctl: docker: $folder/run/containerd/daemon/$TASK/moby/$id/config.json: not valid JSON"* ]] && echo broken || echo named)
    assert_equal "$mounts: $broken" "$mounts: ${mounts%% *}"
    [ "$broken" = broken ] ||
      assert_equal "$(jq -r --argjson pid "$PID" '.items[] | select(.hostPid == $pid) | "\(.name) \(.image)"' <<< "$output")" "name-$n base"
  done
}

@test "podman: one broken file at a time" {
  shared podman plain
  one_by_one podman run/vfs-containers/%s/userdata/pidfile data/vfs-containers/%s/userdata/config.json
}

@test "cri: one broken file at a time" {
  shared cri plain
  one_by_one cri "run/$TASK/k8s.io/%s/init.pid" "run/$TASK/k8s.io/%s/config.json"
}

@test "cri, CRI-O's: a broken PID" {
  # that it is not podman's its config tells
  one_by_one cri run/overlay-containers/%s/userdata/pidfile =run/overlay-containers/%s/userdata/config.json
}

@test "containerd: one broken file at a time" {
  shared containerd plain
  one_by_one containerd "run/$TASK/other/%s/init.pid" "run/$TASK/other/%s/config.json"
}

@test "runc: a broken file" {
  shared runc plain
  one_by_one runc run/%s/state.json
}

@test "crun: one broken file at a time" {
  shared crun plain
  one_by_one crun run/%s/status run/%s/config.json
}

@test "nsctl: one broken file of a sandbox at a time" {
  one_by_one nsctl run/%s/state.json run/%s/config.json
}

@test "podman: a broken list of its containers is named and hides nothing" {
  local kind options=()
  shared podman plain
  for kind in cut bytes fifo; do
    mkdir -p "$WORLD/$kind/vfs-containers"
    spoil "$kind" "$WORLD/$kind/vfs-containers/containers.json"
    options+=(--data-root "podman=$WORLD/$kind")
  done
  chmod -R go-w "$WORLD"
  run -0 timeout 20 "$NSCTL" "${options[@]}" exec "$T" -- echo healthy
  assert_line healthy
  run -3 --separate-stderr timeout 20 "$NSCTL" "${options[@]}" get co -o name
  assert_line "$T"
  for kind in cut bytes fifo; do assert_regex "$stderr" "nsctl: podman: $WORLD/$kind/vfs-containers/containers.json: "; done
}

@test "a container whose own config is broken: an error that names it, not a weaker plan" {
  own runc threats-broken --seccomp default
  file=$(engine_runc_home)/bundle/$(container_name "$NAME")/config.json
  cp "$file" "$BATS_TEST_TMPDIR/config"
  for change in '.process.capabilities.bounding = "all"' '.process.user.uid = -1' '.linux.seccomp.defaultAction = "SCMP_ACT_NOSUCH"' '.process.env = {"A": "b"}'; do
    jq -c "$change" "$BATS_TEST_TMPDIR/config" > "$file"
    run -125 --separate-stderr nsctl_exec "$T" -- id
    assert_equal "$change: $output" "$change: "
  done
  head -c 200 "$BATS_TEST_TMPDIR/config" > "$file"
  run -125 --separate-stderr nsctl_exec "$T" -- id
  assert_regex "$stderr" 'config.json'
  cp "$BATS_TEST_TMPDIR/config" "$file"
  run -0 nsctl_exec "$T" -- true
}
