#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ns beside what /proc says of each init, and beside lsns. A careless tool calls the host what PID 1 is in, forgets the
# pause container, or says "own" of what two containers share.

load engine

teardown() { ended; }

# inodes PID: "TYPE INODE" lines, as the kernel's links have them.
inodes() {
  local type
  for type in cgroup ipc mnt net pid time user uts; do
    readlink "/proc/$1/ns/$type" | sed 's/:\[/ /; s/\]//'
  done
}

# ns_json TARGET...: the items.
ns_json() { "$NSCTL" ns -o json "$@" | jq -c '.items[]'; }

@test "every engine: the inodes are those of its init, and the host's are nsctl's own" {
  for engine in $NSCTL_TEST_ENGINES; do
    shared "$engine" plain
    run -0 --separate-stderr ns_json "$T"
    assert_equal "$engine: $(jq -r '"\(.type) \(.inode)"' <<< "$output")" "$engine: $(inodes "$INIT")"
    hosts=$(jq -r 'select(.relation == "host") | "\(.type) \(.inode)"' <<< "$output")
    assert_equal "$engine: $hosts" "$engine: $(comm -12 <(inodes "$INIT") <(inodes self))"
    assert_equal "$engine: $(jq -r .hostPid <<< "$output" | sort -u)" "$engine: $INIT"
  done
}

@test "parent and owner are those that lsns finds" {
  for engine in docker rootless unshare; do
    shared "$engine" plain
    ours=$(ns_json "$T" | jq -r '"\(.inode) \(.parent // 0) \(.owner // 0)"' | sort)
    theirs=$(inodes "$INIT" | cut -d' ' -f2 | while read -r inode; do
      lsns -rno NS,PNS,ONS | awk -v i="$inode" '$1 == i { print $1, $2, $3; exit }'
    done | sort)
    assert_equal "$engine: $ours" "$engine: $theirs"
  done
}

@test "a user namespace is its maker's" {
  shared rootless plain
  uid=$(id -u "$(rootless_user)")
  run -0 ns_json "$T" -t user,net
  assert_equal "$(jq -r '"\(.type) \(.ownerUid)"' <<< "$output")" "net $uid"$'\n'"user $uid"
}

@test "a pod: network, IPC and host name are shared with the other container and the pause container" {
  local two='.spec.containers[0].name = "front" | .spec.containers += [.spec.containers[0] | .name = "back"]'
  own cri nspod --raw "$two"
  run -0 ns_json "default/nsctl-test-$NAME/front"
  for type in ipc net uts; do
    item=$(jq -c "select(.type == \"$type\")" <<< "$output")
    assert_equal "$type $(jq -r .relation <<< "$item")" "$type shared"
    assert_equal "$(jq '.sharedWith | length' <<< "$item")" 2
    assert_equal "$(jq -r '.sharedWith[0]' <<< "$item")" "default/nsctl-test-$NAME/back"
    pause=$("$NSCTL" get co -a -o json | jq -r --arg pod "nsctl-test-$NAME" \
      '.items[] | select(.pod.name == $pod and .pause) | .ref')
    assert_equal "$(jq -r '.sharedWith[1]' <<< "$item")" "$pause"
  done
  for type in mnt pid; do
    assert_equal "$type $(jq -rc "select(.type == \"$type\") | [.relation, .sharedWith]" <<< "$output")" "$type [\"own\",[]]"
  done
}

@test "the host's network and PIDs; what joins another's is shared on both sides" {
  own docker nshost --network host --raw --pid=host
  run -0 ns_json "$T" -t net,pid
  assert_equal "$(jq -rc '[.relation, .sharedWith, .parent]' <<< "$output")" $'["host",[],null]\n["host",[],null]'
  first=$T
  own docker nsmain
  main=$T
  own docker nsjoin --raw "--pid=container:nsctl-test-nsmain" --raw "--ipc=host"
  assert_equal "$(ns_json "$T" -t pid,ipc | jq -rc '[.type, .relation, .sharedWith]')" \
    "$(printf '["ipc","host",[]]\n["pid","shared",["%s"]]' "$main")"
  assert_equal "$(ns_json "$main" -t pid | jq -rc '[.relation, .sharedWith]')" "[\"shared\",[\"$T\"]]"
  run -0 --separate-stderr "$NSCTL" ns "$first" "$main" "$T" "$first" -t pid --no-headers
  assert_equal "${#lines[@]}" 3
}

@test "-A is each container once, and host is what nsctl itself is in" {
  shared docker plain
  "$NSCTL" ns -A -o json > "$BATS_TEST_TMPDIR/all" || [ $? = 3 ]
  jq -r '.items[].container' "$BATS_TEST_TMPDIR/all" | grep -qx "$T"
  assert_equal "$(jq -r '.items[] | "\(.container) \(.type)"' "$BATS_TEST_TMPDIR/all" | sort | uniq -d)" ''
  run -0 --separate-stderr ns_json host
  assert_equal "$(jq -r '"\(.type) \(.inode)"' <<< "$output")" "$(inodes self)"
  assert_equal "$(jq -r '.relation' <<< "$output" | sort -u)" host
  run -0 --separate-stderr unshare --uts --net "$NSCTL" ns "$T" self -t uts -o json
  assert_equal "$(jq -rc '[.items[].relation]' <<< "$output")" '["own","host"]'
}

@test "an ordinary user: its own, and it is said that root's may share" {
  shared rootless plain
  install -D -m 0755 "$NSCTL" "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-ns"
  run --separate-stderr rootless_run "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-ns" ns "$T" -o json
  assert_equal "$status" 3
  assert_equal "$(jq -r '.items[] | "\(.type) \(.inode)"' <<< "$output")" "$(inodes "$INIT")"
  assert_equal "$(jq -r .metadata.complete <<< "$output")" false
  shared docker plain
  run --separate-stderr rootless_run "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-ns" ns "pid/$INIT"
  assert_equal "$output" ''
  [ "$status" -ne 0 ]
}

@test "get namespaces: as many as lsns has, with the same types, parents, owners, processes and lowest PIDs" {
  first_pidns_require
  shared docker plain
  shared rootless plain
  # what comes and goes meanwhile is in one of the two only: what both have twice over has to agree. Each is one process
  # more on the host while it looks: no pipe beside it, or the host's namespaces would have another number. Of a nested PID
  # namespace nsctl names the init, not the lowest PID: what came in later has a lower one where the numbers began anew.
  theirs() {
    lsns -rno NS,TYPE,NPROCS,PID,PNS,ONS > "$BATS_TEST_TMPDIR/list"
    awk '$2 == "pid" && $5 { $4 = "init" } { print }' "$BATS_TEST_TMPDIR/list" | sort
  }
  ours() {
    "$NSCTL" get namespaces -o json > "$BATS_TEST_TMPDIR/json"
    jq -r '.items[] | "\(.inode) \(.type) \(.processes) \(if .type == "pid" and .parent then "init" else .hostPid end) \(.parent // 0) \(.owner // 0)"' \
      "$BATS_TEST_TMPDIR/json" | sort
  }
  for _ in {1..30}; do
    theirs > "$BATS_TEST_TMPDIR/before"
    ours > "$BATS_TEST_TMPDIR/ours"
    theirs > "$BATS_TEST_TMPDIR/after"
    comm -12 "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" > "$BATS_TEST_TMPDIR/both"
    comm -23 "$BATS_TEST_TMPDIR/both" "$BATS_TEST_TMPDIR/ours" > "$BATS_TEST_TMPDIR/missing"
    [ -s "$BATS_TEST_TMPDIR/missing" ] || break
  done
  assert_equal "$(cat "$BATS_TEST_TMPDIR/missing")" ''
  [ "$(wc -l < "$BATS_TEST_TMPDIR/both")" -ge 16 ]
}

@test "get namespaces: of one container each is as in the list of all: lowest PID, command, processes" {
  own docker nsone
  fields='[.type, .inode, .relation, .hostPid] | tostring'
  one=$("$NSCTL" get ns "$T" -o json | jq -r ".items[] | $fields" | sort)
  all=$("$NSCTL" get ns -o json | jq -r ".items[] | $fields" | sort)
  [ "$(wc -l <<< "$one")" -ge 7 ]
  assert_equal "$(comm -23 <(echo "$one") <(echo "$all"))" ''
  # those of the host too, in which the container's init is not the lowest
  assert_equal "$("$NSCTL" get ns "$T" -o json | jq -c --argjson init "$INIT" '[.items[] | select(.relation == "host" and .hostPid == $init)]')" '[]'
  line="$(stat -Lc %i "/proc/$INIT/ns/mnt") +mnt +1 +$INIT +own +$T +sleep 4800"
  run -0 "$NSCTL" get ns "$T"
  assert_line --regexp "^ *$line$"
  run -0 "$NSCTL" get ns "$T" --columns HOST-PID,TYPE,COMMAND --no-headers
  assert_line --regexp "^ *$INIT mnt +sleep 4800$"
  refute_line --regexp "^ *$INIT user "
  # ns is about the container: its init
  assert_equal "$("$NSCTL" ns "$T" -o json | jq -c '[.items[].hostPid] | unique')" "[$INIT]"
}

@test "get namespaces: whose each is, also of what is nested in a container" {
  first_pidns_require
  shared docker plain
  pid=$(readlink "/proc/$INIT/ns/pid" | tr -dc 0-9)
  run -0 "$NSCTL" get ns -o json
  assert_equal "$(jq -rc ".items[] | select(.inode == $pid) | [.type, .relation, .container, .hostPid]" <<< "$output")" \
    "[\"pid\",\"own\",\"$T\",$INIT]"
  host=$(readlink /proc/self/ns/pid | tr -dc 0-9)
  assert_equal "$(jq -rc ".items[] | select(.inode == $host) | [.relation, .container]" <<< "$output")" '["host",null]'
  # each once, whoever shares it
  assert_equal "$(jq '[.items[].inode] | length' <<< "$output")" "$(jq '[.items[].inode] | unique | length' <<< "$output")"
  own bwrap nsnest --raw --dev-bind --raw / --raw / -- unshare --pid --fork --mount-proc sleep 4800
  wait_until 10 nested
  run -0 "$NSCTL" get ns -o json
  assert_equal "$(jq -rc ".items[] | select(.inode == $INNER) | [.type, .relation, .container]" <<< "$output")" \
    "[\"pid\",\"own\",\"$T\"]"
}

# nested: a PID namespace directly below that of INIT: INNER.
nested() {
  local outer inode pid
  outer=$(readlink "/proc/$INIT/ns/pid" | tr -dc 0-9)
  INNER=$(lsns -t pid -rno NS,PNS | awk -v p="$outer" '$2 == p { print $1 }')
  [ -n "$INNER" ]
}

@test "--tree: a user namespace hangs under the host's, what it owns under it" {
  shared rootless plain
  run -0 "$NSCTL" ns host "$T" -t user,net,pid --tree --ascii --columns TYPE,INODE,CONTAINER
  user=$(readlink "/proc/$INIT/ns/user" | tr -dc 0-9)
  net=$(readlink "/proc/$INIT/ns/net" | tr -dc 0-9)
  assert_line --regexp "^user +$(readlink /proc/self/ns/user | tr -dc 0-9) "
  assert_line --regexp "^[^a-z]+user +$user "
  assert_line --regexp "^[^a-z]{4,}net +$net "
}

@test "get namespaces as an ordinary user is partial, inside a PID namespace too" {
  run -3 --separate-stderr as_nobody get ns -o json
  assert_regex "$stderr" 'namespaces of [0-9]+ processes could not be read'
  assert_equal "$(jq '.items | length > 0' <<< "$output")" true
  run -3 --separate-stderr unshare --pid --fork --mount-proc "$NSCTL" get ns
  assert_regex "$stderr" 'runs in a PID namespace itself'
  run -3 --separate-stderr unshare --mount sh -c \
    'mount -t proc -o hidepid=2 none /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"' sh "$NSCTL" get ns
  assert_regex "$stderr" 'hidepid'
}

@test "usage" {
  run -2 --separate-stderr "$NSCTL" ns
  run -2 --separate-stderr "$NSCTL" ns host -t mnnt
  assert_equal "$stderr" $'nsctl: there is no namespace type mnnt\n  did you mean mnt?'
  run -2 --separate-stderr "$NSCTL" ns host -t ''
  run -1 --separate-stderr "$NSCTL" ns nosuch-container
}
