#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What all lists share: which columns, in which order, which rows, fields by path, and looking again and again.

load ../lib/bats
load ../lib/made

setup() {
  made_setup
  made_one web sleep 4800
  WEB=$SLEEPER
  made_one api tail -f /dev/null
  API=$SLEEPER
}

teardown() {
  [ -z "${WATCH-}" ] || kill -KILL "$WATCH" 2> /dev/null || true
  made_teardown
}

# rows ARGUMENT...: the containers made here: other engines' are left out, but not the machine's bare groups.
rows() { made co --filter 'ENGINE==runc' "$@"; }

# names ARGUMENT...: their names, in one line.
names() { made co --columns NAME --no-headers "$@" | tr '\n' ' '; }

@test "--columns: those, in that order; + adds, in the place that the view has for it; any case" {
  run -0 rows --columns host-pid,Name
  assert_line --index 0 --regexp '^ *HOST-PID NAME$'
  assert_line --index 1 --regexp "^ *$API api$"
  run -0 rows --columns +IMAGE
  assert_line --index 0 --regexp '^ENGINE +NAME +POD +NAMESPACE +ID +HOST-PID +STATUS +AGE +IMAGE +COMMAND$'
  run -0 rows --columns NAME,NAME
  assert_line --index 1 --regexp '^api +api$'
  run -2 --separate-stderr rows --columns NAME,HOST-PIT
  assert_equal "$output$stderr" $'nsctl: containers have no column HOST-PIT\n  did you mean HOST-PID?'
  run -2 --separate-stderr rows --columns NAME,
  assert_regex "$stderr" '^nsctl: containers have no column ""'
  run -2 --separate-stderr rows --columns NAME -o json
  assert_regex "$stderr" '^nsctl: --columns goes with -o table and wide'
}

@test "--columns help: each column of each list with its help, and all of them can be shown" {
  for noun in containers pods engines processes namespaces capabilities; do
    run -0 "$NSCTL" get "$noun" --columns help
    assert_line --index 0 --regexp '^COLUMN +TYPE +SHOWN +HELP$'
    all=$(sed '1d; s/ .*//' <<< "$output" | paste -sd,)
    [ "$(sed 1d <<< "$output" | grep -cvE '^[A-Z-]+ +(text|number|age) +(table|wide|--columns) +[^ ].{5,}$')" = 0 ]
    run "$NSCTL" get "$noun" --columns "$all" --sort-by "${all##*,}" "${NONE[@]}" --root "runc=$ROOT"
    [ "$status" = 0 ] || [ "$status" = 3 ] || fail "$noun: status $status: $output"
  done
}

@test "--sort-by: text as text, numbers as numbers, upwards and downwards, shown or not" {
  [ "$WEB" -lt "$API" ] || skip 'PIDs have wrapped around'
  assert_equal "$(names --filter ENGINE==runc)" 'api web '
  assert_equal "$(names --filter ENGINE==runc --sort-by -NAME)" 'web api '
  assert_equal "$(names --filter ENGINE==runc --sort-by host-pid)" 'web api '
  assert_equal "$(names --filter ENGINE==runc --sort-by -HOST-PID)" 'api web '
  assert_equal "$(names --filter ENGINE==runc --sort-by COMMAND)" 'web api '
  run -0 rows --sort-by -NAME -o json
  assert_equal "$(jq -r '.items[].name' <<< "$output")" $'web\napi'
  # 9 before 10 before 100, and what has none last both ways
  run -0 "$NSCTL" get caps --sort-by NUMBER --columns NUMBER --no-headers
  assert_equal "$(tr -d ' ' <<< "$output")" "$(tr -d ' ' <<< "$output" | sort -n)"
  mkdir "$ROOT/old"
  echo '{"id":"old","init_process_pid":2,"init_process_start":1,"config":{"labels":[]}}' > "$ROOT/old/state.json"
  assert_equal "$(names -a --filter ENGINE==runc --sort-by HOST-PID)" 'web api old '
  assert_equal "$(names -a --filter ENGINE==runc --sort-by -HOST-PID)" 'api web old '
  run -2 --separate-stderr rows --sort-by NAMES
  assert_regex "$stderr" 'no column NAMES'$'\n''  did you mean NAME\?'
}

@test "--filter: each operator, and what a comma, a quote and nothing mean" {
  while read -r filter wanted; do
    assert_equal "$filter $(names --filter "ENGINE==runc,$filter" 2> /dev/null)" "$filter ${wanted:+$wanted }"
  done << FILTERS
NAME==web web
NAME=web web
NAME!=web api
NAME<b api
NAME>=web web
NAME~^a api
NAME!~^a web
HOST-PID==$WEB web
HOST-PID!=$WEB api
HOST-PID<=0
AGE<1h api web
AGE>1h
POD== api web
POD!=
COMMAND~"e{2}" web
NAME==web,HOST-PID==$API
FILTERS
  run -0 --separate-stderr rows --filter 'ENGINE==runc,NAME==nobody'
  assert_equal "$output" ''
  assert_regex "$stderr" '^nsctl: none of [0-9]+ containers fits --filter$'
  for wrong in '' NAME 'NAME==' ==web 'NAME==web,' 'HOST-PID<5m' 'NAME~(' 'NAME=="web' 'NAM==web' 'AGE<5x'; do
    [ "$wrong" != 'NAME==' ] || continue # the name that is none
    run -2 --separate-stderr rows --filter "$wrong"
    assert_equal "$output" ''
  done
}

@test "custom-columns: fields by path, and a wrong one is named" {
  run -0 rows -o custom-columns='WHO:.name,ARG:.command[0],LAST:{.command[-1]},POD:.pod.name,LABEL:.labels.x'
  assert_line --index 0 --regexp '^WHO +ARG +LAST +POD +LABEL$'
  assert_line --index 1 --regexp '^api +tail +/dev/null +- +-$'
  assert_line --index 2 --regexp '^web +sleep +4800 +- +-$'
  run -0 rows -o custom-columns=W:.name --no-headers --sort-by -NAME
  assert_output $'web\napi'
  run -2 --separate-stderr rows -o custom-columns=W:.nmae
  assert_equal "$stderr" $'nsctl: custom-columns: a Container has no .nmae there\n  did you mean .name?'
  run -2 --separate-stderr rows -o custom-columns
  run -2 --separate-stderr rows -o custom-columns=W
  run -2 --separate-stderr rows -o 'custom-columns=W:.command['
}

# watching FILE ARGUMENT...: -w in the background, its output in FILE; WATCH is its PID.
watching() {
  local file=$1
  shift
  # a job in the background ignores INT
  env --default-signal=INT "$NSCTL" get co --filter ENGINE==runc -w --interval 100ms "$@" "${NONE[@]}" --root "runc=$ROOT" \
    > "$file" 2> "$file.err" 3>&- &
  WATCH=$!
}
# ends_with STATUS: the watch; run's subshell could not wait for it.
ends_with() {
  local ended=0
  wait "$WATCH" || ended=$?
  assert_equal "$ended" "$1"
}
lines_are() { [ "$(wc -l < "$2")" = "$1" ]; }

@test "-w in a pipe: the heading and each row once, then what is new; ends with the status of the signal" {
  watching "$BATS_TEST_TMPDIR/out"
  wait_until 10 lines_are 3 "$BATS_TEST_TMPDIR/out"
  # each is seen in a round of its own: what stood there is not said again
  made_one new sleep 4801
  new=$SLEEPER
  wait_until 10 lines_are 4 "$BATS_TEST_TMPDIR/out"
  made_one newer sleep 4801
  wait_until 10 lines_are 5 "$BATS_TEST_TMPDIR/out"
  kill -INT "$WATCH"
  ends_with 130
  run -0 cat "$BATS_TEST_TMPDIR/out"
  assert_equal "$(grep -c HOST-PID <<< "$output")" 1
  assert_line --index 3 --regexp "^runc +new +.* $new "
  assert_line --index 4 --regexp "^runc +newer +.* $SLEEPER "
  assert_equal "$(cat "$BATS_TEST_TMPDIR/out.err")" ''
}

@test "-w -o jsonl and name: an item a line, each once" {
  watching "$BATS_TEST_TMPDIR/out" -o jsonl
  wait_until 10 lines_are 2 "$BATS_TEST_TMPDIR/out"
  made_one new sleep 4801
  wait_until 10 lines_are 3 "$BATS_TEST_TMPDIR/out"
  kill -TERM "$WATCH"
  ends_with 143
  assert_equal "$(jq -r '"\(.kind) \(.name)"' "$BATS_TEST_TMPDIR/out")" $'Container api\nContainer web\nContainer new'
  watching "$BATS_TEST_TMPDIR/names" -o name
  wait_until 10 lines_are 3 "$BATS_TEST_TMPDIR/names"
  made_one last sleep 4801
  wait_until 10 lines_are 4 "$BATS_TEST_TMPDIR/names"
  kill -KILL "$WATCH"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/names")" $'runc/api\nrunc/new\nrunc/web\nrunc/last'
}

@test "-w: nobody reads any more, nowhere to write" {
  run -0 timeout 20 bash -c 'set -o pipefail; NSCTL=$1; shift; { "$NSCTL" get co -w --interval 100ms "$@"; echo "$?" >&2; } | head -1' \
    sh "$NSCTL" "${NONE[@]}" --root "runc=$ROOT"
  assert_line 141
  [ -c /dev/full ] || skip 'no /dev/full'
  run -2 --separate-stderr bash -c '"$@" > /dev/full' sh timeout 20 "$NSCTL" get co -w --interval 100ms \
    "${NONE[@]}" --root "runc=$ROOT"
  assert_equal "$stderr" 'nsctl: cannot write the output: No space left on device'
}

# watched STEP... -- ARGUMENT...: get, on a pseudo-terminal.
watched() {
  local steps=()
  while [ "$1" != -- ]; do
    steps+=("$1")
    shift
  done
  shift
  run_terminal "${steps[@]}" -- \
    "$NSCTL" get co --filter ENGINE==runc "$@" "${NONE[@]}" --root "runc=$ROOT"
}

@test "-w on a terminal: drawn over the last round, by its size, until Ctrl-C, which leaves it as it was" {
  export TERM=xterm
  watched --size 24x100 'expect=\x1b\[\?7l\x1b\[HENGINE.*runc +api.*runc +web.*\x1b\[J\x1b\[\?7h' \
    'expect=\x1b\[H.*COMMAND' 'resize=24x40' 'expect=\x1b\[HENGINE [A-Z -]{0,32}\x1b\[K' 'send=\x03' wait modes -- -w --interval 200ms
  assert_output $'status 130\nmodes same'
  # taller than the terminal: the rest is counted
  watched --size 3x100 'expect=ENGINE.*\.\.\. and 2 lines more' 'signal=TERM' wait restored -- -w --interval 200ms
  assert_output 'status 143'
  # a dumb one cannot be drawn on: rows are appended
  TERM=dumb watched --size 24x100 'expect=ENGINE.*runc +web' 'send=\x03' wait -- -w --interval 200ms
  assert_output 'status 130'
}

@test "--interval and -w: usage" {
  for interval in 0 1ms 25h x '' -1s; do
    run -2 --separate-stderr "$NSCTL" get co -w --interval="$interval"
    assert_regex "$stderr" '^nsctl: --interval wants 100ms to 24h'
  done
  run -2 --separate-stderr "$NSCTL" get co --interval 1s
  assert_equal "${stderr%%$'\n'*}" 'nsctl: --interval goes with --watch'
  for format in json yaml; do
    run -2 --separate-stderr "$NSCTL" get co -w -o "$format"
    assert_equal "$stderr" "nsctl: -o $format is one document, and --watch has no end"$'\n  -o jsonl prints an item a line'
  done
}
