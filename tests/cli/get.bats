#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# get without any engine: its own command line, empty lists, partial ones.

load ../lib/bats

# Only what a test makes: no default root of any engine.
no_engines() {
  local engine
  for engine in docker cri podman lxc nsctl containerd runc crun; do
    printf -- '--root\n%s=\n' "$engine"
  done
}

setup() {
  mapfile -t NONE < <(no_engines)
}

@test "get wants a noun, and names the nearest" {
  run -2 --separate-stderr "$NSCTL" get
  [[ $stderr == 'nsctl: get wants to know what'* ]]
  run -2 --separate-stderr "$NSCTL" get continers
  assert_equal "$stderr" $'nsctl: get does not list continers\n  did you mean nsctl get containers?'
  run -2 --separate-stderr "$NSCTL" get web
  assert_equal "${stderr%%$'\n'*}" 'nsctl: get does not list web'
  [[ $stderr == *containers* ]]
}

@test "kubectl's short forms" {
  for noun in co container containers; do
    run -0 --separate-stderr "$NSCTL" get "$noun" -n nosuch
    assert_equal "$output" ''
    assert_equal "$stderr" 'nsctl: no containers in namespace nosuch run here; -a shows stopped ones'
  done
}

@test "an unknown format or word names the nearest" {
  run -2 --separate-stderr "$NSCTL" get co -o jsno
  assert_equal "$stderr" $'nsctl: unknown output format jsno\n  did you mean json?'
  run -2 --separate-stderr "$NSCTL" get co -o xml
  assert_equal "$stderr" \
    $'nsctl: unknown output format xml\n  there are: table, wide, name, json, jsonl, yaml'
  run -2 --separate-stderr "$NSCTL" get co --color blue
  assert_equal "${stderr%%$'\n'*}" 'nsctl: unknown word for --color: blue'
}

@test "an empty list: status 0, a line on stderr, an envelope on stdout" {
  run -0 --separate-stderr "$NSCTL" get co -n nosuch -o json "${NONE[@]}"
  assert_equal "$stderr" 'nsctl: no containers in namespace nosuch run here; -a shows stopped ones'
  assert_equal "$(jq -c '[.apiVersion, .kind, .metadata.complete, .items, .errors]' <<< "$output")" \
    '["nsctl/v1","ContainerList",true,[],[]]'
  assert_equal "$(jq -r '.metadata.kernel' <<< "$output")" "$(uname -r)"
  assert_equal "$(jq -r '.metadata.host' <<< "$output")" "$(uname -n)"
  assert_equal "$(jq -r '.metadata | keys_unsorted | join(" ")' <<< "$output")" 'time host kernel complete'
  assert_equal "$(jq -r 'keys_unsorted | join(" ")' <<< "$output")" 'apiVersion kind metadata items errors'
  run -0 --separate-stderr "$NSCTL" get co -n nosuch -o yaml "${NONE[@]}"
  [[ $output == *'items: []'*'errors: []'* ]]
  run -0 --separate-stderr "$NSCTL" get co -n nosuch -o jsonl "${NONE[@]}"
  assert_equal "$output" ''
}

@test "-A wins over -n" {
  run --separate-stderr "$NSCTL" get co -A -n nosuch "${NONE[@]}"
  [[ $stderr != *nosuch* ]]
}
