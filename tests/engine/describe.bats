#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# describe: each fact is what the kernel and the engine say, with its source; secrets and control bytes never come out.
# shellcheck disable=SC2154 # bats sets stderr

load engine

teardown() { for engine in docker podman cri runc lxc; do container_stop "$engine" describe > /dev/null 2>&1 || true; done; }

# fact AREA NAME: the value, as the page has it.
fact() { "$NSCTL" describe "$T" -o json | jq -r --arg a "$1" --arg f "$2" '.items[0].facts[] | select(.area == $a and .fact == $f) | .value'; }

begin() {
  engine_require "$1"
  container_start "$@" > /dev/null
  T=$(container_target "$1" "$2")
  PID=$(container_pid "$1" "$2")
}

# held ENGINE: what /proc says of its init.
held() {
  begin "$1" describe "${@:2}"
  run -0 --separate-stderr "$NSCTL" describe "$T"
  assert_equal "$stderr" ''
  assert_line --regexp "^init +PID outside +$PID "
  assert_line --regexp "^init +PID inside +1 +/proc/$PID/status"
  json=$("$NSCTL" describe "$T" -o json)
  for type in ipc mnt pid uts; do
    assert_equal "$(jq -r --arg t "$type" '.items[0].namespaces[] | select(.type == $t) | .inode' <<< "$json")" "$(stat -Lc %i "/proc/$PID/ns/$type")"
  done
  assert_equal "$(jq -r '.items[0].user.outside.uid' <<< "$json")" "$(stat -c %u "/proc/$PID")"
  assert_equal "$(jq -r '.items[0].noNewPrivs' <<< "$json")" "$(awk '/^NoNewPrivs/ { print $2 == 1 ? "true" : "false" }' "/proc/$PID/status")"
  assert_equal "$(jq -r '.items[0].seccomp.filters' <<< "$json")" "$(awk '/^Seccomp_filters/ { print $2 }' "/proc/$PID/status")"
  assert_equal "$(jq -r '.items[0].environment[]' <<< "$json")" "$(tr '\0' '\n' < "/proc/$PID/environ" | cut -d= -f1)"
  assert_equal "$(jq '.items[0].capabilities.effective | length' <<< "$json")" "$("$NSCTL" caps "$T" -o json | jq '.items[0].effective | length')"
}
@test "docker: what describe says is what the kernel holds" { held docker -u 1000 --cap-add SYS_TIME -e SECRET=hunter2; refute_output --partial hunter2; }
@test "podman: what describe says is what the kernel holds" { held podman --no-new-privs; }
@test "cri: what describe says is what the kernel holds" { held cri --seccomp default; }
@test "runc: what describe says is what the kernel holds" { held runc; }
@test "lxc: what describe says is what the kernel holds" { held lxc; }

@test "docker: limits, host paths and the read-only root are docker's own" {
  dir=$(mktemp -d "$BATS_TEST_TMPDIR/host.XXXXXX")
  begin docker describe --read-only --raw --memory=64m --raw --pids-limit=50 --raw "--volume=$dir:/data:ro"
  run -0 fact limits memory
  assert_output "$((64 << 20))"
  run -0 fact limits pids
  assert_output 50
  run -0 fact mounts 'root read-only'
  assert_output yes
  run -0 fact mounts /data
  assert_output "$dir of the host, read-only"
  assert_equal "$(fact identity id)" "$(container_id docker describe)"
}

@test "docker: no limit is unlimited, on the page as in the lists of JSON" {
  begin docker describe
  run -0 "$NSCTL" describe "$T" -o json
  for limit in memory cpu pids; do
    assert_equal "$limit $(jq -r --arg l "$limit" '.items[0].limits[] | select(.name == $l).value' <<< "$output")" "$limit unlimited"
    assert_equal "$limit $(jq -r --arg l "$limit" '.items[0].facts[] | select(.area == "limits" and .fact == $l).value' <<< "$output")" \
      "$limit unlimited"
  done
}

@test "docker: a tmpfs that was asked for is a mount, what every container has below /dev, /proc and /sys is none" {
  begin docker describe --read-only --raw --tmpfs=/scratch --raw --tmpfs=/device:ro
  assert_equal "$(fact mounts /scratch)" 'tmpfs, writable'
  assert_equal "$(fact mounts /device)" 'tmpfs, read-only'
  grep -q ' /dev/shm .* - tmpfs \| /dev .* - tmpfs ' "/proc/$PID/mountinfo"
  grep -q ' /proc/[a-z]* .* - tmpfs ' "/proc/$PID/mountinfo"
  run -0 "$NSCTL" describe "$T" -o json
  assert_equal "$(jq -c '[.items[0].facts[] | select(.area == "mounts" and (.fact | test("^/(dev|proc|sys)(/|$)")))]' <<< "$output")" '[]'
  assert_equal "$(jq -c '[.items[0].mounts[] | select(.type == "tmpfs") | [.path, .readOnly]] | sort' <<< "$output")" \
    '[["/device",true],["/scratch",false]]'
}

@test "docker: where config and kernel disagree, both are shown" {
  begin docker describe -u 1000 --cap-add SYS_TIME -- sh -c 'umask 0; exec sleep 4800'
  run -0 "$NSCTL" describe "$T" -o json
  # the engine asks for no effective set for another user, or asks for one that execve takes
  for set in effective permitted; do
    asked=$(jq -r --arg s "$set" '.items[0].facts[] | select(.area == "capabilities" and .fact == $s) | .value' <<< "$output")
    [[ $asked == none || $asked == 'asked '*', is none' ]] || fail "$set: $asked"
  done
  run -0 "$NSCTL" describe "$T" --filter 'FACT==not usable' --no-headers
  assert_output --partial 'SYS_TIME was granted but cannot be used: uid 1000 is not root'
}

@test "docker: sessions of exec are heads with both PIDs" {
  begin docker describe
  token=$(token)
  engine_cli docker exec -d nsctl-test-describe sleep "$token"
  has_exec() { "$NSCTL" describe "$T" | grep -qE "^processes +exec +PID [0-9]+, outside [0-9]+: sleep $token"; }
  wait_until 10 has_exec
  "$NSCTL" describe "$T" -o json | jq -e --arg t "$token" '.items[0].sessions[] | select(.command[1] == $t) | .session == "exec"'
}

@test "docker: hostile text is shown, never obeyed; several at once" {
  begin docker describe -- sh -c 'while sleep 4800; do :; done' $'\e[31mred\nline'
  run -0 "$NSCTL" describe "$T"
  refute_output --partial $'\e'
  assert_line --partial '\e[31mred\nline'
  shared docker plain
  run -0 "$NSCTL" describe "$T" docker/nsctl-test-describe
  assert_line --regexp "^CONTAINER +AREA"
  assert_line --regexp "^docker/nsctl-test-describe +init +PID inside"
  run -1 "$NSCTL" describe nsctl-test-nosuch
  run -2 "$NSCTL" describe
  assert_output --partial '-A'
}
