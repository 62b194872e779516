#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Containers that cannot be entered: paused, stopped, terminating, with a zombie init; and callers who may not.
# A careless tool hangs in a frozen cgroup, says "No such process", or enters another process that got the number.

load engine
load terminate

teardown() {
  let_go
  [ -z "${KEEPER-}" ] || kill -KILL "$KEEPER" 2> /dev/null || true
  ended
}

# asked: at once, and nothing was started; what was said is in $stderr.
asked() {
  at_once 3000 run -125 --separate-stderr nsctl_exec "$T" -- true
  assert_equal "$output" ''
}
# refused REGEX, refused_with LINE...: with these words.
refused() {
  asked
  assert_regex "$stderr" "$1"
}
refused_with() {
  asked
  assert_equal "$stderr" "nsctl: $(printf '%s\n' "$@")"
}

paused() {
  local advice
  own "$1" refused-paused
  container_pause "$1" "$NAME"
  refused "^nsctl: .* is paused: a command in its cgroup would not run
  .* is frozen
  .*--no-cgroup (to stay|stays) outside of it$"
  [ -z "$2" ] || [[ $stderr == *"$2"* ]]
  advice=$(sed -n '3s/^ *\(.*\), or .*/\1/p' <<< "$stderr")
  # outside of its cgroup a command runs; a filter cannot be copied from an init that stands still, which is said
  options=(--no-cgroup)
  if [ "$1" = lxc ]; then
    run -125 --separate-stderr nsctl_exec --no-cgroup "$T" -- true
    assert_regex "$stderr" 'cannot copy the seccomp filter .*it does not stop'
    options+=(--no-seccomp)
  fi
  run -0 nsctl_exec "${options[@]}" "$T" -- cat /proc/self/comm
  assert_output cat
  no_leaves
  # where its state is the advice knows; what a daemon listens on it does not
  case $1 in
    runc | crun | lxc) run -0 sh -c "$advice" ;;
    *) container_unpause "$1" "$NAME" ;;
  esac
  run -0 nsctl_exec "$T" -- true
}

@test "docker: paused" { paused docker 'docker unpause nsctl-test-refused-paused'; }
@test "podman: paused" { paused podman 'podman unpause nsctl-test-refused-paused'; }
@test "cri: paused" { paused cri ''; }
@test "containerd: paused" { paused containerd 'ctr -n default task resume nsctl-test-refused-paused'; }
@test "runc: paused" { paused runc "runc --root $NSCTL_TEST_DIR/runc/state resume nsctl-test-refused-paused"; }
@test "crun: paused" { paused crun "crun --root $NSCTL_TEST_DIR/crun/state resume nsctl-test-refused-paused"; }
@test "lxc: paused" { paused lxc 'lxc-unfreeze'; }

@test "the advice is a line for a shell, whatever the folder and the container are called" {
  # a careless tool shows what a user wrote into his state, and root pastes it
  own crun refused-quoted
  root="$BATS_TEST_TMPDIR/it's a ;\$(root)"
  quoted="'${root//\'/\'\\\'\'}'"
  for name in "$(container_name "$NAME")" --version; do
    container_pause crun "$NAME"
    rm -rf "$root"
    mkdir -p "$root"
    cp -r "$(engine_crun_home)/state/$(container_name "$NAME")" "$root/$name"
    shown=$name
    [ "$name" != --version ] || shown='-- --version'
    NSCTL_ROOT="crun=:crun=$root" run -125 --separate-stderr nsctl_exec "crun/$name" -- true
    advice=$(sed -n '3s/^ *\(.*\), or .*/\1/p' <<< "$stderr")
    assert_equal "$advice" "crun --root $quoted resume $shown"
    run -0 sh -c "$advice"
    run -0 nsctl_exec "$T" -- true
    NSCTL_ROOT="crun=:crun=$root" run -2 --separate-stderr "$NSCTL" kill "crun/$name"
    assert_equal "${stderr#*$'\n'}" "  crun --root $quoted kill $shown"
  done
}

@test "paused: a pasted ID and -t are refused too, and the terminal stays as it is" {
  own docker refused-paused
  container_pause docker "$NAME"
  run -125 --separate-stderr nsctl_exec "$(container_id docker "$NAME")" -- true
  [[ $stderr == *'is paused'* ]]
  [ -x /usr/bin/python3 ] || skip 'no python3'
  run_terminal 'expect=is paused' wait modes -- "$NSCTL" exec -it "$T" -- sh
  assert_output $'status 125\nmodes same'
}

@test "frozen by an ancestor of its cgroup: paused, too" {
  own runc refused-paused
  freezer=$(awk -F: '$2 == "freezer" { print $3 }' "/proc/$INIT/cgroup")
  if [ -n "$freezer" ]; then
    parent=/sys/fs/cgroup/freezer${freezer%/*}
    file=$parent/freezer.state on=FROZEN off=THAWED
  else
    parent=$(v2_of "$INIT")
    parent=${parent%/*}
    file=$parent/cgroup.freeze on=1 off=0
  fi
  # of this instance only: its runc containers
  [[ $parent == *"/$(instance_cgroup)/runc" ]] || fail "$parent"
  echo "$on" > "$file"
  wait_until 5 frozen || true
  run -125 --separate-stderr nsctl_exec "$T" -- true
  message=$stderr
  echo "$off" > "$file"
  assert_regex "$message" 'is paused'
  run -0 nsctl_exec "$T" -- true
}
frozen() { [ "$(cat "${file%/*}/freezer.state" 2> /dev/null)" = FROZEN ]; }

# halted ENGINE HINT: "%n" is its name
halted() {
  first_pidns_require
  # docker's data, which was moved, is known from what runs
  [ "$1" != docker ] || shared docker plain
  own "$1" refused-halted
  shown=$(shown_name)
  id=$(container_id "$1" "$NAME")
  container_halt "$1" "$NAME"
  # a zombie is left where nobody has reaped it yet
  wait_until 10 init_is_gone
  hint=${2//%n/$shown}
  refused_with "$shown is not running" "  ${hint//%i/${id:0:12}}"
}
init_is_gone() { [ ! -e "/proc/$INIT" ]; }
@test "docker: stopped" { halted docker 'start it first: docker start %n'; }
@test "podman: stopped" { halted podman 'start it first: podman start %n'; }
@test "podman-runc: stopped" { halted podman-runc 'start it first: podman start %n'; }
@test "rootless: stopped" { halted rootless "start it first: podman start %n, as uid $(id -u "$(rootless_user)"), whose it is"; }
@test "cri: stopped" { halted cri 'crictl logs %i shows what it wrote, crictl ps -a when and how it has ended'; }
@test "containerd: stopped" { halted containerd 'nsctl get containers -a shows stopped ones too'; }
@test "runc: stopped" { halted runc 'nsctl get containers -a shows stopped ones too'; }
@test "crun: stopped" { halted crun 'nsctl get containers -a shows stopped ones too'; }
@test "lxc: stopped" { halted lxc "start it first: lxc-start -P $(engine_lxc_home) -n %n"; }

@test "lxc: while it is being made its init is a copy of the monitor, on the host's files, with root's rights" {
  engine_require lxc
  NAME=refused-young-$(lxc_suffix)
  OWNED+=("lxc $NAME")
  hook=$BATS_TEST_TMPDIR/hook
  mkfifo "$hook.end"
  printf '#!/bin/sh\necho begun > %q\nread -r _ < %q\n' "$hook.begun" "$hook.end" > "$hook"
  chmod 755 "$hook"
  container_start lxc "$NAME" --raw "lxc.hook.pre-mount = $hook" > "$hook.out" 2>&1 3>&- &
  starting=$!
  exec 9<> "$hook.end"
  wait_until 20 [ -s "$hook.begun" ] || fail "$(cat "$hook.out")"
  T=$(container_target lxc "$NAME")
  run --separate-stderr nsctl_exec "$T" -- sh -c 'echo inside'
  echo >&9
  exec 9>&-
  wait "$starting" || fail "$(cat "$hook.out")"
  assert_equal "$status $output" '125 '
  assert_regex "$stderr" "^nsctl: (lxc/)?$(container_name "$NAME")( is not running|: no such container)"
  run -0 nsctl_exec "$T" -- sh -c 'echo inside'
  assert_output inside
}

@test "bwrap: its PID is gone" {
  own bwrap refused-halted
  container_halt bwrap "$NAME"
  refused_with "pid/$INIT: no such process" '  pid/N takes a process ID of the host'
}

is_terminating() {
  refused_with "$(shown_name) is terminating: its init has ended or is about to" \
    '  wait for it to stop; nothing can be started in it any more'
}

# zombie ENGINE: what would reap it stands still; at once, and by the name of the container.
zombie() {
  own "$1" refused-zombie
  init_zombie
  is_terminating
}
@test "docker: a zombie init" { zombie docker; }
@test "podman: a zombie init" { zombie podman; }
@test "cri: a zombie init" { zombie cri; }
@test "containerd: a zombie init" { zombie containerd; }
@test "lxc: a zombie init" { zombie lxc; }
@test "bwrap: a zombie init" { zombie bwrap; }

# zombie_alone ENGINE: these leave nobody beside the container; the machine's init is played by one that does not reap.
zombie_alone() {
  own "$1" refused-zombie
  bundle=$("engine_$1_home")/bundle/$(container_name "$NAME")
  engine_cli "$1" delete --force "$(container_name "$NAME")"
  mkfifo "$BATS_TEST_TMPDIR/end"
  "$(helper keeper)" "$1" --root "$("engine_$1_home")/state" run --detach --bundle "$bundle" "$(container_name "$NAME")" \
    < "$BATS_TEST_TMPDIR/end" > "$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  KEEPER=$!
  exec 9> "$BATS_TEST_TMPDIR/end"
  wait_until 10 grep -q ready "$BATS_TEST_TMPDIR/out" || fail "$(cat "$BATS_TEST_TMPDIR/out")"
  INIT=$(container_pid "$1" "$NAME")
  kill -KILL "$INIT"
  wait_until 20 is_zombie
  is_terminating
  exec 9>&-
  wait "$KEEPER"
  KEEPER=
}
@test "runc: a zombie init" { zombie_alone runc; }
@test "crun: a zombie init" { zombie_alone crun; }

# terminating ENGINE: init has been killed, and waits for a process inside that nobody reaps.
terminating() {
  own "$1" refused-terminating
  init_terminating
  is_terminating
}
@test "docker: terminating" { terminating docker; }
@test "podman: terminating" { terminating podman; }
@test "cri: terminating" { terminating cri; }
@test "runc: terminating" { terminating runc; }
@test "crun: terminating" { terminating crun; }
@test "lxc: terminating" { terminating lxc; }
@test "bwrap: terminating" { terminating bwrap; }

@test "init dies while a command is about to start: an error or a status, never a hang" {
  engine_require crun
  for round in 1 2 3 4 5; do
    own crun "refused-race$round"
    "$NSCTL" exec "$T" -- sleep 30 > /dev/null 2>&1 3>&- &
    nsctl=$!
    kill -KILL "$INIT"
    wait_until 10 proc_gone_or_zombie "$nsctl" || fail 'nsctl hangs'
    wait "$nsctl" && status=0 || status=$?
    [ "$status" = 125 ] || [ "$status" = 137 ] || fail "status $status"
    disowned
  done
}
proc_gone_or_zombie() { ! proc_start "$1" > /dev/null; }

# ---- callers without the right

# By the PID, which everybody sees, and by the name: state files of root's are closed, so the container is not even found. A
# monitor's title, which tells of lxc's, is open to all.
stranger() {
  local pid shown
  shared "$1" plain
  shown=$(cat "/proc/$INIT/comm")
  [ "$1" != lxc ] || shown=$(shown_name)
  pid="nsctl: $shown: cannot look at its namespaces: Permission denied
  its init ($INIT) belongs to another user: this needs CAP_SYS_PTRACE and CAP_SYS_ADMIN
  run nsctl as root: sudo nsctl exec ..."
  run -125 --separate-stderr as_nobody exec "pid/$INIT" -- id
  assert_equal "$output$stderr" "$pid"
  run -125 --separate-stderr as_nobody exec "$T" -- id
  assert_equal "$output" ''
  case $1 in
    lxc | bwrap) assert_equal "$stderr" "$pid" ;;
    *)
      mapfile -t lines <<< "$stderr"
      assert_equal "${#lines[@]} ${lines[0]}" "3 nsctl: $T: no such container"
      # which others there are is the machine's
      assert_regex "${lines[1]}" "^  (.*, )?${1/rootless/podman}(, .*)?: root's containers are not shown$"
      assert_equal "${lines[2]}" '  CAP_DAC_READ_SEARCH is what it takes to look for it there: sudo nsctl ...'
      ;;
  esac
}
@test "docker: not root, another's container: the missing privilege by name" { stranger docker; }
@test "podman: not root, another's container: the missing privilege by name" { stranger podman; }
@test "rootless: not root, another's container: the missing privilege by name" { stranger rootless; }
@test "cri: not root, another's container: the missing privilege by name" { stranger cri; }
@test "containerd: not root, another's container: the missing privilege by name" { stranger containerd; }
@test "runc: not root, another's container: the missing privilege by name" { stranger runc; }
@test "crun: not root, another's container: the missing privilege by name" { stranger crun; }
@test "lxc: not root, another's container: the missing privilege by name" { stranger lxc; }
@test "bwrap: not root, another's container: the missing privilege by name" { stranger bwrap; }

@test "root without CAP_SYS_ADMIN: named" {
  shared docker plain
  run -125 --separate-stderr setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin timeout 20 "$NSCTL" exec "$T" -- id
  assert_regex "$stderr" 'CAP_SYS_ADMIN'
}

@test "the host and oneself are no containers" {
  engine_require runc
  for target in host self; do
    run -125 --separate-stderr nsctl_exec "$target" -- true
    assert_equal "${stderr%%$'\n'*}" "nsctl: exec enters containers, and $target is none"
  done
}
