# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# For tests of lists without any engine: a state folder as runc writes it, around processes of the test's own.

# made_setup: NONE are the options that leave out all that the machine has.
made_setup() {
  local engine
  NONE=() SLEEPERS=()
  for engine in docker cri podman lxc nsctl containerd runc crun; do
    NONE+=(--root "$engine=")
  done
  ROOT=$BATS_TEST_TMPDIR/runc
}

made_teardown() {
  [ -z "${SLEEPERS-}" ] || kill "${SLEEPERS[@]}" 2> /dev/null || true
}

# made_one NAME COMMAND...: a container of that name, whose init is that command; its PID is SLEEPER.
made_one() {
  local name=$1 start
  shift
  mkdir -p "$ROOT/$name"
  "$@" 3>&- 2> /dev/null &
  SLEEPER=$!
  SLEEPERS+=("$SLEEPER")
  wait_until 20 grep -qx -- "${1##*/}" "/proc/$SLEEPER/comm" # until then it is a copy of this shell
  start=$(proc_start "$SLEEPER")
  printf '{"id":"%s","init_process_pid":%d,"init_process_start":%d,"config":{"labels":[]}}\n' \
    "$name" "$SLEEPER" "$start" > "$ROOT/$name/state.new"
  chmod -R go-w "$ROOT"
  mv "$ROOT/$name/state.new" "$ROOT/$name/state.json" # whole from the beginning, for who watches
}

# made_root COMMAND...: `web`, whose init is that command, and a stopped `old`.
made_root() {
  made_one web "$@"
  mkdir -p "$ROOT/old"
  # PID 2 is a kernel thread that started at another time, or no process at all
  echo '{"id":"old","init_process_pid":2,"init_process_start":1,"config":{"labels":[]}}' > "$ROOT/old/state.json"
  chmod -R go-w "$ROOT"
}

# made ARGUMENT...: get, of what was made only.
made() { "$NSCTL" get "$@" "${NONE[@]}" --root "runc=$ROOT"; }
