#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Bare groups: namespaces that no engine knows. What is listed does not depend on whether the kernel can list mount
# namespaces; a careless tool sees the processes that have one of their own, and no others.

load ../lib/bats

setup() {
  [ "$(id -u)" = 0 ] || skip 'new namespaces of every kind need root'
  STARTED=()
}
# The innermost first: what loses its parent is found no more.
teardown() {
  local pid inner
  for pid in "${STARTED[@]}"; do
    for inner in $(below "$pid" | tac) "$pid"; do
      kill -KILL "$inner" 2> /dev/null || true
    done
    wait "$pid" 2> /dev/null || true
  done
}

# group PROGRAM [OPTION...]: sets HEAD to what it is, and INIT to the sleep that it runs, once that is there.
group() {
  "$@" sleep 4800 3>&- &
  HEAD=$!
  STARTED+=("$HEAD")
  wait_until 10 sleeps "$HEAD"
}

# sleeps PID: PID or one below it has become the sleep: INIT.
sleeps() {
  local pid
  for pid in "$1" $(below "$1"); do
    [ "$(cat "/proc/$pid/comm" 2> /dev/null)" = sleep ] || continue
    INIT=$pid
    return 0
  done
  return 1
}
below() {
  local pid
  for pid in $(cat "/proc/$1/task/$1/children" 2> /dev/null); do
    echo "$pid"
    below "$pid"
  done
}

# ends_while VERB N: the only container ends at the Nth system call that VERB -A makes on its folder of /proc.
ends_while() {
  group unshare --pid --fork --mount-proc
  {
    sleep 0.4
    kill -KILL "$INIT"
  } 3>&- &
  run "-$(first_pidns && echo 0 || echo 3)" --separate-stderr strace -f -qq -o "$BATS_TEST_TMPDIR/calls" -P "/proc/$INIT" -e trace=all \
    -e "inject=all:delay_enter=1000000:when=$2" "$NSCTL" "$1" -A
  wait "$!"
}
@test "of all, the last one that ends meanwhile is no error" {
  strace_require -e trace=all -e inject=all:delay_enter=1:when=9999
  no_leak_search
  for verb in ns describe caps ps users; do
    for n in 3 6; do ends_while "$verb" "$n"; done
  done
}

# listed [OPTION...]: what is bare, as pid/N, in all three ways of looking.
listed() { "$NSCTL" get co -o name "$@" | grep '^pid/'; }
is_listed() {
  listed | grep -qx "pid/$1"
  NSCTL_WITHOUT=nsfs listed | grep -qx "pid/$1"
  listed --deep | grep -qx "pid/$1"
}
is_deep() {
  ! listed | grep -qx "pid/$1" || fail "pid/$1 is listed"
  ! NSCTL_WITHOUT=nsfs listed | grep -qx "pid/$1" || fail "pid/$1 is listed without nsfs"
  listed --deep | grep -qx "pid/$1"
}

@test "a PID namespace alone is a group: no mount namespace tells of it" {
  group unshare --pid --fork
  assert_equal "$(readlink "/proc/$INIT/ns/mnt")" "$(readlink /proc/self/ns/mnt)"
  is_listed "$INIT"
}

@test "a PID and a mount namespace; its init, though another has a lower number" {
  group unshare --pid --fork --mount-proc
  is_listed "$INIT"
  assert_equal "$("$NSCTL" get co -o json | jq -c ".items[] | select(.hostPid == $INIT) | [.engine, .name, .pid]")" \
    '["bare","sleep",1]'
}

@test "a user and a mount namespace, made in one step or in two, in either order" {
  group unshare --user --map-root-user --mount
  is_listed "$INIT"
  group unshare --user --map-root-user unshare --mount
  is_listed "$INIT"
  group unshare --mount unshare --user --map-root-user
  is_listed "$INIT"
}

@test "a mount namespace or a user namespace alone only with --deep" {
  group unshare --mount
  is_deep "$INIT"
  group unshare --user --map-root-user
  is_deep "$INIT"
  group unshare --net
  is_deep "$INIT"
}

@test "of nested PID namespaces the outermost" {
  group unshare --pid --fork --mount-proc unshare --pid --fork --mount-proc
  outer=$(cat "/proc/$HEAD/task/$HEAD/children")
  outer=${outer% }
  assert_not_equal "$outer" "$INIT"
  is_listed "$outer"
  is_deep "$INIT"
}

@test "unshare itself stands in the user namespace, its child in the PID namespace: one group" {
  group unshare --user --map-root-user --mount --pid --fork
  is_listed "$INIT"
  ! listed | grep -qx "pid/$HEAD" || fail 'two groups'
  ! NSCTL_WITHOUT=nsfs listed | grep -qx "pid/$HEAD" || fail 'two groups without nsfs'
}

@test "a mount namespace without processes changes nothing" {
  dir=$BATS_TEST_TMPDIR
  mount -t tmpfs none "$dir" && mount --make-private "$dir"
  touch "$dir/ns"
  unshare --mount="$dir/ns" true || {
    umount "$dir"
    first_pidns_require # unshare may not keep one there
    fail 'unshare does not keep a mount namespace'
  }
  group unshare --user --map-root-user --mount
  is_listed "$INIT"
  umount "$dir/ns"
  umount "$dir"
}

@test "bwrap, and never a kernel thread" {
  command -v bwrap > /dev/null || skip 'bwrap is not installed'
  group bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev
  ids=$({ echo "$HEAD" && below "$HEAD"; } | jq -sc .)
  pid=$("$NSCTL" get co -o json | jq --argjson ids "$ids" '.items[] | select(.engine == "bare" and (.hostPid | IN($ids[]))).hostPid')
  is_listed "$pid"
  run -0 listed --deep
  for line in "${lines[@]}"; do
    # PF_KTHREAD; one without a command line may be ending
    flags=$(sed 's/.*) //' "/proc/${line#pid/}/stat" 2> /dev/null | cut -d' ' -f7)
    [ $((flags & 0x200000)) = 0 ] || fail "$line is a kernel thread"
  done
}

@test "in a user namespace, where the kernel lists few mount namespaces, and as an ordinary user" {
  group unshare --user --map-root-user --mount
  inner=$(unshare --user --map-root-user --mount "$NSCTL" get co -o name 2> /dev/null | grep -c '^pid/' || true)
  assert_equal "$inner" 0
  run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups "$NSCTL" get co -o name
  [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || fail "status $status"
  group setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user --map-root-user --mount --pid --fork
  run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups "$NSCTL" get co -o name
  assert_equal "$status" 3
  assert_line "pid/$INIT"
}
