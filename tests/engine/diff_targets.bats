#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# diff TARGET and diff A B beside /proc.

load engine

teardown() { ended; }

values() { jq -r --arg view "$1" '.items[] | select(.view == $view) | "\(.key) \(.leftValue) \(.rightValue) \(.verdict)"'; }

@test "a container and the host: each process by both PIDs, the namespaces by their inodes" {
  own docker diff-one -- sleep 4801
  run -1 --separate-stderr "$NSCTL" diff "$T" --only pids,ns -o json
  assert_equal "$(values pids <<< "$output")" "$INIT 1 $INIT differs"
  for type in mnt net pid; do
    assert_equal "$(values ns <<< "$output" | grep "^$type ")" \
      "$type $(stat -Lc %i "/proc/$INIT/ns/$type") $(stat -Lc %i "/proc/self/ns/$type") differs"
  done
  # shared ones are the same, and left out
  [[ $output != *'"user"'* ]]
  run -1 --separate-stderr "$NSCTL" diff "$T" --only ns -a -o json
  assert_equal "$(values ns <<< "$output" | grep '^user ' | cut -d' ' -f4)" same
  run -1 --separate-stderr "$NSCTL" diff "$T" --only pids
  [[ ${lines[0]} == *"$T"*host*VERDICT* ]]
  [[ ${lines[-1]} =~ ^[0-9]+' other processes of the host are not seen from inside.'$ ]]
}

@test "two containers: what one capability, one user, one flag makes" {
  own docker diff-a -u 1000
  a=$T
  own docker diff-b --cap-add SYS_TIME --no-new-privs
  run -1 --separate-stderr "$NSCTL" diff "$a" "$T" --only caps,seccomp,users -o json
  assert_equal "$(values caps <<< "$output" | grep SYS_TIME)" 'SYS_TIME null effective,permitted,bounding right-only'
  assert_equal "$(values caps <<< "$output" | grep ^CHOWN)" 'CHOWN bounding effective,permitted,bounding differs'
  assert_equal "$(jq -r '.items[] | select(.view == "seccomp") | .field' <<< "$output")" no_new_privs
  assert_equal "$(jq -r '.items[] | select(.field == "user") | "\(.leftValue) \(.rightValue)"' <<< "$output")" 'app(1000) root(0)'
  own docker diff-c -u 1000
  run -0 --separate-stderr "$NSCTL" diff "$a" "$T" --only caps,users,seccomp,limits,pids
  run -2 --separate-stderr "$NSCTL" diff "$a" "$a"
  run -2 --separate-stderr "$NSCTL" diff "$a" --only cap
  [[ $stderr == *'did you mean caps?'* ]]
  run -2 --separate-stderr "$NSCTL" diff no-such-container
}

@test "limits: of the control groups too, in the words of describe; the host has none" {
  own docker diff-a --raw --memory=64m --raw --cpus=0.5 --raw --pids-limit=50
  a=$T
  own docker diff-b
  run -1 --separate-stderr "$NSCTL" diff "$a" "$T" --only limits -o json
  limits=$(jq -c '[.items[] | select(.field == "cgroup") | [.key, .leftValue, .rightValue, .verdict]]' <<< "$output")
  assert_equal "$limits" \
    '[["memory","67108864","unlimited","differs"],["cpu","50000 100000","unlimited","differs"],["pids","50","unlimited","differs"]]'
  assert_equal "$("$NSCTL" describe "$a" "$T" -o json | jq -c '[.items[].limits | map(.value)] | transpose')" \
    "$(jq -c '[.[] | .[1:3]]' <<< "$limits")"
  run -1 --separate-stderr "$NSCTL" diff "$a" host --only limits -o json
  assert_equal "$(jq -c '.items[] | select(.field == "cgroup" and .key == "memory") | [.leftValue, .verdict]' <<< "$output")" '["67108864","differs"]'
}

@test "two containers: mounts, environment and control groups" {
  own docker diff-a --read-only -e WHO=one
  a=$T
  own docker diff-b -e WHO=two --raw "--volume=$BATS_TEST_TMPDIR:/data:ro"
  run -1 --separate-stderr "$NSCTL" diff "$a" "$T" --only mounts,env,cgroup -o json
  assert_equal "$(values mounts <<< "$output" | grep -c '^/data null .*, read-only right-only')" 1
  assert_equal "$(values mounts <<< "$output" | grep -cE '^/ .*, read-only .*, writable differs')" 1
  assert_equal "$(values env <<< "$output" | grep ^WHO)" 'WHO one two differs'
  assert_equal "$(values env <<< "$output" | grep -c ^PATH)" 0
  [[ $(values cgroup <<< "$output") == *"$(container_id docker diff-a)"* ]]
}

@test "side by side where there is room, one under the other where not; a pipe without COLUMNS has one line each" {
  own docker diff-a -e LONG=one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve
  a=$T
  own docker diff-b -e LONG=eins,zwei,drei,vier,fünf,sechs,sieben,acht,neun,zehn,elf,zwölf
  run -1 "$NSCTL" diff "$a" "$T" --only env
  assert_line --regexp '^env +LONG +value? *one,.*,twelve +eins,.*,zwölf +differs$'
  for width in 100 terminal; do
    if [ "$width" = terminal ]; then
      output=$(on_terminal 100 env TERM=dumb "$NSCTL" diff "$a" "$T" --only env)
    else
      output=$(COLUMNS=100 "$NSCTL" diff "$a" "$T" --only env) || true
    fi
    mapfile -t lines <<< "$output"
    [ "$(wc -L <<< "$output")" -le 100 ]
    assert_line --regexp "^VIEW +KEY +FIELD +$a +$T"
    assert_line --regexp '^env +LONG .* one,two,.* eins,zwei,.* differs$'
    assert_line --regexp '^ +[a-z,]*twelve +[a-zö,]*zwölf$'
  done
  for output in "$(COLUMNS=50 "$NSCTL" diff "$a" "$T" --only env)" "$(on_terminal 50 env TERM=dumb "$NSCTL" diff "$a" "$T" --only env)"; do
    mapfile -t lines <<< "$output"
    assert_line --regexp '^env LONG .*differs$'
    assert_line --regexp "^  $a: +one,"
    assert_line --regexp "^  $T: +eins,"
    refute_line --partial VIEW
  done
}
