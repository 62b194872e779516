#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What README, manual and help show can be typed: each example is run, on sandboxes of those names, and ends as it should; the head
# of a table, and what nsctl says on stderr, is what the page shows.

load ../lib/bats
load ../lib/sandbox
load ../lib/examples

REWRITE+=('docker/' 'nsctl/') # the engine of these

start_boxes() {
  local name
  for name in web db more less all app mail job batch distroless ubuntu-sleeper; do
    nsctl run -d --name "$name" -- sleep 4800
  done
  nsctl run -d --name added --user 1010 --cap-add SYS_TIME --cap-add NET_ADMIN -- sleep 4800
}

setup_file() { examples_setup; }
setup() { examples_begin; }
teardown_file() {
  cd /
  sandbox_teardown
}

@test "the examples of the README run" { examples_readme; }
@test "the examples of the manual run" { examples_manual; }
@test "the examples of help run" { examples_help; }

@test "an example that cannot be typed is missed" {
  cat > page.7 << 'PAGE'
.Sh EXAMPLES
.Dl $ nsctl ps web \-\-no-such-option
PAGE
  RAN=0
  run run_page page.7
  assert_failure
  printf '%s\n' '```' '$ nsctl ps web' 'HOST-PID PID WRONG' '```' > page.md
  run run_page page.md
  assert_failure
  assert_line --partial 'the page shows the head'
  printf '%s\n' '```' '$ nsctl exec wbe -- id' 'nsctl: wbe: there is none' '```' > page.md
  run run_page page.md
  assert_failure
}
