#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Containers that work against the tool.

load engine

# A container that may write to the host's v2 hierarchy, as systemd's and nested engines' containers may.
writes_cgroups() {
  local mount
  mount=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
  [ -n "$mount" ] || skip 'no cgroup v2 here'
  own docker walker --raw -v --raw "$mount:/cg2:rw"
  WAY_OUT=/cg2$(sed -n 's/^0:://p' "/proc/$INIT/cgroup")/cgroup.procs
}

@test "a command that walks out of its leaf cgroup ends with nsctl all the same" {
  writes_cgroups
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  running "$T" -- sh -c 'echo 0 > "$2"; sleep "$1" & setsid sleep "$1" & wait' sh "$TOKEN" "$WAY_OUT"
  wait_until 10 alive_are 3 "$TOKEN" || fail "$(alive "$TOKEN")"
  kill -KILL "$RUNNING"
  wait_until 5 none_alive "$TOKEN" || fail "alive: $(alive "$TOKEN")"
  wait_until 5 no_leaves || fail "$(leaves)"
}

@test "a command that walks out of its leaf cgroup ends when its time is up" {
  writes_cgroups
  TOKEN=$(token)
  # shellcheck disable=SC2016 # the inner shell's
  run -124 nsctl_exec --timeout 1s "$T" -- sh -c 'trap "" TERM; echo 0 > "$2"; exec sleep "$1"' sh "$TOKEN" "$WAY_OUT"
  none_alive "$TOKEN"
}

# In its first moment the process that becomes the command holds what the command will, and nothing of the host: CAP_SYS_PTRACE would
# hand it over (CVE-2016-9962). A careless tool appears with all capabilities, in the host's mount namespace.
lurked_on() {
  local caps
  own "$1" lurker --cap-add SYS_PTRACE
  helper_inside lurk
  caps=$(nsctl_exec "$T" -- sed -n 's/^CapEff:\t//p' /proc/self/status)
  running "$T" -- /tmp/lurk 3
  # a folder of the host that the caller left open
  # shellcheck disable=SC2034 # to be there is all
  exec {left}< /
  wait_until 10 grep -q ready "$OUT"
  for _ in {1..500}; do # its moment is short: on a busy machine it is rarely seen
    nsctl_exec "$T" -- true
    [ "$(wc -l < "$OUT")" -lt 4 ] || break
  done
  assert_equal "$(sed 1d "$OUT" | cut -d' ' -f1,2 | sort -u)" "$caps mine"
  # but the list of the container's own cgroup, which counts processes and is joined last
  assert_equal "$(sed 1d "$OUT" | cut -d' ' -f3- | tr ' ' '\n' | grep -vE '^/sys/fs/cgroup/pids/.*/tasks$|^$')" ''
}

@test "docker: who may trace gets no more than the command has" { lurked_on docker; }
@test "podman: who may trace gets no more than the command has" { lurked_on podman; }

# forged STATUS STEP ERROR ARG SOFT TIMES [EXEC-OPTION...]: what the container sends in the name of the process that becomes the command.
# A careless tool believes it: an index out of bounds ended nsctl by a signal. By /proc the way to nsctl cannot be opened.
forged() {
  own docker tracer --cap-add SYS_PTRACE
  helper_inside forge
  # on a busy machine one may be the command before it is seen, or be ready
  for _ in {1..40}; do
    [ -z "${RUNNING-}" ] || forge_ended
    running "$T" -- /tmp/forge "${@:2:5}"
    wait_until 10 grep -q ready "$OUT"
    for _ in {1..100}; do
      run --separate-stderr nsctl_exec "${@:7}" "$T" -- true
      ! grep -q sent "$OUT" || break
    done
    [ "$status" != "$1" ] || ! grep -q sent "$OUT" || break
  done
  assert_equal "$status $(cat "$OUT")" "$1 ready"$'\nsent'
  # who traces it keeps its number, and so the guard, until he lets go of it: 3 s at most
  wait_until 6 no_leaves || fail "$(leaves)"
}
forge_ended() {
  kill -KILL "$RUNNING" 2> /dev/null || true
  wait "$RUNNING" 2> /dev/null || true
  wait_until 10 no_leaves
}
tampered() {
  forged 125 "$@"
  assert_regex "$stderr" 'nsctl: [^ ]*tracer: what was to become the command was tampered with from inside'
}
@test "a forged report that names no step is noticed" { tampered 0x40000000 5 0 1 1; }
@test "a forged report with an argument out of bounds is noticed" { tampered 20 0 0x7ffffff 2 1 -vv; }
@test "a forged report with an error below 0 is noticed" { tampered 25 -5 0 0 1; }
@test "reports that keep coming hold nobody up" {
  # a careless tool starts its clock anew with each: it waits for 3 s, and the command runs
  forged 124 21 0 1 2 30 --timeout 1s -vv
  assert_regex "$stderr" 'did not begin before its time was up'
}

has_stopped_one() { ! proc_start "$RUNNING" > /dev/null; }
@test "a container that stops what appears in it holds nobody up" {
  shared docker plain
  helper_inside lurk
  running "$T" -- /tmp/lurk stop
  wait_until 10 grep -q ready "$OUT"
  # on a busy machine one may be gone before it is seen, or be late by itself
  for _ in {1..500}; do
    run nsctl_exec --timeout 1s "$T" -- true
    [ "$status" = 0 ] || ! wait_until 5 has_stopped_one || break
  done
  assert_equal "$status" 124
  assert_output --partial 'time was up'
  wait_until 5 no_leaves || fail "$(leaves)"
}

@test "a container that has used up its number of processes lets a command in" {
  local limit
  own docker full
  limit=/sys/fs/cgroup/pids$(sed -n 's/.*:pids://p' "/proc/$INIT/cgroup")/pids.max
  [ -e "$limit" ] || skip 'no v1 hierarchy counts processes; v2 refuses whoever joins'
  echo 1 > "$limit"
  run -0 nsctl_exec "$T" -- cat /proc/self/cgroup
  assert_line --regexp ":pids:$(sed -n 's/.*:pids://p' "/proc/$INIT/cgroup")\$"
}
