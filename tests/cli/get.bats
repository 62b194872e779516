#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# get without any engine: its own command line, empty lists, partial ones.

load ../lib/bats
load ../lib/made

setup() { made_setup; }

teardown() { made_teardown; }

@test "get wants a noun, and names the nearest" {
  run -2 --separate-stderr "$NSCTL" get
  [[ $stderr == 'nsctl: get wants to know what'* ]]
  run -2 --separate-stderr "$NSCTL" get continers
  assert_equal "$stderr" $'nsctl: get does not list continers\n  did you mean nsctl get containers?'
  run -2 --separate-stderr "$NSCTL" get web
  assert_equal "${stderr%%$'\n'*}" 'nsctl: get does not list web'
  [[ $stderr == *containers* ]]
}

@test "kubectl's short forms" {
  for noun in co container containers; do
    run --separate-stderr "$NSCTL" get "$noun" -n nosuch
    [[ $status == [03] ]] # 3 inside a container
    assert_equal "$output" ''
    [[ $stderr == 'nsctl: no containers in namespace nosuch run here; -a shows stopped ones'* ]] || fail "$stderr"
  done
}

@test "an unknown format or word names the nearest" {
  run -2 --separate-stderr "$NSCTL" get co -o jsno
  assert_equal "$stderr" $'nsctl: unknown output format jsno\n  did you mean json?'
  run -2 --separate-stderr "$NSCTL" get co -o xml
  assert_equal "$stderr" \
    $'nsctl: unknown output format xml\n  there are: table, wide, name, json, jsonl, yaml, custom-columns'
  run -2 --separate-stderr "$NSCTL" get co --color blue
  assert_equal "${stderr%%$'\n'*}" 'nsctl: unknown word for --color: blue'
}

@test "an empty list: status 0, a line on stderr, an envelope on stdout" {
  first_pidns_require
  run -0 --separate-stderr "$NSCTL" get co -n nosuch -o json "${NONE[@]}"
  assert_equal "$stderr" 'nsctl: no containers in namespace nosuch run here; -a shows stopped ones'
  assert_equal "$(jq -c '[.apiVersion, .kind, .metadata.complete, .items, .errors]' <<< "$output")" \
    '["nsctl/v1","ContainerList",true,[],[]]'
  assert_equal "$(jq -r '.metadata.kernel' <<< "$output")" "$(uname -r)"
  assert_equal "$(jq -r '.metadata.host' <<< "$output")" "$(uname -n)"
  assert_equal "$(jq -r '.metadata | keys_unsorted | join(" ")' <<< "$output")" 'time host kernel complete'
  assert_equal "$(jq -r 'keys_unsorted | join(" ")' <<< "$output")" 'apiVersion kind metadata items errors'
  run -0 --separate-stderr "$NSCTL" get co -n nosuch -o yaml "${NONE[@]}"
  [[ $output == *'items: []'*'errors: []'* ]]
  run -0 --separate-stderr "$NSCTL" get co -n nosuch -o jsonl "${NONE[@]}"
  assert_equal "$output" ''
}

@test "-A wins over -n" {
  run --separate-stderr "$NSCTL" get co -A -n nosuch "${NONE[@]}"
  [[ $stderr != *nosuch* ]]
}

@test "the columns of a table, and of a wide one" {
  made_root sleep 4800
  run -0 made co runc/web
  assert_line --index 0 --regexp '^ENGINE +NAME +POD +NAMESPACE +ID +HOST-PID +STATUS +AGE +COMMAND$'
  assert_line --index 1 --regexp "^runc +web +- +- +web +$SLEEPER +Running +[0-9]+s +sleep 4800\$"
  assert_equal "${#lines[@]}" 2
  run -0 made co runc/web -o wide
  assert_line --index 0 --regexp \
    '^ENGINE +NAME +POD +NAMESPACE +ID +HOST-PID +STATUS +AGE +OWNER +REF +IMAGE +COMMAND$'
  assert_line --index 1 --regexp "^runc +web +.* +runc/web +- +sleep 4800\$"
  run -0 made co runc/web --no-headers
  assert_line --index 0 --regexp '^runc +web '
  run -0 made co runc/web -o name
  assert_output runc/web
  run -0 made co runc/web -q
  assert_output web
}

@test "every key of a container is there" {
  made_root sleep 4800
  run -0 made co runc/web -o json
  assert_equal "$(jq -r '.items[0] | keys_unsorted | join(" ")' <<< "$output")" \
    'ref engine name id pod image hostPid pid startTime status command labels ownerUid pause'
  assert_equal "$(jq -c '.items[0] | [.ref, .engine, .name, .hostPid, .pid, .status, .command, .pause]' <<< "$output")" \
    "[\"runc/web\",\"runc\",\"web\",$SLEEPER,$(awk '/^NSpid:/ {print $NF}' "/proc/$SLEEPER/status"),\"Running\",[\"sleep\",\"4800\"],false]"
  keys=$(sed -n '/^\.Ss Container$/,/^\.Ed$/s/^\([a-zA-Z][a-zA-Z]*\) .*/\1/p' "$TESTS/../man/nsctl-output.7")
  assert_equal "$(jq -r '.items[0] | keys_unsorted[]' <<< "$output")" "$keys"
  run -0 made co runc/web -o jsonl
  assert_equal "$(jq -r '.kind + " " + .ref' <<< "$output")" 'Container runc/web'
  run -0 made co runc/web -o yaml
  assert_line 'kind: ContainerList'
  assert_line --regexp '^- ref: runc/web$'
}

@test "stopped containers with -a, and by their name" {
  first_pidns_require
  made_root sleep 4800
  run -0 made co
  refute_line --regexp '^runc +old '
  run -0 made co -a
  assert_line --regexp '^runc +old +- +- +old +- +Stopped +- +-$'
  run -0 made co old -o json
  assert_equal "$(jq -c '.items[0] | [.hostPid, .pid, .startTime, .status, .command]' <<< "$output")" \
    '[null,null,null,"Stopped",[]]'
}

@test "a container that is not there: status 1, the nearest is named" {
  made_root sleep 4800
  run -1 --separate-stderr made co webb
  assert_equal "$output" ''
  [[ $stderr == 'nsctl: webb: no such container'*web* ]]
}

@test "hostile command lines: no control byte in a table, valid JSON" {
  # tail cannot open what has that name, says so, and goes on with the other
  made_root tail -f /dev/null $'\xff\xfe\e[31m\n\u202e'
  run -0 made co runc/web
  assert_line --index 1 --partial 'tail -f /dev/null \xFF\xFE\e[31m\n\u202E'
  run -0 bash -c '"$0" get co runc/web --root "runc=$1" | LC_ALL=C tr -d "\n -~"' "$NSCTL" "$ROOT"
  assert_output ''
  run -0 made co runc/web -o json
  assert_equal "$(jq -r '.items[0].command[3]' <<< "$output" | od -An -c | tr -d ' \n')" \
    '357277275357277275033[31m\n342200256\n'
  iconv -f UTF-8 -t UTF-8 <<< "$output" > /dev/null
}

@test "a broken state file is named, the others are listed, status 3" {
  made_root sleep 4800
  mkdir "$ROOT/bad"
  echo '{"id":' > "$ROOT/bad/state.json"
  run -3 --separate-stderr made co
  assert_line --regexp '^runc +web '
  [[ $stderr == *'nsctl: runc: '*bad/state.json* ]]
  run -3 --separate-stderr made co -o json
  assert_equal "$(jq -r '.metadata.complete, .errors[0].target, (.errors[0] | keys_unsorted | join(" "))' <<< "$output")" \
    $'false\nrunc\ntarget code message hint'
  run -3 --separate-stderr made engines
  assert_line --regexp '^runc +[0-9]+ +.*bad/state.json'
}

@test "errors and notes carry names as they are: who shows them escapes them" {
  local evil=$'evil\e[2J\u202e' way
  made_root sleep 4800
  mkdir "$ROOT/$evil" "$ROOT/old$evil"
  echo '{' > "$ROOT/$evil/state.json"
  sed 's/"id":"old"/"id":"oldevil\\u001b[2J\\u202e"/' "$ROOT/old/state.json" > "$ROOT/old$evil/state.json"
  chmod -R go-w "$ROOT"
  harmless() { # ARGUMENT...: it says the name, and does nothing with it
    run --separate-stderr "$NSCTL" "${NONE[@]}" --root "runc=$ROOT" "$@"
    [[ "$output$stderr" == *evil* ]] || fail "$*: not said"
    [[ "$output$stderr" != *$'\e'* && "$output$stderr" != *$'\u202e'* ]] || fail "$*: $output$stderr"
  }
  # a note: on stderr, in documents, as a value, on a page
  for way in 'get co' 'get co -o json' 'get co -o jsonl' 'get co -o yaml' 'get engines' 'get engines -o json' 'ps -A' 'report -A'; do
    # shellcheck disable=SC2086 # words
    harmless $way
  done
  assert_equal "$("$NSCTL" get co -o json "${NONE[@]}" --root "runc=$ROOT" 2> /dev/null | jq -r '.errors[0].message')" \
    "$ROOT/$evil/state.json: not valid JSON"
  # an error: what was typed, and what was found
  harmless "x$evil"
  harmless get "$evil"
  harmless get co --filter "$evil"
  harmless get co -o "custom-columns=$evil"
  harmless get co -l "a $evil"
  harmless describe "none$evil"
  harmless describe "old$evil"
  harmless exec "old$evil" -- true
}

@test "one on stdout, notes on stderr: a pipe gets rows only" {
  made_root sleep 4800
  run -0 bash -c '"$0" get co --root "runc=$1" --no-headers 2> /dev/null | head -n 1 | wc -l' "$NSCTL" "$ROOT"
  assert_output 1
  [ -c /dev/full ] || skip 'no /dev/full'
  for format in table wide name json jsonl yaml; do
    run -2 --separate-stderr bash -c '"$0" get co runc/web --root "runc=$1" -o "$2" > /dev/full' "$NSCTL" "$ROOT" "$format"
    [[ $stderr == nsctl:*'No space left on device' ]]
  done
}

@test "colour: asked for, or not at all without a terminal" {
  first_pidns_require
  made_root sleep 4800
  run -0 made co -a --color always
  assert_line --partial $'\e[2mStopped'
  run -0 made co -a
  refute_output --partial $'\e'
  run -0 made co -a --color never
  refute_output --partial $'\e'
}

@test "a terminal: its width, NO_COLOR, TERM=dumb" {
  command -v script > /dev/null || skip 'no script(1)'
  made_root sleep 4800 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
  list="'$NSCTL' get co runc/web --root 'runc=$ROOT'"
  all="'$NSCTL' get co -a --root 'runc=$ROOT'"
  export TERM=xterm
  run -0 on_terminal 80 sh -c "$list"
  [ "${#lines[1]}" -le 80 ]
  run -0 on_terminal 200 sh -c "$list"
  [ "${#lines[1]}" -gt 80 ]
  run -0 on_terminal 200 sh -c "COLUMNS=80 $list"
  [ "${#lines[1]}" -le 80 ]
  run -0 on_terminal 200 sh -c "$list | cat"
  assert_line --index 1 --regexp ' 0 0 0$'
  run -0 on_terminal 200 sh -c "$all"
  assert_output --partial $'\e[2mStopped'
  run -0 on_terminal 200 sh -c "NO_COLOR=1 $all"
  refute_output --partial $'\e'
  run -0 on_terminal 200 sh -c "TERM=dumb $all"
  refute_output --partial $'\e'
}
