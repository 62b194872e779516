#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# explain: every topic that is listed has a page, with the flags of all three; what is not known is answered with the nearest.

load ../lib/bats

@test "every topic of the list has a page" {
  run -0 --separate-stderr "$NSCTL" explain --list
  assert_equal "$stderr" ''
  [ "${#lines[@]}" -ge 100 ]
  mapfile -t topics < <(cut -d' ' -f1 <<< "$output")
  run -0 "$NSCTL" explain "${topics[@]}"
  for flag in docker podman Kubernetes; do
    [ "$(grep -c "^  $flag   *[^ ]" <<< "$output")" = "${#topics[@]}" ] || fail "$flag is missing on a page"
  done
}

@test "the capabilities are those of this kernel's headers" {
  while read -r name number; do
    run -0 "$NSCTL" explain "cap/$name"
    assert_line --partial "capability $number,"
  done < <(awk '$1 == "#define" && $2 ~ /^CAP_/ && $3 ~ /^[0-9]+$/ { print substr($2, 5), $3 }' /usr/include/linux/capability.h)
}

@test "where a capability counts is a sentence, whichever it is" {
  run -0 "$NSCTL" explain cap/SYS_ADMIN
  assert_line '  Parts of it count in the initial user namespace only, the others in a'
  run -0 "$NSCTL" explain cap/CHOWN
  assert_line '  It counts in the user namespace that owns the object: inside a container'"'"'s own'
  run -0 "$NSCTL" explain cap/SYS_TIME
  assert_line '  It counts in the initial user namespace only: without effect in a container'
}

@test "a page, and what is not there" {
  run -0 --separate-stderr "$NSCTL" explain field/pod.spec.securityContext.runAsUser
  assert_equal "$stderr" ''
  assert_line --partial 'field/runAsUser: '
  assert_line --regexp '^  docker +--user$'
  assert_line --regexp '^  Kubernetes +spec.securityContext.runAsUser$'
  run -2 --separate-stderr "$NSCTL" explain cap/NET_ADMN
  assert_output ''
  assert_equal "$stderr" $'nsctl: nothing is known of cap/NET_ADMN\n  did you mean cap/NET_ADMIN?'
  run -2 --separate-stderr "$NSCTL" explain field/pod.spec.securityContext.capabilities
  assert_equal "$stderr" $'nsctl: capabilities does not exist at that level\n  did you mean field/pod.spec.containers[].securityContext.capabilities?'
  run -2 "$NSCTL" explain
  run -2 "$NSCTL" explain --list cap/CHOWN
  run -2 --separate-stderr "$NSCTL" explain $'cap/\e[2J'
  refute [ "$stderr" != "${stderr//$'\e'/}" ]
}

@test "topics are completed" {
  run -0 "$NSCTL" __complete -- explain cap/NET_A
  assert_output --regexp $'^cap/NET_ADMIN\tconfigure the network'
}
