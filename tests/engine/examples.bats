#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The examples of tests/cli/examples.bats on docker's containers, under the names that README, manual and help give them; and what
# the README shows of a docker container is what is printed, word by word.

load engine
load ../lib/sandbox
load ../lib/examples

NAMES=(web db more less all app mail job batch distroless ubuntu-sleeper added)

# start_named NAME [OPTION...]: docker itself takes the harness' prefix away.
start_named() {
  local name=$1
  shift
  container_start docker "example-$name" "$@" > /dev/null && engine_cli docker rename "nsctl-test-example-$name" "$name"
}

start_boxes() {
  local name all=(--privileged)
  "$NSCTL" can self SYS_RESOURCE > /dev/null 2>&1 || all=(--cap-add ALL --cap-drop SYS_RESOURCE)
  for name in web db mail job batch ubuntu-sleeper; do start_named "$name" || return; done
  start_named more --cap-add SYS_TIME --cap-add NET_ADMIN && start_named less --cap-drop CHOWN && start_named all "${all[@]}" &&
    start_named app -u 1010 --cap-add SYS_TIME && start_named distroless --image scratch &&
    start_named added -u 1010 --cap-add SYS_TIME --cap-add NET_ADMIN
}

setup_file() {
  engine_runs docker || return 0
  examples_setup "docker=$(engine_roots | sed -n 's/^root docker //p')"
}
setup() {
  engine_require docker
  examples_begin
}
teardown() { :; }
teardown_file() {
  cd /
  ! engine_runs docker || engine_cli docker rm -f "${NAMES[@]}" > /dev/null 2>&1 || true
  sandbox_teardown
}

@test "the examples of the README run" { examples_readme; }
@test "the examples of the manual run" { examples_manual; }
@test "the examples of help run" { examples_help; }

# plain: PIDs, IDs and ages are others each time; what else the machine has to give is its own.
plain() {
  sed -E 's/\b[0-9a-f]{12}\b/ID/g; s/\b([0-9]+[smhd])+\b/AGE/g; s/\b1010\b/UID/g; s/\b[0-9]{3,}\b/N/g; s/^ *[0-9]+ (root +ps aux)/N \1/
    s/^[0-9]+ (that the host has)/N \1/; s/ +/ /g; s/^ //; s/ $//'
}

@test "what the README shows of docker's containers is what they give" {
  local file command said shown failed=0
  RAN=0
  python3 "$TESTS/lib/examples.py" "$TESTS/../README.md" "$PAGE"
  for file in "$PAGE"/*.command; do
    command=$(cat "$file")
    case $command in
      'nsctl get containers ubuntu-sleeper web '*) command='nsctl get containers ubuntu-sleeper web' ;;
      'nsctl exec '*shop/*) continue ;;
      'nsctl exec '[uw]* | 'nsctl ps added' | 'nsctl users added' | 'nsctl caps added '* | 'nsctl can added '*) ;;
      *) continue ;;
    esac
    RAN=$((RAN + 1))
    shown=$(grep -vE '^(podman|cri|lxc|runc|crun) ' "${file%.command}.output" | plain)
    said=$(bash -c "$command" 2>&1 < /dev/null | plain)
    [ "$said" = "$shown" ] && continue
    failed=1
    printf '%s\nthe page shows\n%s\nbut it prints\n%s\n' "$command" "$shown" "$said"
  done
  [ "$RAN" -ge 10 ] || fail "only $RAN were found"
  [ "$failed" = 0 ]
}
