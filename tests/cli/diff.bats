#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# diff -f and predict on files alone: what is refused, quickly, and with its place.

load ../lib/bats

setup() { F=$BATS_TEST_TMPDIR/f.yaml; }
teardown() { [ -z "${OWN-}" ] || kill "$OWN"; }

# refused_quickly: within a second, by both verbs, with FILE:LINE:COLUMN.
refused_quickly() {
  local verb
  for verb in 'diff -f' 'predict --engine docker -f'; do
    # shellcheck disable=SC2086 # words
    at_once 1000 run -2 --separate-stderr "$NSCTL" $verb "$F"
    assert_equal "$output" ''
    [[ $stderr =~ ^"nsctl: $F:"[0-9]+:[0-9]+:\  ]] || fail "$stderr"
  done
}

@test "bad YAML, an alias bomb, 100 000 levels, 64 MB: refused within a second, with a position" {
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a\nspec:\n' > "$F"
  refused_quickly
  { echo 'a: &a [x, x, x, x, x, x, x, x, x]' && for i in b c d e f g h i j; do
    p=$(tr b-j a-i <<< "$i")
    echo "$i: &$i [*$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p]"
  done; } > "$F"
  refused_quickly
  head -c 100000 /dev/zero | tr '\0' '[' > "$F"
  refused_quickly
  { printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: "' && head -c 67108864 /dev/zero | tr '\0' 'x'; } > "$F"
  refused_quickly
}

@test "diff and predict say what they need" {
  run -2 --separate-stderr "$NSCTL" predict -f "$F"
  assert_equal "${stderr%%$'\n'*}" 'nsctl: predict needs an engine: --engine'
  run -2 --separate-stderr "$NSCTL" predict -f "$F" --engine dokcer
  [[ $stderr == *'did you mean docker?'* ]]
  run -2 --separate-stderr "$NSCTL" diff -f "$F.none"
  [[ $stderr == *'No such file'* ]]
  printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata: {name: a}' 'spec: {containers: [{name: side, image: x}, {name: front, image: x}]}' > "$F"
  run -2 --separate-stderr "$NSCTL" predict -f "$F" --engine docker -c sied
  assert_equal "$stderr" "nsctl: $F: no container is called sied"$'\n  did you mean -c side?'
  for verb in diff predict; do
    args=(-f "$F" -c other)
    [ "$verb" = diff ] || args+=(--engine docker)
    run -2 --separate-stderr "$NSCTL" "$verb" "${args[@]}"
    assert_equal "$stderr" "nsctl: $F: no container is called other"$'\n  it has side, front'
  done
}

@test "--only lists what there is: each of them is compared" {
  run -2 --separate-stderr "$NSCTL" diff self --only foo
  assert_equal "$stderr" 'nsctl: diff does not compare foo
  there are: pids, caps, users, ns, seccomp, limits, mounts, env, cgroup'
  run -2 --separate-stderr "$NSCTL" diff self self --only "$(sed -n 's/^  there are: //p' <<< "$stderr" | tr -d ' ')"
  refute_regex "$stderr" 'does not compare'
}

@test "a side that cannot be read: what the other has is not without a counterpart, but without a verdict; the note says why" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to become another user'
  first_pidns_require
  local nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  env -i WHO=one PATH="$PATH" "${nobody[@]}" sleep 4800 3>&- &
  OWN=$!
  wait_until 20 grep -qx sleep "/proc/$OWN/comm"
  # nobody may read its own process's, and neither root's nor PID 1's
  run -3 --separate-stderr "${nobody[@]}" "$NSCTL" diff "pid/$OWN" host --only env -o json
  assert_equal "$(jq -c '.items[] | select(.key == "WHO") | [.leftValue, .rightValue, .verdict]' <<< "$output")" '["one",null,null]'
  assert_equal "$(jq -c '[.items[].verdict] | unique' <<< "$output")" '[null]'
  run -3 --separate-stderr "${nobody[@]}" "$NSCTL" diff "pid/$OWN" host --only env --no-headers
  assert_line --regexp '^env +WHO +value one +\? +\?$'
  assert_equal "$stderr" $'nsctl: host: cannot read its environment: Permission denied\n  root can read more: sudo nsctl ...'
  run -3 --separate-stderr "${nobody[@]}" "$NSCTL" diff "pid/$BASHPID" "pid/$OWN" --only env --no-headers
  assert_line --regexp '^env +WHO +value +\? +one +\?$'
  # what root can read of both is compared
  run -1 --separate-stderr "$NSCTL" diff "pid/$OWN" "pid/$BASHPID" --only env -o json
  assert_equal "$(jq -c '.items[] | select(.key == "WHO") | [.leftValue, .rightValue, .verdict]' <<< "$output")" '["one",null,"left-only"]'
}
