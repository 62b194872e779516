#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Targets in every form, as transcripts: what each names, and what is said when it names none or several.
# A careless tool takes the first that fits.

load engine

# The pods: shop/web with one container, shop/pair with two, other/pair with two and a default, and a pair of podman's.
setup_file() {
  local two='.spec.containers[0].name = "front" | .spec.containers += [.spec.containers[0] | .name = "back"]'
  if engine_runs cri; then
    container_start cri web --raw '.metadata.namespace = "shop"'
    container_start cri pair --raw ".metadata.namespace = \"shop\" | $two"
    container_start cri chosen --raw ".metadata.namespace = \"other\" | $two
      | .metadata.annotations.\"kubectl.kubernetes.io/default-container\" = \"back\" | .spec.runtimeClassName = \"annotated\""
  fi
  if engine_runs docker; then
    container_start docker twin -e WHO=docker
    container_start docker gone
    container_halt docker gone
  fi
  if engine_runs podman; then
    container_start podman twin -e WHO=podman
    cat > "$BATS_FILE_TMPDIR/pair.yaml" << 'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: duo
spec:
  containers:
    - {name: left, image: "docker.io/library/nsctl-test-base:latest", imagePullPolicy: Never, command: [sleep, "4800"], env: [{name: WHO, value: left}]}
    - {name: right, image: "docker.io/library/nsctl-test-base:latest", imagePullPolicy: Never, command: [sleep, "4800"], env: [{name: WHO, value: right}]}
YAML
    container_play podman duo "$BATS_FILE_TMPDIR/pair.yaml"
  fi
  ! engine_runs runc || container_start runc twig
  ! engine_runs containerd || container_start containerd under
}
teardown_file() {
  local item
  for item in cri/web cri/pair cri/chosen docker/twin docker/gone podman/twin podman/duo runc/twig containerd/under; do
    ! engine_runs "${item%/*}" || container_stop "${item%/*}" "${item#*/}" > /dev/null 2>&1 || true
  done
}

# is TARGET WORDS...: the command runs there; WORDS is what `hostname` or $WHO says.
is() { assert_equal "$1: $(nsctl_exec "${@:3}" "$1" -- sh -c 'echo "${WHO:-$HOSTNAME}"')" "$1: $2"; }

# one ENGINE POD/CONTAINER: the container that ran is this one: by its init
in_container() {
  local pid
  running "${@:2}" -- sleep 60
  pid=$(container_pid cri "$1")
  assert_equal "$(stat -L -c %i "/proc/$CHILD/ns/mnt")" "$(stat -L -c %i "/proc/$pid/ns/mnt")"
  ended
}

# says STDERR ARG...: 125, exactly that.
says() {
  run -125 --separate-stderr nsctl_exec "${@:2}" -- true
  assert_equal "$output" ''
  assert_equal "$stderr" "$1"
}

# offered WORD...: what completion has for the last one, in alphabetical order.
offered() { "$NSCTL" __complete -- "$@" | cut -f1 | LC_ALL=C sort | paste -sd ' '; }

@test "completion: pods by their name, behind pod/, the containers of one behind -c, pods for get pods" {
  engine_require cri
  engine_require podman
  assert_equal "$(offered exec nsctl-test-pai)" nsctl-test-pair
  assert_equal "$(offered exec pod/nsctl-test-pai)" pod/nsctl-test-pair
  assert_equal "$(offered exec nsctl-test-pair -c '')" 'back front'
  assert_equal "$(offered exec shop/nsctl-test-pair --container=f)" --container=front
  assert_equal "$(offered ps pod/nsctl-test-duo -c '')" 'left right'
  assert_equal "$(offered exec docker/nsctl-test-twin -c '')$(offered exec -c '')$(offered run --name '')" ''
  # by the pod's name alone where nothing else has it, and never that of another namespace
  assert_equal "$(offered -n other exec nsctl-test-pai)$(offered -n other exec pod/nsctl-test-pai)" ''
  assert_equal "$(offered get pods nsctl-test-pai)" nsctl-test-pair
  assert_equal "$(offered get pods nsctl-test-tw)" ''
  assert_equal "$(offered get po shop/nsctl-test-pa)" shop/nsctl-test-pair
  # every one that is offered is taken
  for word in $("$NSCTL" __complete -- exec nsctl-test-pai | cut -f1) $("$NSCTL" __complete -- exec pod/nsctl-test-pai | cut -f1); do
    run -0 nsctl_exec "$word" -c back -- true
  done
}

@test "ENGINE/NAME, a name alone, an ID, the beginning of one" {
  engine_require docker podman
  is docker/nsctl-test-twin docker
  is podman/nsctl-test-twin podman
  id=$(container_id docker twin)
  is "$id" docker
  is "${id:0:12}" docker
  is "${id:0:20}" docker
  is "docker/${id:0:12}" docker
  is "docker://$id" docker
  is "docker://${id:0:12}" docker
  # as it stands in a cgroup's path, and in capitals
  is "docker-$id.scope" docker
  is "${id^^}" docker
  pod=$(container_id podman twin)
  is "podman://$pod" podman
  is "libpod-$pod.scope" podman
}

@test "a name that two engines have: both are listed in a form that names only it" {
  engine_require docker podman
  says 'nsctl: nsctl-test-twin: 2 containers fit
  write one of docker/nsctl-test-twin, podman/nsctl-test-twin' nsctl-test-twin
}

@test "near misses: names, paths and pods; the suggestion works" {
  engine_require docker podman cri
  says 'nsctl: docker/nsctl-test-twni: no such container
  did you mean docker/nsctl-test-twin?' docker/nsctl-test-twni
  says 'nsctl: nsctl-test-dou-left: no such container
  did you mean podman/nsctl-test-duo-left?' nsctl-test-dou-left
  says 'nsctl: shop/nsctl-test-wbe: no such container
  did you mean shop/nsctl-test-web/main?' shop/nsctl-test-wbe
  is shop/nsctl-test-web/main nsctl-test-web
  says 'nsctl: nsctl-test-pari: no such container
  did you mean one of shop/nsctl-test-pair/back, shop/nsctl-test-pair/front?' nsctl-test-pari
  says 'nsctl: nothing-like-it: no such container
  nsctl get containers -a lists them' nothing-like-it
}

@test "NAMESPACE/POD, POD, pod/POD: the pod's only container" {
  engine_require cri
  for target in shop/nsctl-test-web nsctl-test-web pod/nsctl-test-web cri/nsctl-test-web shop/nsctl-test-web/main nsctl-test-web/main; do
    is "$target" nsctl-test-web
  done
  is nsctl-test-web nsctl-test-web -n shop
  is main nsctl-test-web -n shop
  is nsctl-test-web nsctl-test-web -c main
}

@test "a pod of several containers: listed; each by its path, by -c, by NAMESPACE/CONTAINER" {
  engine_require cri
  for target in nsctl-test-pair pod/nsctl-test-pair shop/nsctl-test-pair; do
    says "nsctl: $target: the pod has 2 containers
  write one of shop/nsctl-test-pair/back, shop/nsctl-test-pair/front" "$target"
  done
  in_container pair/front shop/nsctl-test-pair/front
  in_container pair/back nsctl-test-pair/back
  in_container pair/front -c front nsctl-test-pair
  in_container pair/back -c back pod/nsctl-test-pair
  in_container pair/front shop/front
  in_container pair/back -n shop back
  says 'nsctl: nsctl-test-pair: no container frnot in this pod
  did you mean -c front?' -c frnot nsctl-test-pair
  says 'nsctl: nsctl-test-pair: no container other in this pod
  it has shop/nsctl-test-pair/back, shop/nsctl-test-pair/front' -c other nsctl-test-pair
  says 'nsctl: front: 2 containers fit
  write one of other/nsctl-test-chosen/front, shop/nsctl-test-pair/front' front
}

@test "the annotation names a pod's default container" {
  engine_require cri
  in_container chosen/back nsctl-test-chosen
  in_container chosen/back other/nsctl-test-chosen
  in_container chosen/front -c front other/nsctl-test-chosen
  # an error of -c speaks of all that the pod has, not of its default one only
  says 'nsctl: nsctl-test-chosen: no container frnt in this pod
  did you mean -c front?' -c frnt nsctl-test-chosen
  says 'nsctl: nsctl-test-chosen: no container other in this pod
  it has other/nsctl-test-chosen/back, other/nsctl-test-chosen/front' -c other nsctl-test-chosen
}

@test "-n looks in one Kubernetes namespace only" {
  engine_require cri docker
  says 'nsctl: nsctl-test-web: no such container in namespace other
  without -n it is shop/nsctl-test-web/main' -n other nsctl-test-web
  # docker's containers are in none
  run -125 nsctl_exec -n shop nsctl-test-twin -- true
}

@test "a kubelet's containerID: containerd://ID" {
  engine_require cri
  id=$(container_id cri web)
  is "containerd://$id" nsctl-test-web
  is "${id:0:14}" nsctl-test-web
  is "cri-containerd-$id.scope" nsctl-test-web
}

@test "pause containers are never meant by a name, only by pid/N or their ID" {
  engine_require cri
  pause=$(container_pid cri web/)
  # `sleep` of the pause image is what runs there
  run -126 --separate-stderr nsctl_exec "pid/$pause" -- /
  run -0 nsctl_exec "pid/$pause" -- /sleep 0
  id=$(container_id cri web/)
  run -0 nsctl_exec "$id" -- /sleep 0
  run -125 nsctl_exec "${id:0:6}" -- /sleep 0
  says "nsctl: nsctl-test-web: no container POD in this pod
  it has shop/nsctl-test-web/main" -c POD nsctl-test-web
}

@test "podman's pods: pod/POD, POD/CONTAINER, the container's full name" {
  engine_require podman
  is nsctl-test-duo/left left
  is nsctl-test-duo/right right
  is podman/nsctl-test-duo-right right
  is nsctl-test-duo-left left
  is nsctl-test-duo right -c right
  is pod/nsctl-test-duo left -c left
  says 'nsctl: pod/nsctl-test-duo: the pod has 2 containers
  write one of podman/nsctl-test-duo-left, podman/nsctl-test-duo-right' pod/nsctl-test-duo
}

@test "pid/N and pid:N: init, and any process of a container" {
  engine_require docker
  pid=$(container_pid docker twin)
  is "pid/$pid" docker
  is "pid:$pid" docker
  running docker/nsctl-test-twin -- sleep 60
  is "pid/$CHILD" docker
  ended
  says "nsctl: pid/4194305: no such process
  pid/N takes a process ID of the host" pid/4194305
  for text in pid/0 pid/x pid/ pid/-1 pid/1x; do
    run -125 --separate-stderr nsctl_exec "$text" -- true
    assert_regex "$stderr" 'not a process ID|is empty'
  done
}

@test "a bare number is the beginning of an ID; the error proposes pid/N" {
  engine_require docker
  says "nsctl: $BASHPID: no such container
  a number is the beginning of an ID; the process is pid/$BASHPID" "$BASHPID" || {
    # or an ID of the moment begins so
    [[ $stderr == *containers\ fit* || $stderr == *'not running'* ]]
  }
}

@test "stopped containers resolve, so that the error can say it; a live one of that name is meant first" {
  engine_require docker runc
  run -125 --separate-stderr nsctl_exec docker/nsctl-test-gone -- true
  assert_equal "${stderr%%$'\n'*}" 'nsctl: nsctl-test-gone is not running'
  run -125 --separate-stderr nsctl_exec nsctl-test-gone -- true
  assert_equal "${stderr%%$'\n'*}" 'nsctl: nsctl-test-gone is not running'
  own runc gone
  run -0 nsctl_exec nsctl-test-gone -- true
}

@test "names are exact: no prefix, no other engine" {
  engine_require runc
  run -0 nsctl_exec runc/nsctl-test-twig -- true
  for target in nsctl-test-twi runc/nsctl-test-twi crun/nsctl-test-twig RUNC/nsctl-test-twig Nsctl-test-twig; do
    run -125 --separate-stderr nsctl_exec "$target" -- true
    assert_regex "${stderr%%$'\n'*}" 'no such container'
  done
}

@test "malformed targets" {
  engine_require docker
  for target in '' / /x docker/ a/b/c/d a//b https://x docker:// nosuch://abc pod/a/b; do
    run -125 --separate-stderr nsctl_exec "$target" -- true
    assert_equal "$output" ''
    refute_equal "$stderr" ''
  done
  run -125 --separate-stderr nsctl_exec $'\e[31mx\n' -- true
  assert_equal "${stderr%%$'\n'*}" 'nsctl: \e[31mx\n: no such container'
}
refute_equal() { [ "$1" != "$2" ] || fail "both are $1"; }

@test "what -o name prints is a target, for every container" {
  engine_require docker
  "$NSCTL" get co -o name > "$BATS_TEST_TMPDIR/names" 2> /dev/null || true
  grep -v '^pid/' "$BATS_TEST_TMPDIR/names" | while read -r ref; do
    run --separate-stderr nsctl_exec --dry-run "$ref" -- true
    # one of another test may have ended meanwhile
    [ "$status" = 0 ] || [[ $stderr == *'is paused'* ]] || ! "$NSCTL" get co -o name 2> /dev/null | grep -qxF -- "$ref" || fail "$ref: $stderr"
  done
}

@test "containers that docker and podman made are not listed again as containerd's, runc's or crun's" {
  engine_require docker podman cri
  run "$NSCTL" get co -o name
  for name in twin web pair chosen; do
    refute_line --regexp "^(runc|crun|containerd)/.*nsctl-test-$name"
  done
  id=$(container_id docker twin)
  refute_line --regexp "^(runc|crun|containerd).*${id:0:12}"
  assert_line docker/nsctl-test-twin
  assert_line shop/nsctl-test-web/main
}

@test "runc/NAME asks nobody who gives IDs; what containerd and docker run through runc stays theirs" {
  engine_require runc containerd docker
  run --separate-stderr nsctl_exec -vvv runc/nsctl-test-twig -- true
  assert_success
  assert_regex "$stderr" 'runc: looking in'
  refute_regex "$stderr" '(docker|cri|podman|lxc|nsctl): looking in'
  run -125 --separate-stderr nsctl_exec --root "runc=$NSCTL_TEST_DIR/containerd/runc/default" runc/nsctl-test-under -- true
  assert_regex "$stderr" '^nsctl: runc/nsctl-test-under: no such container'
  nsctl_exec --root "runc=$NSCTL_TEST_DIR/containerd/runc/default" containerd/nsctl-test-under -- true
  id=$(container_id docker twin)
  assert [ -e "$NSCTL_TEST_DIR/docker/exec/runtime-runc/moby/$id" ]
  run -125 --separate-stderr nsctl_exec --root "runc=$NSCTL_TEST_DIR/docker/exec/runtime-runc/moby" "runc/$id" -- true
  assert_regex "$stderr" "^nsctl: runc/$id: no such container"
}

@test "podman: a storage that was moved is known from conmon, with the right to follow what it has open or without" {
  engine_require podman
  own podman moved
  [[ $(tr '\0' '\n' < "/proc/$(container_shim podman moved)/cmdline") == *"$NSCTL_TEST_DIR"* ]] || fail 'it was not moved'
  run -0 "$NSCTL" get co -o name
  assert_line "podman/$(container_name moved)"
  # status 3 where a user's container runs: without that right nobody can tell whose its init is
  run --separate-stderr setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace "$NSCTL" get co -o name
  [ "$status" = 0 ] || [[ $status == 3 && $stderr == *'could write this, and it names process'* ]]
  assert_line "podman/$(container_name moved)"
}

@test "kill names the command of the engine: its namespace, and whose it is" {
  engine_require docker cri
  ends() {
    run -2 --separate-stderr "$NSCTL" kill "$1"
    assert_equal "${stderr#*$'\n'}" "  $2"
  }
  ends docker/nsctl-test-twin 'docker stop nsctl-test-twin'
  ends shop/nsctl-test-web 'kubectl delete pod -n shop nsctl-test-web'
  if engine_runs containerd; then
    ends "$(container_start containerd twig)" 'ctr -n default task kill nsctl-test-twig'
    container_stop containerd twig
  fi
  if engine_runs rootless; then
    ends "$(container_start rootless twig)" "podman stop nsctl-test-twig, as uid $(id -u "$(rootless_user)"), whose it is"
    container_stop rootless twig
  fi
}
