# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Loaded behind `load engine` by files with containers whose init has ended and is not gone. HELD is who keeps it; a teardown calls
# let_go before `ended`.

HELD=
let_go() { [ -z "$HELD" ] || kill -CONT "$HELD" 2> /dev/null || true; }

# hold: until all its threads stand still it may yet reap.
hold() {
  kill -STOP "$HELD"
  wait_until 20 stands_still
}
stands_still() { ! grep -h '^State:' "/proc/$HELD/task/"*/status | grep -qv '^State:.T'; }

# init_zombie: kills the current container's init, and holds what would reap it.
init_zombie() {
  HELD=$(container_shim "$ENGINE" "$NAME")
  hold
  kill -KILL "$INIT"
  wait_until 20 is_zombie
}
is_zombie() { grep -q '^State:.Z' "/proc/$INIT/status"; }

# init_terminating: kills it; it waits for a process inside that nobody reaps.
init_terminating() {
  nsenter -t "$INIT" -p sleep 300 3>&- &
  HELD=$!
  wait_until 20 held_has_child
  hold
  kill -KILL "$INIT"
  wait_until 20 has_no_memory
}
held_has_child() { [ -n "$(proc_children "$HELD")" ]; }
has_no_memory() { ! grep -q '^VmRSS' "/proc/$INIT/status"; }
