#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The daemon and its shim stand still: exec, and get, ask neither. A careless tool (docker exec, crictl) waits for them for ever.
# That it takes the same time is measured, not tested: bench/run, "docker stopped".

load engine

teardown() {
  [ ${#STOPPED[@]} -eq 0 ] || kill -CONT "${STOPPED[@]}" 2> /dev/null || true
  ended
}

# hung ENGINE DAEMON...: stops them and what stands beside the container.
hung() {
  own "$1" hung
  shift
  STOPPED=("$@" "$(container_shim "$ENGINE" "$NAME")")
  kill -STOP "${STOPPED[@]}"
  run -0 timeout 10 "$NSCTL" exec "$T" -- sh -c 'echo alive; exit 0'
  assert_output alive
  run -7 timeout 10 "$NSCTL" exec "$(container_name "$NAME")" -- sh -c 'exit 7'
  run -0 timeout 10 "$NSCTL" get co -o name
  assert_line --partial "$(container_name "$NAME")"
  kill -CONT "${STOPPED[@]}"
  STOPPED=()
}

# containerd_of PID: the containerd that a dockerd has started.
containerd_of() { pgrep -P "$1" -x containerd; }

@test "docker: dockerd, its containerd and the shim are stopped" {
  engine_require docker
  daemon=$(engine_daemon docker)
  hung docker "$daemon" "$(containerd_of "$daemon")"
}
@test "cri: containerd and the shim are stopped" {
  engine_require cri
  hung cri "$(engine_daemon containerd)"
}
@test "containerd: containerd and the shim are stopped" {
  engine_require containerd
  hung containerd "$(engine_daemon containerd)"
}
@test "podman: conmon is stopped" { hung podman; }
@test "rootless: conmon is stopped" { hung rootless; }
@test "lxc: its monitor is stopped" { hung lxc; }
