#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What has ended of a kubelet's containers: a crash loop, an init container, a pod that is done. containerd has removed the task by
# then, so a careless tool says that there is no such container.

load engine

teardown() { ended; }

# pair NAME: a pod of the containers front and back.
pair() {
  own cri "$1" --raw '.spec.containers[0].name = "front" | .spec.containers += [.spec.containers[0] | .name = "back"]'
  POD=nsctl-test-$1
}

# listed [OPTION...]: "NAME STATUS" of the pod's containers.
listed() { "$NSCTL" get containers -o json "$@" 2> /dev/null | jq -r --arg pod "$POD" '.items[] | select(.pod.name == $pod) | "\(.name) \(.status)"'; }

# facts CONTAINER: what does not change when it ends.
facts() {
  "$NSCTL" get containers -a -o json |
    jq -cS --arg pod "$POD" --arg name "$1" '.items[] | select(.pod.name == $pod and .name == $name) | {engine, name, id, pod, image, labels, ref, pause}'
}

# "no pods run here" is not looked at
pods() { "$NSCTL" get pods "$@" -o json 2> /dev/null | jq -r --arg pod "$POD" '.items[] | select(.name == $pod) | .status'; }

@test "cri: one container of a pod has ended: -a lists it with all that it was, and the other one is meant by the pod" {
  pair ended-one
  before=$(facts back)
  id=$(container_id cri ended-one/back)
  container_halt cri ended-one/back
  run -0 listed
  assert_output 'front Running'
  run -0 listed -a
  assert_output $'back Stopped\nfront Running\npause Running'
  assert_equal "$(facts back)" "$before"
  run -0 nsctl_exec "$POD" -- cat /proc/1/comm
  assert_output sleep
  for text in "$POD/back" "default/$POD/back" "${id:0:12}" "cri://$id" "$id"; do
    run -125 --separate-stderr nsctl_exec "$text" -- true
    assert_equal "$stderr" "nsctl: back is not running
  crictl logs ${id:0:12} shows what it wrote, crictl ps -a when and how it has ended"
  done
  run -125 --separate-stderr nsctl_exec -c back "$POD" -- true
  assert_equal "${stderr%%$'\n'*}" 'nsctl: back is not running'
  run -1 --separate-stderr "$NSCTL" describe "$POD/back"
  assert_equal "${stderr%%$'\n'*}" "nsctl: $POD/back is not running"
}

@test "cri: all containers of a pod have ended, and then its sandbox" {
  pair ended-all
  container_halt cri ended-all/back
  container_halt cri ended-all/front
  run -125 --separate-stderr nsctl_exec "$POD" -- true
  assert_equal "$stderr" "nsctl: $POD is not running: all 2 containers of the pod have ended
  crictl ps -a tells when and how a container has ended"
  container_halt cri ended-all/
  # where no pod lives whose config leads to the data, and they are not in their usual place
  data=(--data-root "cri=$(engine_containerd_home)/root")
  run -0 listed "${data[@]}"
  assert_output ''
  run -0 listed "${data[@]}" -a
  assert_output $'back Stopped\nfront Stopped\npause Stopped'
  run -0 pods "${data[@]}"
  assert_output ''
  run -0 pods "${data[@]}" -a
  assert_output Stopped
}

@test "cri: what the kubelet has removed is not listed any more" {
  pair ended-removed
  container_halt cri ended-removed/back
  container_stop cri ended-removed
  OWNED=()
  run -0 listed -a
  assert_output ''
  run -125 --separate-stderr nsctl_exec "$POD/back" -- true
  assert_equal "${stderr%%$'\n'*}" "nsctl: $POD/back: no such container"
}

@test "cri: --data-root says where; a record that is cut or missing is none" {
  pair ended-root
  container_halt cri ended-root/back
  home=$(engine_containerd_home)
  run -0 listed --root cri= --root "cri=$home/state" --data-root "cri=$home/root" -a
  assert_output $'back Stopped\nfront Running\npause Running'
  run -0 listed --root cri= --root "cri=$home/state" --data-root "cri=$home/cni" -a
  assert_output $'front Running\npause Running'
  # a record that was cut, or is not there yet
  mkdir -p "$BATS_TEST_TMPDIR/data/io.containerd.grpc.v1.cri/containers/$(printf 'ab%.0s' {1..32})"
  mkdir -p "$BATS_TEST_TMPDIR/data/io.containerd.grpc.v1.cri/containers/$(printf 'cd%.0s' {1..32})" "$BATS_TEST_TMPDIR/data/io.containerd.metadata.v1.bolt"
  printf '"Metadata":{"ID":"%s","Config":{"metadata":{"na' "$(printf 'cd%.0s' {1..32})" > "$BATS_TEST_TMPDIR/data/io.containerd.metadata.v1.bolt/meta.db"
  run -0 listed --root cri= --root "cri=$home/state" --data-root "cri=$BATS_TEST_TMPDIR/data" -a
  assert_output $'front Running\npause Running'
}
