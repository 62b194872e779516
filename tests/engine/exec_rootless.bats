#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# An ordinary user and its own rootless containers: no root, no set-uid, no option.

load engine

setup_file() {
  engine_runs rootless || return 0
  # the program where that user may execute it
  install -D -m 0755 "$NSCTL" "$NSCTL_TEST_DIR/rootless/home/bin/nsctl"
}
setup() {
  shared rootless plain
  BIN=$NSCTL_TEST_DIR/rootless/home/bin/nsctl
}
as_user() { rootless_run timeout -k 5 60 "$BIN" "$@"; }

@test "a user finds and enters its own container, without an option" {
  run -0 --separate-stderr as_user exec "$T" -- id
  assert_output --partial 'uid=0(root) gid=0(root)'
  run -7 as_user exec "${T#podman/}" -- sh -c 'exit 7'
  run -0 --separate-stderr as_user exec -i "$T" -- cat <<< text
  assert_output text
}

@test "no right to its cgroup: one note, which names the limits and a way, and it goes on" {
  run -0 --separate-stderr as_user exec "$T" -- true
  assert_equal "${#stderr_lines[@]}" 1
  assert_regex "$stderr" 'not in its cgroup .* limits for memory, CPU and processes .* systemd-run --user --scope'
  run -0 --separate-stderr as_user exec --no-cgroup "$T" -- true
  assert_equal "$stderr" ''
}

@test "a cgroup of its own that it may not come to from where it stands: the same note, once" {
  grep -q '^0::' /proc/self/cgroup || skip 'no cgroup v2'
  user=$(id -u "$(rootless_user)") v2=$(findmnt -n -t cgroup2 -o TARGET | head -1)
  was=$v2$(sed -n 's/^0:://p' "/proc/$INIT/cgroup") own=$v2/nsctl-test-own-$BASHPID
  mkdir "$own"
  chown -R "$user" "$own"
  echo "$INIT" > "$own/cgroup.procs"
  run --separate-stderr as_user exec "$T" -- true
  echo "$INIT" > "$was/cgroup.procs"
  rmdir "$own"
  assert_success
  assert_equal "${#stderr_lines[@]}" 1
  assert_regex "$stderr" 'not in its cgroup .* systemd-run --user --scope'
}

@test "the twelve fields are those of podman's exec" {
  ours=$(as_user exec "$T" -- cat /proc/self/status 2> /dev/null | fields)
  assert_equal "$ours" "$(engine_exec rootless "$NAME" -- cat /proc/self/status | fields)"
  shared rootless user
  ours=$(as_user exec "$T" -- cat /proc/self/status 2> /dev/null | fields)
  theirs=$(engine_exec rootless "$NAME" -- cat /proc/self/status | fields)
  # podman's exec forgets the umask of the config
  assert_equal "$(grep -v Umask <<< "$ours")" "$(grep -v Umask <<< "$theirs")"
}

@test "other users of the container, and the id map" {
  run -0 as_user exec -u app "$T" -- id
  assert_output --partial 'uid=1000(app) gid=1000(app)'
  run -125 --separate-stderr as_user exec -u 3000000 "$T" -- id
  assert_regex "$stderr" 'user 3000000 is not mapped in the user namespace'
}

@test "kill -9 of nsctl ends what it started" {
  TOKEN=$(token)
  setpriv --reuid "$(rootless_user)" --regid "$(rootless_user)" --init-groups --inh-caps=-all \
    env -i HOME="$NSCTL_TEST_DIR/rootless/home" XDG_RUNTIME_DIR="$NSCTL_TEST_DIR/rootless/run" "$BIN" exec "$T" -- \
    sh -c 'sleep "$1" & setsid sleep "$1" & wait' sh "$TOKEN" < /dev/null > /dev/null 2>&1 3>&- &
  RUNNING=$!
  wait_until 10 alive_are 3 "$TOKEN"
  kill -KILL "$RUNNING"
  wait_until 5 none_alive "$TOKEN"
}

@test "its own bwrap sandbox is entered, too" {
  engine_require bwrap
  TOKEN=$(token)
  rootless_run bwrap --unshare-all --as-pid-1 --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp sleep "$TOKEN" < /dev/null > /dev/null 2>&1 3>&- &
  disown
  wait_until 10 in_bwrap
  run -0 --separate-stderr as_user exec "pid/$pid" -- sh -c 'id -u; tr "\0" " " < /proc/1/cmdline'
  assert_output "$(id -u "$(rootless_user)")"$'\n'"sleep $TOKEN "
  ours=$(as_user exec "pid/$pid" -- cat /proc/self/status 2> /dev/null | fields)
  assert_equal "$(grep -v '^[UG]' <<< "$ours")" "$(status_of "$pid" | grep -v '^[UG]')"
}
in_bwrap() { pid=$(pgrep -x -f "sleep $TOKEN") && [ "$(readlink "/proc/$pid/ns/pid")" != "$(readlink /proc/self/ns/pid)" ]; }

@test "-t works" {
  [ -x /usr/bin/python3 ] || skip 'no python3'
  run_terminal --size 37x101 'expect=(\d+ \d+)\r' keep=size wait modes -- \
    setpriv --reuid "$(rootless_user)" --regid "$(rootless_user)" --init-groups --inh-caps=-all \
    env -i HOME="$NSCTL_TEST_DIR/rootless/home" XDG_RUNTIME_DIR="$NSCTL_TEST_DIR/rootless/run" "$BIN" exec -it "$T" -- stty size
  assert_output $'size: 37 101\nstatus 0\nmodes same'
}

@test "root's containers are not its own: refused, nothing of them is said" {
  engine_require docker
  pid=$INIT
  shared docker plain
  run -125 --separate-stderr as_user exec "pid/$INIT" -- id
  assert_regex "$stderr" 'CAP_SYS_PTRACE and CAP_SYS_ADMIN'
}
