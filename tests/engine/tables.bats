#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tables on terminals of 60, 80 and 120 columns, held against the JSON of the same command: a cell is what it should be, or its
# beginning with a mark; numbers, truths, IDs and verdicts are never cut; what is left out is said. A printer that cuts silently
# shows 100 for 1000.

# shellcheck disable=SC2016 # jq's variables

load engine

setup() {
  command -v script > /dev/null || skip 'no script(1)'
  export TERM=xterm NO_COLOR=1
}
teardown() {
  container_stop podman tables > /dev/null 2>&1 || true
  ended
}

# held OPTIONS FILTER VERB...: the tables of all widths against the rows that the jq filter makes of the JSON. MARKS is the number of
# texts that were cut, all in all.
held() {
  local options=$1 filter=$2 columns locale mark found
  shift 2
  MARKS=0
  "$NSCTL" "$@" -o json 2> /dev/null | jq -r "$filter | map(if . == null then \"\" else tostring end) | join(\"\\t\")" > "$BATS_TEST_TMPDIR/want" || true
  [ "$(wc -l < "$BATS_TEST_TMPDIR/want")" -gt 1 ]
  for columns in 60 80 120 '80 C'; do
    read -r columns locale <<< "$columns C.UTF-8"
    [ "${locale%% *}" = C ] && mark=... || mark=…
    LC_ALL=${locale%% *} on_terminal "$columns" "$NSCTL" "$@" > "$BATS_TEST_TMPDIR/table"
    # shellcheck disable=SC2086 # several words
    found=$(LC_ALL=C.UTF-8 python3 "$TESTS/helpers/table.py" "$BATS_TEST_TMPDIR/want" "$columns" "$mark" $options < "$BATS_TEST_TMPDIR/table") ||
      fail "$columns columns, ${locale%% *}: $found"$'\n'"$(cat "$BATS_TEST_TMPDIR/table")"
    MARKS=$((MARKS + ${found% cut}))
  done
  # nothing is cut of what wide shows
  assert_equal "$(on_terminal 60 "$NSCTL" "$@" -o wide | no_numbers)" "$("$NSCTL" "$@" -o wide 2> /dev/null | no_numbers)"
}
# no_numbers: ages grow, and processes of the host come and go.
no_numbers() { sed -E 's/([0-9]+[smhd])+( |$)/AGE\2/g; s/[0-9]+/N/g; s/ +/ /g'; }

# A container whose command, user and groups are long.
long() {
  own docker tables-of-a-long-name -u app --group-add 4294901 --group-add 4294902 --cap-add SYS_TIME -l app=tables \
    -- sleep 4800 4801 4802 4803 4804
}

@test "get containers and ps: names and command lines are marked where they are cut, PIDs and IDs are whole" {
  long
  held 'right=HOST-PID whole=ID,STATUS any=AGE' '(["ENGINE", "NAME", "POD", "NAMESPACE", "ID", "HOST-PID", "STATUS", "AGE", "COMMAND"],
    (.items[] | [.engine, .name, .pod.name, .pod.namespace, .id[:12], .hostPid, .status, "?", (.command | join(" "))]))' \
    get containers "$T"
  [ "$MARKS" -gt 0 ]
  # of a user other than root no capability is effective: "-" is an answer, and is not left out in silence
  held 'right=HOST-PID,PID,PPID,CAPS whole=SESSION' 'def user: if .name then "\(.name)(\(.uid))" else .uid end;
    (["HOST-PID", "PID", "PPID", "USER", "HOST-USER", "CAPS", "SESSION", "COMMAND"],
    (.items[] | [.hostPid, .pid, .ppid, (.user | user), (.hostUser | user), (.capabilities.effective | length | if . == 0 then null else . end),
      .session, (.command | join(" "))]))' ps "$T"
  [ "$MARKS" -gt 0 ]
  run on_terminal 60 "$NSCTL" ps "$T"
  assert_line --index 0 --regexp '(^| )CAPS '
}

@test "who, users and namespaces" {
  long
  held 'right=HOST-PID,PID' 'def user: if .name then "\(.name)(\(.uid))" else .uid end;
    (["HOST-PID", "PID", "POD", "CONTAINER", "ENGINE", "USER", "HOST-USER", "COMMAND"],
    (.items[] | [.hostPid, .pid, .pod.name, (.container | sub("^docker/"; "")), .engine, (.user | user), (.hostUser | user),
      (.command | join(" "))]))' who "$INIT"
  [ "$MARKS" -gt 0 ]
  held 'right=PROCESSES' 'def id(name; number): if name then "\(name)(\(number))" else number end;
    (["USER", "GROUP", "HOST-USER", "HOST-GROUP", "PROCESSES", "SOURCE", "GROUPS"],
    (.items[] | [id(.user; .uid), id(.group; .gid), id(.hostUserName; .hostUid), id(.hostGroupName; .hostGid), .processes, .source,
      (.groups | map(id(.name; .gid) | tostring) | join(","))]))' users "$T"
  [ "$MARKS" -gt 0 ]
  held 'right=INODE whole=TYPE,RELATION' '(["CONTAINER", "TYPE", "INODE", "RELATION", "SHARED-WITH"],
    (.items[] | [.container, .type, .inode, .relation, (.sharedWith | join(","))]))' ns "$T"
  [ "$MARKS" -gt 0 ]
}

@test "caps: no set is left out in silence, not even one that is empty" {
  long
  held 'whole=EFFECTIVE,PERMITTED,INHERITABLE,BOUNDING,AMBIENT,HOST,VERDICT' 'def has($set; $name): if $set | index($name) then "yes" else null end;
    (["CAPABILITY", "EFFECTIVE", "PERMITTED", "INHERITABLE", "BOUNDING", "AMBIENT", "HOST", "CONFIG", "VERDICT"],
    (.items[0] as $i | $i.bounding[] as $name | [$name, has($i.effective; $name), has($i.permitted; $name), has($i.inheritable; $name),
      has($i.bounding; $name), has($i.ambient; $name), (if $i.against.added | index($name) then null else "yes" end),
      (if $i.requested.effective | index($name) then "effective" elif $i.requested.bounding | index($name) then "bounding" else null end),
      ([$i.notUsable[] | select(.name == $name) | "granted, not usable: \(.rule)"] | first)]))' caps "$T"
  for columns in 60 80 120; do
    run on_terminal "$columns" "$NSCTL" caps "$T"
    for set in EFFECTIVE PERMITTED INHERITABLE BOUNDING AMBIENT; do
      [[ ${lines[0]} =~ (^| )$set( |$) || $output =~ 'No room for '[A-Z,\ ]*$set ]] || fail "$columns: $set is nowhere: $output"
    done
  done
}

@test "can: the answer is whole, and the rule goes on in the next line" {
  long
  held 'whole=ANSWER,RULE' '(["CONTAINER", "ACTION", "ANSWER", "RULE"], (.items[] | [.container, .action, .answer, .rule]))' \
    can "$T" bind:80 net-raw mount chown write:/ SYS_TIME
}

@test "describe: nothing is cut, whatever the width" {
  long
  held 'whole=FACT,VALUE,SOURCE' '(["AREA", "FACT", "VALUE", "SOURCE"], (.items[0].facts[] | [.area, .fact, .value, .source]))' describe "$T"
  for columns in 80 120; do
    run on_terminal "$columns" "$NSCTL" describe "$T"
    # in its column, not below the row
    assert_line --regexp '^init +PID inside +1 +/proc/[0-9]+/status$'
  done
}

@test "diff -f: numbers and truths are whole at every width, and the reason is" {
  engine_require podman
  container_stop podman tables > /dev/null 2>&1 || true
  M=$BATS_TEST_TMPDIR/tables.yaml
  cat > "$M" << 'POD'
apiVersion: v1
kind: Pod
metadata:
  name: tables
spec:
  containers:
  - name: a-container-of-a-long-name
    image: nsctl-test-base
    command: [sleep, "4800", "4801", "4802", "4803", "4804"]
    securityContext: {runAsUser: 1000, runAsGroup: 4294901, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false}
POD
  container_play podman tables "$M" > /dev/null
  # and one that the manifest has otherwise
  sed -i 's/runAsUser: 1000/runAsUser: 1010/; s/"4804"/"4805"/' "$M"
  T=podman/nsctl-test-tables
  held 'whole=VERDICT,REASON' 'def shown($field): if type == "array" then join(if $field == "command" or $field == "args" then " " else "," end) else . end;
    (["CONTAINER", "LEVEL", "FIELD", "MANIFEST", "OCI", "KERNEL", "VERDICT", "REASON"],
    (.items[] | .field as $f | [.container, .level, .field, (.manifest | shown($f)), (.oci | shown($f)), (.kernel | shown($f)), .verdict, .reason]))' \
    diff -f "$M" "$T"
  [ "$MARKS" -gt 0 ]
  for columns in 60 80 100 120; do
    run on_terminal "$columns" "$NSCTL" diff -f "$M" "$T"
    assert_line --regexp ' 1010 +1000 +1000 +DRIFT'
    assert_line --regexp ' 4294901 +4294901 +4294901 +ok'
    assert_line --regexp ' true +true +true +ok'
  done
}
