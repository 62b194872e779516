#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the README shows of the containers of other engines than docker's (those: examples.bats) is what they give, word by word.

load engine

PREFIX=nsctl-test-readme-
NAMED=(podman/db cri/api-7c9f8-xk2p lxc/mail runc/job crun/batch)

setup_file() {
  local item
  for item in "${NAMED[@]}"; do
    engine_runs "${item%/*}" || continue
    case $item in
      cri/*)
        container_start cri "readme-${item#*/}" -u 1000 --raw '.metadata.namespace = "shop" | .spec.containers[0].name = "api"
          | .spec.containers[0].securityContext.capabilities.drop = ["ALL"]'
        ;;
      *) container_start "${item%/*}" "readme-${item#*/}" ;;
    esac
  done
}
teardown_file() {
  local item
  for item in "${NAMED[@]}"; do
    ! engine_runs "${item%/*}" || container_stop "${item%/*}" "readme-${item#*/}" > /dev/null 2>&1 || true
  done
}

# plain: PIDs, IDs and ages are others each time, and so is what the machine has to give.
plain() {
  sed -E "s/$PREFIX//g; s/\b[0-9a-f]{12}\b/ID/g; s/\b[0-9]+[smhd]([0-9]+s)?\b/AGE/g; s/ [0-9]{3,} (Running) / N \1 /
    s/(would give) [0-9]+$/\1 N/; s/ +/ /g; s/ $//"
}

# shown COMMAND: what the page has below it.
shown() { awk -v line="\$ $1" '$0 == line { on = 1; next } /^(\$|```)/ { on = 0 } on' "$TESTS/../README.md"; }

@test "the table of containers" {
  local item engine name table checked=0
  table=$(shown 'nsctl get containers ubuntu-sleeper web db api mail job batch' | plain)
  for item in "${NAMED[@]}"; do
    engine=${item%/*} name=${item#*/}
    engine_runs "$engine" || continue
    run -0 "$NSCTL" get containers "$(container_target "$engine" "readme-$name")"
    assert_equal "$(plain <<< "${lines[0]}")" "$(head -1 <<< "$table")"
    assert_equal "$(plain <<< "${lines[1]}")" "$(grep "^$engine " <<< "$table")"
    checked=$((checked + 1))
  done
  [ "$checked" -gt 0 ] || skip 'no other engine than docker runs here'
}

@test "the pod without capabilities" {
  engine_require cri
  local options
  for options in '' '-u root '; do
    # shellcheck disable=SC2086 # two words or none
    run -0 "$NSCTL" exec $options "shop/${PREFIX}api-7c9f8-xk2p" -- id
    assert_equal "$(plain <<< "$output")" "$(shown "nsctl exec ${options}shop/api-7c9f8-xk2p -- id" | plain)"
    [ -n "$(shown "nsctl exec ${options}shop/api-7c9f8-xk2p -- id")" ]
  done
}
