#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every list of every verb against the grammar of nsctl-output(7): each key is there, no other, in order, with its type.
# A verb, a noun or a kind that is new fails here until the page and lists() have it.

load ../lib/bats

PAGE=$TESTS/../man/nsctl-output.7

# lists TARGET PID MANIFEST OTHER: a command line for each verb and noun that prints a list, one a line.
lists() {
  printf '%s\n' "get containers -a" "get pods -a" "get engines" "get users $1" "get processes $1" "get namespaces $1" \
    "get capabilities" "ps $1" "who $2 1" "users $1" "caps $1" "caps $1 --threads --all" "ns $1" "describe $1" "can $1 bind:80" "doctor" \
    "diff -f $3 $1" "diff $1" "diff $1 $4" "diff $1 $4 --all" "predict -f $3 --engine docker" "predict -f $3 --engine containerd" \
    "predict -f $3 --engine podman" "predict -f $3 --engine crio" \
    "get containers" "get users" "get processes" "get namespaces" "ps -A" "ps $1 --threads" "ps host" "users -A" "caps -A" "ns -A" "describe -A"
}

# The verbs that take --columns, and get's nouns: what lists() must have.
must_have() {
  local verb
  for verb in $("$NSCTL" __complete -- '' | cut -f1); do
    "$NSCTL" help "$verb" | grep -q -- ' --columns ' || continue
    if [ "$verb" = get ]; then
      "$NSCTL" __complete -- get '' | cut -f1 | grep -v '^-' | sed 's/^/get /'
    else
      echo "$verb"
    fi
  done
}

setup() { engine_require docker; }

teardown() {
  container_stop docker out-list
  container_stop docker out-other > /dev/null 2>&1 || true
  container_stop cri out-pod > /dev/null 2>&1 || true
  container_stop podman out-pod > /dev/null 2>&1 || true
}

@test "every list of every verb is as its page says, in json, jsonl and yaml" {
  T=$(container_start docker out-list -u app -l app=out --cap-add SYS_TIME)
  engine_exec docker out-list -- sh -c 'sleep 4800 & ' || true
  other=$(container_start docker out-other -e MORE=1)
  MANIFEST=$BATS_TEST_TMPDIR/pod.yaml
  cat > "$MANIFEST" << 'POD'
apiVersion: v1
kind: Pod
metadata: {name: out}
spec:
  hostPID: true
  securityContext: {supplementalGroups: [7], capabilities: {add: [KILL]}, sysctls: [{name: net.ipv4.no_such, value: "1"}]}
  containers:
  - name: main
    image: app
    command: [sleep]
    securityContext: {runAsUser: 1000, readOnlyRootFilesystem: true, capabilities: {add: [SYS_TIME], drop: [ALL]}}
POD
  mapfile -t all < <(lists "$T" "$(container_pid docker out-list)" "$MANIFEST" "$other")
  while read -r wanted; do
    printf '%s\n' "${all[@]}" | grep -qE "^$wanted( |\$)" || fail "no line for: nsctl $wanted"
  done < <(must_have)
  for line in "${all[@]}"; do
    read -ra words <<< "$line"
    # a noun of a verb that this version does not have yet
    "$NSCTL" help "${words[0]}" > /dev/null 2>&1 || continue
    [ "${words[0]}" != get ] || "$NSCTL" __complete -- get "${words[1]}" | grep -q . || continue
    for format in json jsonl yaml; do
      run --separate-stderr "$NSCTL" "${words[@]}" -o "$format"
      [[ $status == [0137] ]] || fail "nsctl $line -o $format: status $status: $stderr"
      printf '%s\n' "$output" > "$BATS_TEST_TMPDIR/out"
      run python3 "$TESTS/lib/grammar.py" "$PAGE" check "$format" < "$BATS_TEST_TMPDIR/out"
      [ "$status" = 0 ] || fail "nsctl $line -o $format: $output"
      [[ $output != *' 0' ]] || [[ $line == 'get pods'* ]] || fail "nsctl $line -o $format: nothing to check"
    done
  done
}

@test "a key more, a key less, another type, another word: the check sees it" {
  T=$(container_start docker out-list)
  "$NSCTL" get co "$T" -o json > "$BATS_TEST_TMPDIR/good"
  run -0 python3 "$TESTS/lib/grammar.py" "$PAGE" check json < "$BATS_TEST_TMPDIR/good"
  assert_output 'Container 1'
  for change in 'del(.items[0].image)' '.items[0].more = 1' '.items[0].pause = "no"' '.items[0].status = "Up"' \
    '.items[0].ref = null' '.items[0].command = "sleep"' '.items[0].labels.a = 1' '.items[0].startTime = "now"' \
    'del(.errors)' '.kind = "FooList"' '.metadata.complete = false' '.items[0] |= (to_entries | reverse | from_entries)'; do
    jq "$change" "$BATS_TEST_TMPDIR/good" > "$BATS_TEST_TMPDIR/bad"
    run -1 python3 "$TESTS/lib/grammar.py" "$PAGE" check json < "$BATS_TEST_TMPDIR/bad"
  done
}

@test "version is as its page says" {
  "$NSCTL" version -o json > "$BATS_TEST_TMPDIR/out"
  run -0 python3 "$TESTS/lib/grammar.py" "$PAGE" check json < "$BATS_TEST_TMPDIR/out"
  assert_output 'Version 1'
}

@test "-l: by labels, and those that are not known are said" {
  T=$(container_start docker out-list -l app=out -l tier=front)
  run --separate-stderr "$NSCTL" get co -l 'app=out,tier in (front,back),!canary' -o name
  assert_output "$T"
  run --separate-stderr "$NSCTL" get co -l app=out,tier=back -o name
  assert_output ''
  run --separate-stderr "$NSCTL" ps -A -l app=out -o jsonl
  assert_equal "$(jq -r 'select(.kind != "Error") | .container' <<< "$output" | sort -u)" "$T"
}

@test "-l: podman's and containerd's labels are in their databases, those that are not found are said" {
  local engine found
  for engine in podman rootless; do
    engine_runs "$engine" || continue
    found=$(container_start "$engine" out-labels -l app=labels -l 'a.b/c=d "e",\f')
    run --separate-stderr "$NSCTL" get co -l app=labels -o json
    assert_equal "$(jq -c '.items[] | [.ref, .labels["a.b/c"]]' <<< "$output")" "[\"$found\",\"d \\\"e\\\",\\\\f\"]"
    container_stop "$engine" out-labels
    found=$(container_start "$engine" out-labels)
    assert_equal "$("$NSCTL" get co "$found" -o json | jq -c '.items[0].labels')" \
      "$(engine_cli "$engine" inspect nsctl-test-out-labels | jq -c '.[0].Config.Labels // {}')"
    container_stop "$engine" out-labels
  done
  engine_require cri
  container_start cri out-labels
  run --separate-stderr "$NSCTL" get co -l io.kubernetes.pod.name=nsctl-test-out-labels -o name
  container_stop cri out-labels
  assert_output default/nsctl-test-out-labels/main
  engine_require containerd
  container_start containerd out-labels
  run -3 --separate-stderr "$NSCTL" get co -l app=labels -o name
  container_stop containerd out-labels
  [[ $stderr =~ 'labels unknown for '[0-9]+' container' ]]
}

# labelled ENGINE TARGET: the container of a pod, out-pod, that has labels.
labelled() {
  local list none
  for list in 'get co' 'get processes' 'ps -A' 'caps -A' 'users -A' 'describe -A'; do
    # shellcheck disable=SC2086 # a verb and its words
    run --separate-stderr "$NSCTL" $list -l 'app=out-pod,tier in (x)' -o json
    assert_equal "$list: $(jq -r '.items[] | .container // .ref' <<< "$output" | sort -u)" "$list: $2"
  done
  run --separate-stderr "$NSCTL" ns -A -l app=out-pod,tier=x -t mnt --columns CONTAINER --no-headers
  assert_output "$2"
  run --separate-stderr "$NSCTL" get po -l app=out-pod,tier=x --columns NAME --no-headers
  assert_output nsctl-test-out-pod
  for none in app=out-pod,tier=y 'app=out-pod,!tier' 'app=out-pod,tier!=x'; do
    for list in 'get co' 'get po' 'ps -A'; do
      # shellcheck disable=SC2086
      run --separate-stderr "$NSCTL" $list -l "$none" -o name
      assert_equal "$list $none: $output" "$list $none: "
    done
  done
  # asked for with -a, the pause container has the pod's labels, for they are its own
  run --separate-stderr "$NSCTL" get co -a -l app=out-pod -o json
  assert_equal "$(jq -c '[.items[].pause] | sort' <<< "$output")" '[false,true]'
  container_stop "$1" out-pod
}

@test "cri: -l: a pod's labels are those of its containers too, for every list, and not of its pause container" {
  engine_require cri
  container_start cri out-pod -l app=out-pod -l tier=x > /dev/null
  labelled cri default/nsctl-test-out-pod/main
}
@test "podman: -l: a pod's labels are those of its containers too, for every list, and not of its pause container" {
  engine_require podman
  engine_cli podman pod create --name nsctl-test-out-pod -l app=out-pod -l tier=x --network none > /dev/null
  in_leash engine_cli podman run -d --pod nsctl-test-out-pod --name nsctl-test-out-pod-main --ulimit nofile=1024:1024 \
    --ulimit nproc=1000:1000 nsctl-test-base sleep 4800 > /dev/null
  labelled podman podman/nsctl-test-out-pod-main
}

@test "get engines, and doctor: where root's containers are closed to the caller none is not 0, and the problem says so" {
  local count problem="root's containers are not shown: sudo nsctl ..."
  T=$(container_start docker out-list)
  count=$("$NSCTL" get engines -o json | jq '.items[] | select(.name == "docker").containers')
  [ "$count" -gt 0 ]
  assert_equal "$("$NSCTL" get engines -o json | jq -c '[.items[].problem] | unique')" '[null]'
  run -3 --separate-stderr as_nobody get engines -o json
  assert_equal "$(jq -c '.items[] | select(.name == "docker") | [.containers, .problem]' <<< "$output")" "[null,\"$problem\"]"
  run --separate-stderr as_nobody doctor -o json
  assert_equal "$(jq -c '.items[] | select(.name == "docker" and .area == "engines") | [.status, .engine.containers, .engine.problem]' <<< "$output")" \
    "[\"limited\",null,\"$problem\"]"
  run -3 --separate-stderr as_nobody get engines
  assert_line --regexp "^docker +\? $problem +Docker"
  # of an engine that is looked for nowhere it knows; bare groups of others it cannot see
  NSCTL_ROOT='' run -3 --separate-stderr as_nobody get engines -o json --root docker= --root cri= --root podman= --root lxc= \
    --root containerd= --root crun= --root runc= --filter NAME==docker
  assert_equal "$(jq -c '.items[] | [.containers, .problem]' <<< "$output")" '[0,null]'
}

@test "60 columns: no list wraps, none cuts a number, and a pipe gets all" {
  command -v script > /dev/null || skip 'no script(1)'
  T=$(container_start docker out-list -u app --cap-add SYS_TIME)
  export TERM=dumb
  while read -r line; do
    read -ra words <<< "$line"
    run on_terminal 60 "$NSCTL" "${words[@]}"
    # sentences stand below a table, behind it
    table=$(sed -n '1,/^[A-Z].*\.$/p' <<< "$output" | grep -v '\.$' || true)
    [ -n "$table" ] || fail "nsctl $line: nothing printed"
    assert_equal "$line: $(LC_ALL=C.UTF-8 awk 'length($0) > 60' <<< "$table")" "$line: "
  done << LISTS
get containers -a
get pods -a
get engines
get capabilities
get namespaces
get users
ps $T
ps -A
who $$ 1
users $T
caps $T
ns $T
ns -A
diff $T
can $T bind:80
doctor
LISTS
  # every number that is left is a whole one
  on_terminal 60 "$NSCTL" ps "$T" > "$BATS_TEST_TMPDIR/narrow"
  assert_equal "$(awk 'NR == 2 { print $1 }' "$BATS_TEST_TMPDIR/narrow")" "$(container_pid docker out-list)"
  run -0 env COLUMNS=60 "$NSCTL" get co
  assert_line --index 0 --regexp '^ENGINE +NAME +POD +NAMESPACE +ID +HOST-PID +STATUS +AGE +COMMAND$'
}
