#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# can without any container: its own command line.

load ../lib/bats

# says STDERR ACTION: 2, exactly that, and no answer.
says() {
  run -2 --separate-stderr "$NSCTL" can self "$2"
  assert_equal "$output" ''
  assert_equal "$stderr" "$1"
}

@test "what it does not know is answered with the nearest action, capability or syscall, which it knows" {
  says 'nsctl: mout is neither an action nor a capability
  did you mean mount?' mout
  says 'nsctl: bnid:80 is neither an action nor a capability
  did you mean bind:80?' bnid:80
  says 'nsctl: mout:x is neither an action nor a capability
  did you mean mount?' mout:x
  says 'nsctl: SYS_TMIE is neither an action nor a capability
  did you mean SYS_TIME?' SYS_TMIE
  says 'nsctl: cap_net_admni is neither an action nor a capability
  did you mean NET_ADMIN?' cap_net_admni
  says 'nsctl: no syscall is called unshrae here
  did you mean unshare?' syscall:unshrae
  says 'nsctl: no syscall is called nothing_like_it here
  syscalls(2) lists them' syscall:nothing_like_it
  says 'nsctl: nothing-like-it is neither an action nor a capability
  nsctl can --list names the actions' nothing-like-it
  for action in mount bind:80 SYS_TIME NET_ADMIN syscall:unshare; do
    run --separate-stderr "$NSCTL" can self "$action"
    [ "$status" != 2 ] || fail "$action: $stderr"
  done
}

@test "an action without what it needs, or with what it does not take" {
  says 'nsctl: bind needs a PORT
  bind:80' bind
  says 'nsctl: bind needs a PORT
  bind:80' bind:
  run -2 --separate-stderr "$NSCTL" can self mount:x
  [[ $stderr == 'nsctl: mount'* ]]
  says 'nsctl: kill: 0 is no PID
  nsctl help can shows how it is used' kill:0
  says $'nsctl: \\e[2J is neither an action nor a capability\n  nsctl can --list names the actions' $'\e[2J'
}
