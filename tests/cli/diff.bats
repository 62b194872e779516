#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# diff -f and predict on files alone: what is refused, quickly, and with its place.

load ../lib/bats

setup() { F=$BATS_TEST_TMPDIR/f.yaml; }

# refused_quickly: within a second, by both verbs, with FILE:LINE:COLUMN.
refused_quickly() {
  local verb begin end
  for verb in 'diff -f' 'predict --engine docker -f'; do
    begin=$(date +%s%N)
    # shellcheck disable=SC2086 # words
    run -2 --separate-stderr "$NSCTL" $verb "$F"
    end=$(date +%s%N)
    assert_equal "$output" ''
    [[ $stderr =~ ^"nsctl: $F:"[0-9]+:[0-9]+:\  ]] || fail "$stderr"
    [ $(((end - begin) / 1000000)) -lt 1000 ] || fail "$verb: $(((end - begin) / 1000000)) ms"
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
