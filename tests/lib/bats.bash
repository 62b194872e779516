# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Loaded by every bats file: `load ../lib/bats`.

bats_require_minimum_version 1.5.0

TESTS=$(cd "${BATS_TEST_DIRNAME}/.." && pwd)
NSCTL=${NSCTL:-${TESTS%/*}/build/nsctl}
export NSCTL

for bats_library in bats-support bats-assert; do
  for bats_folder in /usr/lib/bats /usr/lib /usr/local/lib "${BATS_LIB_PATH:-}"; do
    if [ -f "$bats_folder/$bats_library/load.bash" ]; then
      load "$bats_folder/$bats_library/load.bash"
      break
    fi
  done
done
unset bats_library bats_folder

# shellcheck source=tests/lib/instance.sh
. "$TESTS/lib/instance.sh"
# By hand (`bats tests/engine/x.bats`) the engines of `tests/engines up` are taken; tests/run says `none` or its own.
NSCTL_TEST_ENV=${NSCTL_TEST_ENV-$(cat /run/nsctl-test/current 2> /dev/null)}
if [ -f "$NSCTL_TEST_ENV" ]; then
  # shellcheck source=/dev/null
  . "$NSCTL_TEST_ENV"
fi

# first_pidns: this is the machine's own PID namespace. In another one, as a container's, nsctl says that it cannot see all: status 3.
first_pidns() { [ "$(stat -Lc %i /proc/self/ns/pid)" = 4026531836 ]; }
first_pidns_require() { first_pidns || skip 'inside a container: what is outside cannot be seen, and nsctl says so'; }

# sanitized: NSCTL is the build of `make asan`.
sanitized() { grep -qa __asan_init "$NSCTL"; }
# no_leak_search: before nsctl is traced. The sanitizer's search for leaks traces as well, and a process has one tracer at a time.
no_leak_search() { export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"; }

# strace_require [OPTION...]: skips the test where strace is not here, or cannot trace, with these options.
strace_require() {
  have strace || skip 'no strace'
  strace -f -qq -o /dev/null "$@" true || skip 'strace cannot trace here'
}

# on_terminal COLUMNS COMMAND...: what it prints to stdout where that is a terminal, by script(1).
on_terminal() {
  script -qec "stty cols $1; $(printf '%q ' "${@:2}") 2> /dev/null" /dev/null < /dev/null | tr -d '\r'
}

# at_once MILLISECONDS COMMAND...: it takes less, in one of three tries at least: on a busy machine it may be held up.
at_once() {
  local within=$1 began took
  shift
  for _ in 1 2 3; do
    began=${EPOCHREALTIME/[.,]/}
    "$@"
    took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
    [ "$took" -ge "$within" ] || return 0
  done
  fail "$took ms: $*"
}

# terminal [--size RxC] STEP... -- COMMAND...
terminal() { timeout -k 5 180 /usr/bin/python3 "$TESTS/helpers/terminal.py" "$@"; }

# run_terminal ARG...: as `run -0`, and what the terminal showed when a step fails.
run_terminal() {
  run terminal "$@"
  # shellcheck disable=SC2154 # bats sets both
  [ "$status" = 0 ] || fail "$output"
}

# nobody COMMAND...: as an ordinary user who owns nothing here.
nobody() { setpriv --reuid 64999 --regid 64999 --clear-groups --inh-caps=-all "$@"; }

# as_nobody ARGUMENT...: nsctl, from a place that such a user can get to.
as_nobody() {
  local file=$NSCTL_TEST_DIR/helpers/nsctl
  # at once: other files' tests run it
  cmp -s "$NSCTL" "$file" || { install -D -m 0755 "$NSCTL" "$file.$BASHPID" && mv "$file.$BASHPID" "$file"; }
  nobody timeout 20 "$file" "$@"
}

# engine_require ENGINE...: skips the test where one of them does not run, and says why.
engine_require() {
  local engine reason
  for engine in "$@"; do
    [ -f "$NSCTL_TEST_ENV" ] || skip "$engine: no engines (root's tests/run starts them, or tests/engines up)"
    engine_runs "$engine" && continue
    reason=$(cat "$NSCTL_TEST_DIR/$engine.missing" 2> /dev/null) || reason='not started'
    skip "$engine: $reason"
  done
}
