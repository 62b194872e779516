#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Several targets, one of which is not there: the others are shown, and it is named. Only when there is none of them it is the error.
# shellcheck disable=SC2154 # bats sets stderr

load ../lib/bats
load ../lib/made

setup() {
  first_pidns_require
  made_setup
  made_root sleep 4800
}

teardown() { made_teardown; }

# look VERB ARGUMENT...: of what was made only.
look() { "$NSCTL" "$@" "${NONE[@]}" --root "runc=$ROOT"; }

@test "one that is not there among others: they are shown, it is named with the nearest, status 3" {
  for verb in ps caps users ns describe 'get containers' 'get processes' 'get users' 'get namespaces'; do
    # shellcheck disable=SC2086 # get and its noun are two words
    run -3 --separate-stderr look $verb webb web -o json
    assert_equal "$verb: $stderr" "$verb: nsctl: webb: no such container"$'\n  did you mean runc/web?'
    assert_equal "$verb: $(jq -c '[(.items | length > 0), .metadata.complete] + [.errors[] | [.target, .code, .message, .hint]]' <<< "$output")" \
      "$verb: "'[true,false,["webb","ENOENT","no such container","did you mean runc/web?"]]'
    # shellcheck disable=SC2086
    run -0 look $verb web web -o json
    assert_equal "$verb: $(jq -c .errors <<< "$output")" "$verb: []"
  done
}

@test "none of them is there: the error of a single one, and nothing is printed" {
  for verb in ps caps users ns describe 'get containers'; do
    # shellcheck disable=SC2086
    run -1 --separate-stderr look $verb webb
    assert_equal "$verb: $output$stderr" "$verb: nsctl: webb: no such container"$'\n  did you mean runc/web?'
    # shellcheck disable=SC2086
    run -1 --separate-stderr look $verb webb nothing-like-it -o json
    assert_equal "$verb: $output$stderr" "$verb: nsctl: webb: no such container"$'\n  did you mean runc/web?
nsctl: nothing-like-it: no such container
  nsctl get containers -a lists them'
  done
}

@test "what has stopped is passed over too; what is no target at all is a usage error" {
  run -3 --separate-stderr look ps old web --columns HOST-PID --no-headers
  assert_equal "$(tr -d ' ' <<< "$output")" "$SLEEPER"
  assert_equal "$stderr" $'nsctl: old is not running\n  nsctl get containers -a shows stopped ones too'
  run -2 --separate-stderr look ps web pid/x
  assert_equal "$output" ''
  assert_regex "$stderr" '^nsctl: pid/x: '
  run -2 --separate-stderr look describe web host
  assert_equal "$output$stderr" $'nsctl: host is no container\n  nsctl get containers lists what there is'
}

@test "diff compares two: one that is not there is the error" {
  run -2 --separate-stderr look diff web webb
  assert_equal "$output$stderr" $'nsctl: webb: no such container\n  did you mean runc/web?'
}
