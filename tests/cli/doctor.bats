#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# doctor says what is so: against the kernel's files, the programs of the engines, and machines that lack something.

load ../lib/bats

# doctor ARG...: on default places only, so that no instance of the tests is looked at.
doctor() { env -u NSCTL_ROOT "$NSCTL" doctor "$@"; }
# found NAME: the line of that check.
row() { grep -E "^[a-z]+ +$1 " <<< "$output"; }

# nobody_can: PUBLIC is a copy of the program that an ordinary user may run; the build folder may be closed to it.
nobody_can() {
  [ "$(id -u)" = 0 ] || skip 'only root becomes another user'
  FOLDER=$(mktemp -d /tmp/nsctl-doctor.XXXXXX)
  chmod 0755 "$FOLDER"
  PUBLIC=$FOLDER/nsctl
  install -m 0755 "$NSCTL" "$PUBLIC"
}
AS_NOBODY='setpriv --reuid 65534 --regid 65534 --clear-groups env -u NSCTL_ROOT'

teardown() { [ -z "${FOLDER-}" ] || rm -rf --one-file-system -- "$FOLDER"; }

@test "a row for each thing, in five areas, and no word of what is well below the table" {
  run doctor
  [ "$status" -le 1 ]
  for area in kernel system you engines tools; do
    assert_line --regexp "^$area +[a-z]"
  done
  assert_equal "$(row release | sed 's/.*Linux //; s/,.*//')" "$(uname -r)"
  for engine in docker cri podman lxc nsctl containerd crun runc bare; do
    [ -n "$(row $engine)" ] || fail "no row for $engine"
  done
}

@test "features: those that NSCTL_WITHOUT takes away are fallbacks, and say what is done instead" {
  for feature in openat2 pidfd clone3 close_range nsfs cgroup.kill cgroup2 mount_setattr procfs pidns-procfs; do
    NSCTL_WITHOUT=$feature run doctor -o json
    assert_equal "$feature $(jq -r --arg n "$feature" '.items[] | select(.name == $n).status' <<< "$output")" "$feature fallback"
    assert_regex "$(jq -r --arg n "$feature" '.items[] | select(.name == $n).found' <<< "$output")" '^not used \(NSCTL_WITHOUT\); instead: [a-z/]'
  done
}

@test "json: every key always there, an engine as get engines has it" {
  run doctor -o json
  [ "$status" -le 1 ]
  assert_equal "$(jq -r .kind <<< "$output")" CheckList
  assert_equal "$(jq -c '[.items[] | keys_unsorted] | unique' <<< "$output")" '[["area","name","status","found","meaning","fix","engine"]]'
  assert_equal "$(jq -c '[.items[].status] - ["ok","fallback","limited","missing","absent","unknown"]' <<< "$output")" '[]'
  doctor=$(jq -c '[.items[].engine | select(.) | {name, roots, problem}]' <<< "$output")
  run env -u NSCTL_ROOT "$NSCTL" get engines -o json
  assert_equal "$doctor" "$(jq -c '[.items[] | {name, roots, problem}]' <<< "$output")"
}

@test "versions are those that the programs print" {
  run doctor -o json
  for pair in runc=runc crun=crun podman=podman lxc=lxc-start docker=dockerd; do
    command -v "${pair#*=}" > /dev/null || continue
    version=$(jq -r --arg n "${pair%=*}" '.items[] | select(.name == $n).engine.version' <<< "$output")
    [[ $("${pair#*=}" --version 2>&1) == *"$version"* ]] || fail "${pair%=*}: $version"
    [[ $version == [0-9]*.* ]] || fail "${pair%=*}: $version"
  done
}

@test "a program that hangs, and one that others could write, are not waited for and not run" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\nexec /bin/sleep 60\n' > "$BATS_TEST_TMPDIR/bin/runc"
  printf '#!/bin/sh\n/bin/touch "%s/ran"\necho crun version 6.6.6\n' "$BATS_TEST_TMPDIR" > "$BATS_TEST_TMPDIR/bin/crun"
  chmod 755 "$BATS_TEST_TMPDIR/bin/runc"
  chmod 777 "$BATS_TEST_TMPDIR/bin/crun"
  run timeout 60 env -u NSCTL_ROOT PATH="$BATS_TEST_TMPDIR/bin" "$NSCTL" doctor -o json
  [ "$status" -le 1 ]
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  assert_equal "$(jq -r '.items[] | select(.name == "runc").engine.version' <<< "$output")" null
}

@test "an ordinary user: what each verb needs, and what is left" {
  nobody_can
  # shellcheck disable=SC2086 # words
  run --separate-stderr $AS_NOBODY "$PUBLIC" doctor
  [ "$status" -le 1 ]
  assert_regex "$(row user)" 'uid 65534, 0 of [0-9]+ capabilities'
  assert_regex "$(row exec)" 'limited +without .*SYS_PTRACE, SYS_ADMIN: your own rootless containers'
  assert_regex "$(row look)" 'limited +without DAC_READ_SEARCH, SYS_PTRACE'
  assert_line 'exec: sudo nsctl ...'
  assert_equal "$stderr" ''
}

@test "root without some capabilities: these are named" {
  [ "$(id -u)" = 0 ] || skip 'needs root'
  run setpriv --bounding-set -sys_ptrace,-kill env -u NSCTL_ROOT "$NSCTL" doctor
  assert_regex "$(row exec)" 'limited +without SYS_PTRACE: '
  assert_regex "$(row kill)" 'limited +without KILL: '
}

@test "inside a container: said" {
  [ "$(id -u)" = 0 ] || skip 'needs root'
  run unshare --user --map-root-user --pid --fork --mount-proc env -u NSCTL_ROOT "$NSCTL" doctor
  assert_regex "$(row place)" 'limited +inside a container \(user and PID namespace of its own\)'
  run doctor
  [ "$(readlink /proc/self/ns/pid)" != 'pid:[4026531836]' ] || assert_regex "$(row place)" 'ok +the host'
}

@test "hidepid, no busybox, a broken state file: named, with the line that mends it" {
  [ "$(id -u)" = 0 ] || skip 'needs root'
  # a new /proc in a mount namespace of its own: the host's keeps its options
  nobody_can
  # shellcheck disable=SC2086
  run unshare --mount --propagation private sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@" doctor' sh $AS_NOBODY "$PUBLIC"
  assert_regex "$(row hidepid)" 'limited +hidepid=[a-z0-9]+: processes of others are not shown to you'

  run unshare --mount --propagation private sh -c 'for f in /usr/bin/busybox /bin/busybox; do [ ! -f "$f" ] || mount --bind /bin/ls "$f"; done
    exec env -u NSCTL_ROOT "$1" doctor' sh "$NSCTL"
  assert_equal "$status" 1
  assert_regex "$(row busybox)" 'missing +no static busybox'
  [ ! -x /usr/bin/apt-get ] || assert_line 'busybox: apt-get install busybox-static'

  mkdir -p "$BATS_TEST_TMPDIR/runc/broken"
  echo '{' > "$BATS_TEST_TMPDIR/runc/broken/state.json"
  run doctor --root runc="$BATS_TEST_TMPDIR/runc"
  assert_regex "$(row runc)" 'limited .*broken/state.json: not valid JSON'
}

@test "doctor takes no words" {
  run -2 --separate-stderr doctor runc
  assert_equal "${stderr%%$'\n'*}" 'nsctl: doctor looks at this machine and takes no words'
}
