#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run by an ordinary user who has subordinate ids: newuidmap and newgidmap write its maps, so a sandbox has many users and groups.

load engine
load ../lib/sandbox

setup() {
  engine_require rootless
  sandbox_setup
  cp -- "$NSCTL" "$BOXES/nsctl"
  mkdir "$BOXES/user"
  chown "$(rootless_user):" "$BOXES/user"
  UID_OF=$(id -u "$(rootless_user)") GID_OF=$(id -g "$(rootless_user)")
  read -r UIDS N_UIDS < <(given subuid)
  read -r GIDS N_GIDS < <(given subgid)
}
teardown() {
  sandbox_teardown
  ended
}

# given FILE: the first number of the user's range, and how many.
given() { awk -F: -v user="$(rootless_user)" '$1 == user { print $2, $3; exit }' "/etc/$1"; }
as_user() { rootless_run "NSCTL_ROOT=nsctl=:nsctl=$BOXES/user" timeout -k 5 60 "$BOXES/nsctl" "$@"; }
maps() { tr -s ' ' <<< "$1" | sed 's/^ //'; }

@test "all of them: the caller is root inside, every other one a number of its range" {
  run -0 as_user run --user 1010:7 -- sh -c 'id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map'
  assert_equal "$(maps "$output")" "1010
7
0 $UID_OF 1
1 $UIDS $N_UIDS
0 $GID_OF 1
1 $GIDS $N_GIDS"
  run -0 as_user run --user 1010:7 --name box -d -- sleep 4800
  pid=$(box_pid box user)
  assert_equal "$(awk '/^[UG]id:/ { print $2, $5 }' "/proc/$pid/status" | xargs)" \
    "$((UIDS + 1009)) $((UIDS + 1009)) $((GIDS + 6)) $((GIDS + 6))"
  run -0 --separate-stderr as_user exec -u 0 box -- sh -c 'id -u; sed -n "s/^Groups:\t//p" /proc/self/status'
  assert_equal "${lines[0]}" 0
  run -0 as_user kill box
  wait_until 20 nothing_left box "$pid"
  [ ! -e "$BOXES/user/box" ]
}

@test "several users and groups in one pod" {
  cat > "$BOXES/p.yaml" << 'POD'
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  securityContext: {runAsUser: 1010, runAsGroup: 3000, fsGroup: 2000}
  containers:
  - {name: a, command: [sh, -c, 'echo a $(id -u) $(id -g) $(id -G)']}
  - {name: b, command: [sh, -c, 'echo b $(id -u) $(id -g) $(id -G)'], securityContext: {runAsUser: 1011}}
POD
  run -0 --separate-stderr as_user run -f "$BOXES/p.yaml"
  assert_equal "$(sort <<< "$output")" $'a 1010 3000 3000 2000\nb 1011 3000 3000 2000'
}

@test "an id that is outside of the range: the caller's own number alone stands for it" {
  run -0 as_user run --user "$((N_UIDS + 1)):7" -- cat /proc/self/uid_map /proc/self/gid_map
  assert_equal "$(maps "$output")" "$((N_UIDS + 1)) $UID_OF 1
7 $GID_OF 1"
}
