#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# users beside /proc/PID/status, the container's own passwd, and what each engine was told. A careless tool names uid 101 as the
# host does, calls every uid the image's, or forgets the id map.

load engine

teardown() { ended; }

# rows TARGET FILTER: of the JSON, one a line.
rows() { "$NSCTL" users -o json "$1" | jq -rc ".items[] | $2"; }

@test "docker: names are the container's own, and the source is the flag or the image's USER" {
  own docker usersimage --image pg
  assert_equal "$(rows "$T" '[.uid, .gid, .user, .hostUid, .source, .processes]')" '[101,101,"postgres",101,"image",1]'
  own docker usersflag -u 1000:2001 --group-add 3000
  assert_equal "$(rows "$T" '[.uid, .user, .gid, .group, .source]')" '[1000,"app",2001,"wheelies","flag"]'
  assert_equal "$(rows "$T" '.groups[] | [.gid, .name, .hostGid]' | sort)" $'[2001,"wheelies",2001]\n[3000,null,3000]'
  assert_equal "$(rows "$T" '.groups[].hostGid' | tr '\n' ' ')" "$(sed -n 's/^Groups:\t//p' "/proc/$INIT/status")"
  assert_equal "$(rows "$T" '.uidMap' )" '[{"inside":0,"outside":0,"count":4294967295}]'
  own docker usersnone
  assert_equal "$(rows "$T" '[.uid, .user, .source]')" '[0,"root",null]'
  # nobody asked: that is none
  assert_equal "$("$NSCTL" users "$T" --columns SOURCE --no-headers | sed -n 1p)" -
  run -0 --separate-stderr "$NSCTL" users "$T"
  assert_line 'root inside is root outside.'
}

@test "runc: no state tells who asked for a user: the source is not known" {
  shared runc plain
  assert_equal "$(rows "$T" '[.uid, .source]')" '[0,null]'
  assert_equal "$("$NSCTL" users "$T" --columns SOURCE --no-headers | sed -n 1p)" '?'
}

@test "cri: runAsUser of the pod, of the container, the image's USER" {
  own cri userspod --raw '.spec.securityContext.runAsUser = 1010'
  assert_equal "$(rows "$T" '[.uid, .user, .source]')" '[1010,null,"pod"]'
  run -0 --separate-stderr "$NSCTL" users "$T"
  assert_line 'uid 1010 has no name inside: no line of /etc/passwd there has that number.'
  # the pause process runs as the Pod's user
  assert_equal "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' "/proc/$(container_pid cri "$NAME/")/status")" 1010
  disowned
  own cri userscontainer --raw '.spec.containers[0].securityContext.runAsUser = 1000'
  assert_equal "$(rows "$T" '[.uid, .user, .source]')" '[1000,"app","container"]'
  disowned
  own cri usersboth --raw '.spec.securityContext.runAsUser = 1010 | .spec.containers[0].securityContext.runAsUser = 1000'
  assert_equal "$(rows "$T" '[.uid, .source]')" '[1000,"container"]'
  disowned
  own cri usersimage --image pg
  assert_equal "$(rows "$T" '[.uid, .user, .source]')" '[101,"postgres","image"]'
}

@test "podman: flag and image; rootless, by its map" {
  own podman usersflag -u app
  assert_equal "$(rows "$T" '[.uid, .user, .source]')" '[1000,"app","flag"]'
  own podman usersimage --image pg
  assert_equal "$(rows "$T" '[.uid, .user, .source]')" '[101,"postgres","image"]'
  own rootless usersrootless -u 1000
  outside=$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' "/proc/$INIT/status")
  assert_equal "$(rows "$T" '[.uid, .user, .hostUid, .source]')" "[1000,\"app\",$outside,\"flag\"]"
  assert_equal "$(rows "$T" '.uidMap[] | "\(.inside) \(.outside) \(.count)"')" "$(awk '{ print $1, $2, $3 }' "/proc/$INIT/uid_map")"
  run -0 --separate-stderr "$NSCTL" users "$T"
  assert_line "root inside is uid $(id -u "$(rootless_user)") outside."
}

@test "every engine: uid, gid and groups are those of the init's status, by the map" {
  for engine in docker podman rootless cri containerd runc crun lxc; do
    shared "$engine" user
    row=$("$NSCTL" users -o json "$T" | jq -c '.items[0]')
    assert_equal "$engine $(jq -r '"\(.hostUid) \(.hostGid)"' <<< "$row")" \
      "$engine $(awk '/^Uid:/ { u = $3 } /^Gid:/ { print u, $3 }' "/proc/$INIT/status")"
    assert_equal "$engine $(jq -r '[.groups[].hostGid] | join(" ")' <<< "$row")" \
      "$engine $(sed -n 's/^Groups:\t//p' "/proc/$INIT/status" | sed 's/ $//')"
    assert_equal "$engine $(jq -r '"\(.uid):\(.user)"' <<< "$row")" "$engine $(case $engine in containerd) echo 101:postgres ;; *) echo 1000:app ;; esac)"
  done
}

@test "a line for each user, with how many processes; who came in later has no source" {
  own docker usersmany -u 1000 -- sh -c 'sleep 4801 & exec sleep 4802'
  has_child() { [ -n "$(proc_children "$INIT")" ]; }
  wait_until 20 has_child
  running "$T" -u 101:101 -- sleep 4803
  assert_equal "$(rows "$T" '[.uid, .processes, .source]')" $'[1000,2,"flag"]\n[101,1,null]'
  assert_equal "$("$NSCTL" users "$T" --columns SOURCE --no-headers | sed -n 1,2p | tr -d ' ' | tr '\n' ' ')" 'flag - '
  run -0 --separate-stderr "$NSCTL" get users "$T" --no-headers
  assert_equal "$(grep -c "^$T " <<< "$output")" 2
}

@test "hostile names: no control byte in a table, valid JSON" {
  own docker usershostile -u 1010
  "$NSCTL" exec -u 0 "$T" -- sh -c 'printf "e\033[31mv\377il:x:1010:0::/:/bin/sh\n" >> /etc/passwd'
  run -0 --separate-stderr "$NSCTL" users "$T"
  assert_line --partial 'e\e[31mv\xFFil(1010)'
  assert_equal "$(LC_ALL=C tr -d '\n\040-\176' <<< "$output" | wc -c)" 0
  assert_equal "$(rows "$T" '.user')" $'e\e[31mv\xef\xbf\xbdil'
}

@test "two containers share a user namespace, or a range of host uids" {
  own rootless usersa
  first=$T
  own rootless usersb
  run -0 --separate-stderr "$NSCTL" users "$first" "$T"
  assert_line "$first, $T: in one user namespace, $(stat -L -c %i "/proc/$INIT/ns/user"): a uid is the same user in all of them."
  own podman usersc --raw --uidmap=0:310000:65536 --raw --gidmap=0:310000:65536
  first=$T
  own podman usersd --raw --uidmap=0:320000:65536 --raw --gidmap=0:320000:65536
  run -0 --separate-stderr "$NSCTL" users "$first" "$T"
  assert_line "$first, $T: they share a host uid range (320000 and on): what those users may do, they may do across these containers."
}

init_is_gone() { [ ! -e "/proc/$INIT" ]; }
@test "a podman container of root's with an id map is root's, live and stopped" {
  own podman usersmap --raw --uidmap=0:330000:65536 --raw --gidmap=0:330000:65536
  record() { "$NSCTL" get co -a -o json | jq -c '.items[] | select(.name == "nsctl-test-usersmap") | [.engine, .ownerUid, .hostPid]'; }
  assert_equal "$(record)" "[\"podman\",0,$INIT]"
  run -0 "$NSCTL" exec "$T" -- id -u
  assert_output 0
  first_pidns_require
  container_halt podman usersmap
  wait_until 10 init_is_gone
  assert_equal "$(record)" '["podman",0,null]'
  run -125 --separate-stderr "$NSCTL" exec "$T" -- true
  assert_equal "${stderr_lines[1]}" '  start it first: podman start nsctl-test-usersmap'
}

@test "an ordinary user sees its own container's; usage" {
  shared rootless user
  install -D -m 0755 "$NSCTL" "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-users"
  run -0 --separate-stderr rootless_run "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-users" users "$T" -o json
  assert_equal "$(jq -c '.items[0] | [.uid, .user]' <<< "$output")" '[1000,"app"]'
  run -2 --separate-stderr "$NSCTL" users
  run -2 --separate-stderr "$NSCTL" users host
  run -1 --separate-stderr "$NSCTL" users nosuch-container
}
