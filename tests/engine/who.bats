#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# who beside what the engines say, and in agreement with ps. A careless tool reads the cgroup alone, and takes a process that
# has left it for the host's.

load engine
load members

teardown() { ended; }

who() { "$NSCTL" who -o json "$@" | jq -r '.items[] | "\(.hostPid) \(.pid) \(.container)"'; }

@test "every member, also one that joined, is nested, or has left its cgroup" {
  own docker whomembers -- sh -c "$MEMBERS"
  hard_members
  run -0 --separate-stderr who - < <(members "$INIT" | cut -d' ' -f1)
  assert_equal "$output" "$(members "$INIT" | awk -v t="$T" '{ print $1, $2, t }')"
  assert_equal "$(who "$MOVED")" "$(members "$INIT" | awk -v t="$T" -v p="$MOVED" '$1 == p { print $1, $2, t }')"
}

@test "every engine: its init, and back" {
  for engine in $NSCTL_TEST_ENGINES; do
    shared "$engine" plain
    assert_equal "$engine $(who "$INIT")" "$engine $INIT 1 $("$NSCTL" ps "$T" -o json | jq -r '.items[0].container')"
    assert_equal "$engine $("$NSCTL" who --inside "$T" 1 -o json | jq '.items[0].hostPid')" "$engine $INIT"
  done
}

@test "a process of the host is said to be one; a thread is its process's; none is 1" {
  first_pidns_require
  run -0 "$NSCTL" who "$$" -o json
  assert_equal "$(jq -c '.items[0] | [.inContainer, .container, .engine, .pod, .pid, .user]' <<< "$output")" '[false,null,null,null,null,null]'
  run -0 "$NSCTL" who "$$" --no-headers --columns ENGINE,CONTAINER
  assert_output --regexp '^- +-$'
  run -1 --separate-stderr "$NSCTL" who 4194304
  assert_equal "$stderr" 'nsctl: 4194304: no such process'
  run -3 --separate-stderr "$NSCTL" who "$$" 4194304
  assert_equal "$stderr" 'nsctl: 4194304: no such process'
  run -2 "$NSCTL" who web
  run -2 "$NSCTL" who
}

@test "containers that share a PID namespace, and one in the host's, are told apart" {
  own docker whohost --pid host
  host=$INIT
  assert_equal "$(who "$host" | cut -d' ' -f1,3)" "$host $T"
  assert_equal "$("$NSCTL" ps "$T" -q)" "$host"
  own docker whofirst
  first=$T first_init=$INIT
  own docker whosecond --raw "--pid=container:nsctl-test-$NAME"
  assert_equal "$(who "$INIT" | cut -d' ' -f3)" "$T"
  assert_equal "$(who "$first_init" | cut -d' ' -f3)" "$first"
  assert_equal "$("$NSCTL" ps "$T" -q)" "$INIT"
  assert_equal "$("$NSCTL" ps "$first" -q)" "$first_init"
  # -o name is taken back, as it is everywhere; -q is the number, for who and kill
  assert_equal "$("$NSCTL" ps "$first" -o name)" "pid/$first_init"
  assert_equal "$("$NSCTL" get processes "$T" -o name)" "pid/$INIT"
  assert_equal "$("$NSCTL" exec "$("$NSCTL" ps "$T" -o name)" -- hostname)" "$("$NSCTL" exec "$T" -- hostname)"
}

@test "pid/N is a process of the host, PIDs with --inside are not" {
  own docker whoform
  run -0 --separate-stderr "$NSCTL" who "pid/$INIT" "pid:$INIT" -q
  assert_output "$("$NSCTL" who "$INIT" -q)"
  run -2 --separate-stderr "$NSCTL" who --inside "$T" pid/1
  assert_equal "$stderr" $'nsctl: pid/1 is no PID\n  with --inside it takes the PIDs inside: nsctl ps TARGET lists them'
  run -2 --separate-stderr "$NSCTL" who --inside "$T"
  assert_equal "${stderr%%$'\n'*}" 'nsctl: who wants to know which process: a PID inside'
}

@test "inside a PID namespace nothing found is no answer" {
  run -3 --separate-stderr unshare -pf --mount-proc "$NSCTL" --root docker= ps -A
  assert_equal "$output" ''
  assert_equal "$stderr" 'nsctl: no containers run here; only what is in this PID namespace can be seen'
  run -3 unshare -pf --mount-proc "$NSCTL" ps host
  assert_output --partial 'may be incomplete'
  run -3 unshare -pf --mount-proc "$NSCTL" who 1
  assert_output --partial 'cannot tell'
}

@test "inside a PID namespace a container that runs outside is not said to be stopped" {
  engine_require docker
  shared docker plain
  local unseen="docker/nsctl-test-$NAME cannot be seen: nsctl runs in a PID namespace itself, and its init is not in there"
  for words in "describe $T" "ps $T" "caps $T" "users $T" "ns $T" "can $T bind:80" "generate docker $T" "diff $T"; do
    # shellcheck disable=SC2086 # a verb and its words
    run -4 --separate-stderr unshare -pf --mount-proc "$NSCTL" $words
    assert_equal "$words: $output${stderr%%$'\n'*}" "$words: nsctl: $unseen"
  done
  run -125 unshare -pf --mount-proc "$NSCTL" exec "$T" -- true
  assert_output --partial 'cannot be seen: nsctl runs in a PID namespace itself'
  # the number that the state has may be another process's in here: it is not taken for the init, unless nsctl sees all
  local root=$BATS_TEST_TMPDIR/docker id named
  id=$(printf 'c0ffee%058d' 0)
  mkdir -p "$root/containerd/daemon/io.containerd.runtime.v2.task/moby/$id"
  # shellcheck disable=SC2016 # of the inner shell
  named='sleep 60 & echo $! > "$1/containerd/daemon/io.containerd.runtime.v2.task/moby/$2/init.pid"
    "$3" --root "docker=$1" ps "docker/$2" -q; r=$?; kill $!; exit $r'
  ! first_pidns || run -0 sh -c "$named" sh "$root" "$id" "$NSCTL"
  run -4 unshare -pf --mount-proc sh -c "$named" sh "$root" "$id" "$NSCTL"
  assert_output --partial 'cannot be seen: nsctl runs in a PID namespace itself'
  # in a list that is not empty
  run -3 --separate-stderr unshare -pf --mount-proc sh -c 'unshare -pf --mount-proc sleep 60 & until "$1" get co --filter COMMAND=="sleep 60" -q 2> /dev/null | grep -q .; do :; done
    "$1" get co -o name --filter "COMMAND==sleep 60"; r=$?; kill $!; exit $r' sh "$NSCTL"
  assert_output --regexp '^pid/[0-9]+$'
  assert_equal "$stderr" 'nsctl: nsctl runs in a PID namespace itself: what runs outside of it is not shown'
}

@test "hidepid: what is hidden is not said to be missing" {
  run unshare -m sh -c 'mount -t proc -o hidepid=2 none /proc && exec setpriv --reuid 4711 --regid 4711 --clear-groups "$@"' sh "$NSCTL" who 1
  assert_equal "$status" 4
  assert_output --partial 'may not be looked at'
  for verb in 'ps -A' 'caps -A' 'users -A' 'ns -A' 'describe -A' 'get containers' 'get pods' 'get processes' 'get users'; do
    # shellcheck disable=SC2086 # a verb and its word
    run -4 unshare -m sh -c 'mount -t proc -o hidepid=2 none /proc && exec setpriv --reuid 4711 --regid 4711 --clear-groups "$@"' sh "$NSCTL" $verb
    assert_line 'nsctl: /proc is mounted with hidepid, and hides processes of others'
  done
}

@test "all processes of the host at once: the containers' are theirs, the daemons and their helpers are the host's" {
  engine_require docker
  local engine wanted=''
  for engine in $NSCTL_TEST_ENGINES; do
    shared "$engine" plain
    wanted="$wanted$INIT $("$NSCTL" ps "$T" -o json | jq -r '.items[0].container')"$'\n'
  done
  find /proc -maxdepth 1 -name '[0-9]*' -printf '%f\n' > "$BATS_TEST_TMPDIR/pids" 2> /dev/null || true
  # those that end meanwhile are said to
  run --separate-stderr "$NSCTL" who - -o json < "$BATS_TEST_TMPDIR/pids"
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
  jq -r '.items[] | "\(.hostPid) \(.container)"' <<< "$output" > "$BATS_TEST_TMPDIR/said"
  while read -r line; do
    grep -qxF "$line" "$BATS_TEST_TMPDIR/said" || fail "not said: $line"
  done <<< "${wanted%$'\n'}"
  for pid in $$ "$(engine_daemon docker)" "$(container_shim docker shared-plain)"; do
    assert_equal "$(grep "^$pid " "$BATS_TEST_TMPDIR/said")" "$pid null"
  done
  # many are read by several threads: the same as one by one
  { cat "$BATS_TEST_TMPDIR/pids" && seq 3000000 3003000; } > "$BATS_TEST_TMPDIR/many"
  run --separate-stderr "$NSCTL" who - -o json < "$BATS_TEST_TMPDIR/many"
  jq -r '.items[] | "\(.hostPid) \(.container)"' <<< "$output" > "$BATS_TEST_TMPDIR/again"
  assert_equal "$(grep -cxFf <(grep . <<< "$wanted") "$BATS_TEST_TMPDIR/again")" "$(grep -c . <<< "$wanted")"
}
