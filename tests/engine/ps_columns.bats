#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The columns of ps beside ps(1), of the same processes; threads, trees, and containers that share a PID namespace.

load engine
load members

teardown() { ended; }

# columns_of COLUMNS...: "HOST-PID VALUE..." of all, by PID.
columns_of() { "$NSCTL" ps "$T" --no-headers --columns "HOST-PID,$1" --sort-by HOST-PID | awk '{ $1 = $1; print }'; }

# theirs FORMAT: the same by ps(1).
theirs() { ps -o "pid=,$1" -p "$(members "$INIT" | cut -d' ' -f1 | paste -sd,)" | awk '{ $1 = $1; print }' | sort -n; }

# seconds: the last word of each line, H:MM:SS, in seconds.
seconds() { awk '{ n = split($NF, t, ":"); $NF = (t[n - 2] * 60 + t[n - 1]) * 60 + t[n]; print }'; }

# A nice one, one that has worked for a while, one to be stopped, a zombie, and what sleeps.
# shellcheck disable=SC2016 # the inner shell's
KINDS='sleep 4801 &
sh -c '\''i=0; while [ $i -lt 2500000 ]; do i=$((i + 1)); done; exec sleep 4802'\'' &
sleep 4803 &
sh -c "true & exec sleep 4804" &
exec sleep 4800'

kinds_are_there() {
  [ "$(theirs s=,args= 2> /dev/null | cut -d' ' -f2- | sort | tr '\n' ,)" = "$1" ]
}

@test "state, threads, nice, tty, memory, times, start, groups, file and cgroup are those of ps(1)" {
  own docker pskinds --group-add 4711 -- sh -c "$KINDS"
  wait_until 60 kinds_are_there 'S sleep 4800,S sleep 4801,S sleep 4802,S sleep 4803,S sleep 4804,Z [sh] <defunct>,'
  renice -n 7 -p "$(pgrep -P "$INIT" -fx 'sleep 4801')" > /dev/null
  kill -STOP "$(pgrep -P "$INIT" -fx 'sleep 4803')"
  wait_until 10 kinds_are_there 'S sleep 4800,S sleep 4801,S sleep 4802,S sleep 4804,T sleep 4803,Z [sh] <defunct>,'
  for pair in STATE:s= THREADS:nlwp= NICE:ni= RSS:rss= TTY:tty= COMM:ucmd=; do
    assert_equal "$pair"$'\n'"$(columns_of "${pair%%:*}")" "$pair"$'\n'"$(theirs "${pair#*:}" | sed 's/ <defunct>//; s/?$/-/')"
  done
  # not all are 0, or the comparison says nothing
  assert_equal "$(columns_of NICE | cut -d' ' -f2 | sort -n | tail -1)" 7
  [ "$(columns_of RSS | cut -d' ' -f2 | sort -n | tail -1)" -gt 0 ]
  assert_equal "$(columns_of TIME | seconds)" "$(theirs cputimes=)"
  [ "$(columns_of TIME | seconds | cut -d' ' -f2 | sort -n | tail -1)" -ge 1 ]
  # a second more or less is how the two round
  while read -r pid ours; do
    off=$(($(date -d "$ours" +%s) - $(date -d "$(ps -o lstart= -p "$pid")" +%s)))
    [ "${off#-}" -le 1 ] || fail "$pid: $ours, and ps has $(ps -o lstart= -p "$pid")"
  done < <(columns_of START)
  for pid in $(members "$INIT" | cut -d' ' -f1); do
    assert_equal "$pid $(columns_of GROUPS | sed -n "s/^$pid //p")" \
      "$pid $(awk '/^Groups:/ { $1 = ""; print }' "/proc/$pid/status" | xargs | tr ' ' ',')"
    [ "$(ps -o s= -p "$pid")" != Z ] || continue
    assert_equal "$pid $(columns_of EXE | sed -n "s/^$pid //p")" "$pid $(readlink "/proc/$pid/exe")"
    assert_equal "$pid $(columns_of CGROUP | sed -n "s/^$pid //p")" \
      "$pid $(grep -E '^0::/.|:name=systemd:' "/proc/$pid/cgroup" | head -1 | cut -d: -f3-)"
    assert_equal "$pid $(columns_of USERNS | sed -n "s/^$pid //p")" "$pid $(stat -L -c %i "/proc/$pid/ns/user")"
  done
  # the sets, seccomp and no_new_privs, which ps(1) does not have: the kernel's
  run -0 "$NSCTL" ps "$T" -o json
  known=$("$NSCTL" get caps -o json | jq -c '.items | map({(.name): .number}) | add')
  for pid in $(members "$INIT" | cut -d' ' -f1); do
    assert_equal "$pid $(jq -r --argjson pid "$pid" --argjson number "$known" '.items[] | select(.hostPid == $pid) | .capabilities
      | [.inheritable, .permitted, .effective, .bounding, .ambient][] | map(pow(2; $number[.])) | add // 0' <<< "$output" | paste -sd' ')" \
      "$pid $(sed -n 's/^Cap...:\t/0x/p' "/proc/$pid/status" | while read -r mask; do echo $((mask)); done | paste -sd' ')"
    assert_equal "$pid $(jq -r --argjson pid "$pid" '.items[] | select(.hostPid == $pid)
      | "\(.noNewPrivs) \(.seccomp.mode) \(.seccomp.filters)"' <<< "$output")" \
      "$pid $(awk '/^NoNewPrivs:/ { n = $2 ? "true" : "false" } /^Seccomp:/ { m = $2 == 2 ? "filter" : "disabled" }
        /^Seccomp_filters:/ { print n, m, $2 }' "/proc/$pid/status")"
  done
}

@test "a terminal of the container's" {
  own docker pstty --raw -t
  # ps(1) looks for the name in the host's /dev, where it may not be
  assert_equal "$(columns_of TTY)" "$INIT pts/$(($(cut -d' ' -f7 "/proc/$INIT/stat") & 255))"
  [[ $(theirs tty=) == "$INIT "@(\?|pts/*) ]]
  disowned
  own docker psnotty
  assert_equal "$(columns_of TTY)" "$INIT -"
}

@test "without libproc2 its columns are unknown, not 0, and it is said" {
  own docker psnolib
  # a library of that name that is none: what the loader finds first
  mkdir "$BATS_TEST_TMPDIR/lib"
  library=$(ldconfig -p | awk '/libproc2/ { print $1; exit }')
  : > "$BATS_TEST_TMPDIR/lib/${library:-libproc2.so.0}"
  LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/lib run -0 --separate-stderr "$NSCTL" ps "$T" --no-headers --columns TIME,RSS,TTY,NICE,THREADS,STATE
  assert_output --regexp '^ *\? +\? +\? +\? +\? +S$'
}

@test "--threads: a line for each, by both numbers, with its own name" {
  install -m 0755 "$(helper capchange)" "$BATS_TEST_TMPDIR/capchange"
  chmod 0755 "$BATS_TEST_TMPDIR"
  own docker psthreads --raw -v --raw "$BATS_TEST_TMPDIR:/helpers:ro" -- /helpers/capchange thread 0
  wait_until 10 two_threads
  run -0 "$NSCTL" ps "$T" --threads -o json
  assert_equal "$(jq -r '.items[] | "\(.hostPid) \(.pid) \(.hostTid) \(.tid)"' <<< "$output" | sort)" \
    "$(for task in "/proc/$INIT/task"/*; do echo "$INIT 1 ${task##*/} $(awk '/^NSpid:/ { print $NF }' "$task/status")"; done | sort)"
  run -0 "$NSCTL" ps "$T" --threads --no-headers --columns HOST-PID,HOST-TID,COMM,CAPS
  for task in "/proc/$INIT/task"/*; do
    caps=$(sed -n 's/^CapEff:\t/0x/p' "$task/status")
    count=0
    for ((bit = caps; bit; bit >>= 1)); do ((count += bit & 1)) || true; done
    assert_line --regexp "^ *$INIT +${task##*/} +$(cat "$task/comm") +$count\$"
  done
  assert_equal "${#lines[@]}" 2
  run -0 "$NSCTL" ps "$T" --no-headers
  assert_equal "${#lines[@]}" 1
}
two_threads() { [ "$(cat /proc/"$INIT"/task/*/status | grep ^CapEff | sort -u | wc -l)" = 2 ]; }

@test "--tree: each below its parent, what joined at the top" {
  own docker pstree -- sh -c 'sh -c "sleep 4801 & exec sleep 4802" & exec sleep 4800'
  wait_until 10 three_sleep
  TOKEN=$(token)
  sleeper "engine_exec $ENGINE $NAME --" sleep "$TOKEN"
  # until then it is the runtime
  token_inside() { alive "$TOKEN" | tr ' ' '\n' | grep -qxFf <(members "$INIT" | cut -d' ' -f1); }
  wait_until 20 token_inside
  wait_until 20 has_members 4
  run -0 "$NSCTL" ps "$T" --tree --ascii --no-headers --columns COMMAND
  assert_output "sleep 4800
\`-sleep 4802
  \`-sleep 4801
sleep $TOKEN"
  run -0 env LC_ALL=C.UTF-8 "$NSCTL" ps "$T" --tree --no-headers --columns COMMAND
  assert_line --index 1 '└─sleep 4802'
  # the parents are those of /proc
  run -0 "$NSCTL" ps "$T" -o json
  while read -r pid parent; do
    assert_equal "$pid $parent" "$pid $(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")"
  done < <(jq -r '.items[] | "\(.hostPid) \(.hostPpid)"' <<< "$output")
}
three_sleep() { [ "$(members "$INIT" | cut -d' ' -f1 | xargs ps -o args= -p | grep -c '^sleep')" = 3 ]; }

# pids TARGET: the host PIDs that ps has.
pids() { "$NSCTL" ps "$1" -q; }

@test "a pod that shares its PID namespace: each container's own, an exec and its child too; the pause process in none" {
  own cri psshare --raw '.spec.shareProcessNamespace = true | .spec.containers[0].name = "front"
    | .spec.containers += [.spec.containers[0] | .name = "back" | .command = ["sh", "-c", "sleep 4801 & exec sleep 4802"]]'
  front=$(container_pid cri "$NAME/front") back=$(container_pid cri "$NAME/back") pause=$(container_pid cri "$NAME/")
  assert_equal "$(readlink "/proc/$front/ns/pid")" "$(readlink "/proc/$pause/ns/pid")"
  pod=default/nsctl-test-$NAME
  wait_until 10 children_are 1 "$back"
  child=$(pgrep -P "$back")
  assert_equal "$(pids "$pod/front")" "$front"
  assert_equal "$(pids "$pod/back")" "$(printf '%s\n' "$back" "$child" | sort -n)"
  # by nsctl's own exec, and by setns, into the one and not the other
  TOKEN=$(token)
  running "$pod/front" -- sh -c "sleep $TOKEN & exec sleep $TOKEN"
  wait_until 10 alive_are 2 "$TOKEN"
  assert_equal "$(pids "$pod/front")" "$(printf '%s\n' "$front" $(alive "$TOKEN") | sort -n)"
  assert_equal "$(pids "$pod/back")" "$(printf '%s\n' "$back" "$child" | sort -n)"
  # the numbers inside are those of the namespace that they share
  assert_equal "$("$NSCTL" ps "$pod/back" -o json | jq -r --argjson pid "$back" '.items[] | select(.hostPid == $pid).pid')" \
    "$(awk '/^NSpid:/ { print $NF }' "/proc/$back/status")"
  # who agrees, and names the pause process by the pod
  for pid in "$front" "$back" "$child" $(alive "$TOKEN"); do
    assert_equal "$pid $("$NSCTL" who "$pid" -o json | jq -r '.items[0].container')" \
      "$pid $pod/$("$NSCTL" ps "$pod/front" -q | grep -qx "$pid" && echo front || echo back)"
  done
  assert_equal "$("$NSCTL" who "$pause" -o json | jq -r '.items[0].pod.name')" "nsctl-test-$NAME"
  # of all containers at once each is there once
  assert_equal "$("$NSCTL" ps -A -q | sort | uniq -d)" ''
}
children_are() { [ "$(pgrep -P "$2" | wc -l)" = "$1" ]; }

@test "a pod in the host's PID namespace: its own processes and no other of the host's" {
  own cri pshostpid --raw '.spec.hostPID = true | .spec.containers[0].command = ["sh", "-c", "sleep 4801 & exec sleep 4802"]'
  assert_equal "$(readlink "/proc/$INIT/ns/pid")" "$(readlink /proc/self/ns/pid)"
  wait_until 10 children_are 1 "$INIT"
  child=$(pgrep -P "$INIT")
  assert_equal "$(pids "$T")" "$(printf '%s\n' "$INIT" "$child" | sort -n)"
  # inside and outside are the same number
  assert_equal "$("$NSCTL" ps "$T" -o json | jq -r '.items[] | select(.pid != .hostPid) | .pid')" ''
  assert_equal "$("$NSCTL" who "$child" -o json | jq -r '.items[0] | "\(.container) \(.pod.name)"')" "$("$NSCTL" ps "$T" -o json | jq -r '.items[0].container') nsctl-test-$NAME"
  assert_equal "$("$NSCTL" who "$$" -o json | jq -r '.items[0].container')" null
  own docker pshostnext --pid host
  assert_equal "$(pids "$T")" "$INIT"
}
