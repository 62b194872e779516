#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ps beside what the host's /proc says of every process. A careless tool asks the container's /proc, its cgroup or its init's
# children, compares inodes, and takes the host's name for a uid.

load engine
load members

teardown() { ended; }

# all_members [NAME=VALUE...]: ps says what /proc says, 29 of 29.
all_members() {
  # shellcheck disable=SC2154 # stderr is set by run
  run -0 --separate-stderr env "$@" bash -c '. "$0"; ps_members "$1"' "$BATS_TEST_DIRNAME/members.bash" "$T"
  assert_equal "$* $stderr" "$* "
  assert_equal "$*"$'\n'"$output" "$*"$'\n'"$(members "$INIT")"
  assert_equal "$(wc -l <<< "$output")" 29
}

# sessions: "HOST-PID SESSION" of all, by PID.
sessions() { "$NSCTL" ps "$T" -o json | jq -r '.items[] | "\(.hostPid) \(.session)"' | sort; }

@test "29 of 29, by every way there is, whatever stands on /proc in the container" {
  own docker members -- sh -c "$MEMBERS"
  hard_members
  all_members
  # without the container's own procfs, without the calls of 6.11, without those of 6.17, and without openat2
  all_members NSCTL_WITHOUT=procfs
  all_members NSCTL_WITHOUT=procfs,proc-scan
  all_members NSCTL_WITHOUT=procfs,pidns-procfs,proc-scan
  all_members NSCTL_WITHOUT=nsfs
  all_members NSCTL_WITHOUT=openat2
  all_members NSCTL_WITHOUT=pidfd
  # a file of the container's in the place of what a process says of itself, then another folder, nothing, a procfs of another
  # PID namespace that claims to be this one
  printf 'Name: liar\nNSpid: 1\n' > "$BATS_TEST_TMPDIR/status"
  nsenter -t "$INIT" -m sh -c 'echo x > /tmp/x && mount -o bind /tmp/x /proc/1/status'
  all_members
  nsenter -t "$INIT" -m mount -t tmpfs none /proc
  all_members
  nsenter -t "$INIT" -m sh -c 'mkdir -p /proc/1/ns && ln -s "pid:[4026531836]" /proc/1/ns/pid'
  all_members
  nsenter -t "$INIT" -m umount /proc
  nsenter -t "$INIT" -m umount -l /proc
  all_members
  nsenter -t "$INIT" -m -p unshare -fp sh -c 'mount -t proc none /proc && mount -t tmpfs none /proc/1/net 2> /dev/null; exit 0'
  all_members
}

@test "sessions: main, exec and joined" {
  own docker sessions -- sh -c "$MEMBERS"
  hard_members
  expected=$(
    members "$INIT" | cut -d' ' -f1 | while read -r pid; do
      session=main
      ! grep -qx "$pid" <<< "$EXECS" || session="exec"
      ! grep -qx "$pid" <<< "$JOINED" || session="joined"
      echo "$pid $session"
    done | sort
  )
  assert_equal "$(sessions)" "$expected"
  assert_equal "$(grep -c exec <<< "$expected") $(grep -c joined <<< "$expected")" '2 5'
}

@test "every engine: an exec of its own is known where it writes it down" {
  for engine in docker podman podman-runc rootless cri containerd runc; do
    engine_runs "$engine" || continue
    shared "$engine" plain
    wanted=exec
    [ "$engine" != runc ] || wanted=joined # it has no record
    TOKEN=$(token)
    sleeper "engine_exec $engine $NAME --" sleep "$TOKEN"
    wait_until 30 session_is "$TOKEN" "$wanted" || fail "$engine: $("$NSCTL" ps "$T")"
    if [ "$engine" = podman ]; then # without its file it is known by what started it
      find "$NSCTL_TEST_DIR/podman/root" -path "*/$(container_id podman "$NAME")/userdata/*/exec_pid" -delete
      session_is "$TOKEN" exec || fail "conmon: $("$NSCTL" ps "$T")"
    fi
    run -0 "$NSCTL" ps "$T" --strays --no-headers --columns SESSION,AGE,COMMAND
    assert_line --regexp "^$wanted +[0-9]+m?s +sleep $TOKEN"
    end_all "$TOKEN"
  done
}
session_is() { "$NSCTL" ps "$T" -o json | jq -e --arg t "$1" --arg s "$2" '.items[] | select(.command[1] == $t and .session == $s)' > /dev/null; }

@test "every engine: its own processes, and an exec of its own" {
  for engine in $NSCTL_TEST_ENGINES; do
    shared "$engine" plain
    assert_equal "$engine"$'\n'"$(ps_members "$T" | head -1)" "$engine"$'\n'"$(members "$INIT" | head -1)"
  done
}

@test "names and numbers are the container's own" {
  own docker psnames --image pg
  run -0 "$NSCTL" ps "$T" -o json
  assert_equal "$(jq -r '.items[0] | "\(.user.uid) \(.user.name) \(.hostUser.uid)"' <<< "$output")" '101 postgres 101'
  disowned
  # no passwd at all: a number
  own docker psscratch --image scratch
  run -0 "$NSCTL" ps "$T" -o json
  assert_equal "$(jq -c '.items[0].user | [.uid, .name, .group]' <<< "$output")" '[0,null,null]'
  assert_equal "$(ps_members "$T")" "$(members "$INIT")"
}

@test "hostile command lines: JSON is valid, a table prints no control byte" {
  own docker pshostile
  TOKEN=$(token)
  running "$T" -- sh -c 'exec sleep "$1"' "$(printf '\377\376\033[31m\n\tx')" "$TOKEN"
  run -0 "$NSCTL" ps "$T" -o json
  "$NSCTL" ps "$T" -o json | iconv -f UTF-8 -t UTF-8 | jq -e . > /dev/null
  "$NSCTL" ps "$T" > "$BATS_TEST_TMPDIR/table"
  assert_equal "$(tr -d '\n' < "$BATS_TEST_TMPDIR/table" | tr -cd '\000-\037\177' | wc -c)" 0
  assert_equal "$(wc -l < "$BATS_TEST_TMPDIR/table")" 3
}

@test "not root: partial and said so, never an empty list with 0" {
  own docker psuser
  run as_nobody ps "pid/$INIT"
  assert_equal "$status" 3
  assert_output --partial "may be incomplete"
  assert_output --regexp "(^|"$'\n'") *$INIT +1 +0 "
  run as_nobody ps "pid/$INIT" -o json
  assert_equal "$status" 3
  # the engine's records are closed: an exec of its own is no setns that nobody has a record of
  TOKEN=$(token)
  sleeper "engine_exec docker $NAME --" sleep "$TOKEN"
  wait_until 30 session_is "$TOKEN" exec
  run -3 --separate-stderr as_nobody ps "pid/$INIT" -o json
  assert_equal "$(jq -c --arg t "$TOKEN" '[.items[] | select(.command[1] == $t) | .session]' <<< "$output")" '[null]'
  run -3 --separate-stderr as_nobody ps "pid/$INIT" --columns SESSION,COMMAND --no-headers
  assert_line --regexp "^\\? +sleep $TOKEN$"
  assert_line --regexp '^main +sleep 4800$'
  run -3 --separate-stderr as_nobody describe "pid/$INIT"
  assert_line --regexp "^processes +exec or joined +PID .*: sleep $TOKEN "
  end_all "$TOKEN"
  # one that is root's may be there: not found would be a guess. HOME is still root's
  HOME=/root run -4 --separate-stderr as_nobody ps "$T"
  assert_regex "$stderr" "no such container"$'\n'".*root's containers are not shown"$'\n  CAP_DAC_READ_SEARCH is what it takes to look for it there: sudo nsctl'
  # hidepid: the process cannot even be seen
  run unshare -m sh -c 'mount -t proc -o hidepid=2 none /proc && exec setpriv --reuid 4711 --regid 4711 --clear-groups "$@"' \
    sh "$NSCTL" ps host
  [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || fail "hidepid: status $status: $output"
}

@test "not root: a group that may be root's engine's has execs that may be recorded, also in a list" {
  own docker psclosed -u 4711:4711
  TOKEN=$(token)
  sleeper "engine_exec docker $NAME --" sleep "$TOKEN"
  wait_until 30 session_is "$TOKEN" exec
  run -3 --separate-stderr setpriv --reuid 4711 --regid 4711 --clear-groups "$NSCTL" ps -A -o json
  assert_equal "$(jq -c --arg t "$TOKEN" '[.items[] | select(.command[1] == $t) | .session]' <<< "$output")" '[null]'
}
