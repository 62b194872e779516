#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The filter: the errno of 46 system calls, two of them unknown to every kernel, under nsctl's and under the engine's own exec.
# A careless tool loads no filter (EPERM becomes EINVAL or a success), or gives EPERM for what is newer than the profile.

load engine

errnos() {
  shared "$1" plain
  helper_inside errnos
  ours=$(nsctl_exec "$T" -- /tmp/errnos)
  # at least 40 of them, each once, and those that no kernel knows are there
  [ "$(cut -d ' ' -f 1 <<< "$ours" | sort -u | wc -l)" -ge 40 ]
  assert_equal "$(cut -d ' ' -f 1 <<< "$ours" | sort | uniq -d)" ''
  grep -qxE 'unknown (1|38)' <<< "$ours"
  grep -qxE 'newest (1|38)' <<< "$ours"
  assert_equal "$ours" "$(engine_exec "$ENGINE" "$NAME" -- /tmp/errnos)"
  # the comparison can fail: without the filter some answer otherwise
  bare=$(nsctl_exec --no-seccomp "$T" -- /tmp/errnos)
  [ "$ours" != "$bare" ]
}

@test "docker: errnos as under its exec" { errnos docker; }
@test "podman: errnos as under its exec" { errnos podman; }
@test "podman-runc: errnos as under its exec" { errnos podman-runc; }
@test "rootless: errnos as under its exec" { errnos rootless; }
@test "cri: errnos as under its exec" { errnos cri; }
@test "containerd: errnos as under its exec" { errnos containerd; }
@test "runc: errnos as under its exec" { errnos runc; }
@test "crun: errnos as under its exec" { errnos crun; }
@test "lxc: errnos as under its exec" { errnos lxc; }

@test "with no_new_privs the filter is loaded too, for another user than root" {
  shared docker user
  helper_inside errnos
  run -0 nsctl_exec "$T" -- /tmp/errnos
  assert_equal "$output" "$(engine_exec docker "$NAME" -- /tmp/errnos)"
}

@test "the second exec takes the filter from the cache, and it is the same" {
  shared docker plain
  helper_inside errnos
  run -0 nsctl_exec "$T" -- /tmp/errnos
  first=$output
  run -0 --separate-stderr nsctl_exec -v "$T" -- /tmp/errnos
  assert_output "$first"
  assert_regex "$stderr" 'seccomp: the profile of its config, compiled by an earlier run: 1 filters'
}
