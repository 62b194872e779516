#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016,SC2154 # the REPL has no variables; bats sets stderr
# The REPL as a script: lines through -c, -f and stdin, with their statuses. No engine is needed.

load ../lib/bats
load ../lib/made

setup() { made_setup; }
teardown() { made_teardown; }

repl() { "$NSCTL" repl "$@"; }

@test "-c, -f, a file and stdin run the same lines" {
  printf 'version\n!echo host\n' > "$BATS_TEST_TMPDIR/script"
  run -0 --separate-stderr repl -c version -c '!echo host'
  assert_equal "$stderr" ''
  assert_line --index 0 --regexp '^nsctl [0-9]'
  assert_equal "${lines[-1]}" host
  whole=$output
  for form in "-f $BATS_TEST_TMPDIR/script" "$BATS_TEST_TMPDIR/script" '-f -' ''; do
    # shellcheck disable=SC2086 # words on purpose
    run -0 repl $form < "$BATS_TEST_TMPDIR/script"
    assert_output "$whole"
  done
}

@test "a shebang line makes a script of it" {
  printf '#!/usr/bin/env -S %s repl\n# a remark\n\nversion\n' "$NSCTL" > "$BATS_TEST_TMPDIR/script"
  chmod +x "$BATS_TEST_TMPDIR/script"
  run -0 "$BATS_TEST_TMPDIR/script"
  assert_output --regexp '^nsctl [0-9]'
}

@test "it stops at the first error and returns its status" {
  run -2 --separate-stderr repl -c nosuch -c '!echo never'
  assert_output ''
  assert_equal "$stderr" $'nsctl: unknown verb nosuch\n  nsctl help lists the verbs'
  run -1 --separate-stderr repl -c 'get co nsctl-test-nosuch' -c '!echo never'
  assert_output ''
  run -125 repl -c 'exec nsctl-test-nosuch -- id' -c '!echo never'
  refute_output --partial never
  run -3 repl -c '!exit 3' -c '!echo never'
  assert_output ''
  printf '!echo one\n!exit 9\n!echo never\n' > "$BATS_TEST_TMPDIR/script"
  run -9 repl -f "$BATS_TEST_TMPDIR/script"
  assert_output one
  run -9 repl -c "source $BATS_TEST_TMPDIR/script" -c '!echo never'
  assert_output one
}

@test "-k goes on, and returns the status of the last that failed" {
  run -4 --separate-stderr repl -k -c '!exit 3' -c '!echo on' -c '!exit 4' -c '!echo end'
  assert_output $'on\nend'
  run -0 repl -k -c version
}

@test "an unquoted | or > hands the output to the host's shell" {
  run -0 repl -c 'get engines --no-headers | wc -l'
  all=$output
  [ "$all" -gt 5 ]
  run -0 repl -c 'get engines --no-headers | sort | head -1'
  assert_line --partial bare
  run -0 repl -c "get engines > $BATS_TEST_TMPDIR/list" -c "version >> $BATS_TEST_TMPDIR/list" -c '!echo still here'
  assert_output 'still here'
  [ "$(wc -l < "$BATS_TEST_TMPDIR/list")" = $((all + 1 + $("$NSCTL" version | wc -l))) ]
  run -5 repl -c 'version | sh -c "cat > /dev/null; exit 5"' -c '!echo never'
  assert_output ''
  run -2 repl -c 'nosuch | cat' -c '!echo never'
  refute_output --partial never
  run repl -c 'version > /nsctl-test-nosuch/file' -c '!echo never'
  [ "$status" != 0 ]
  refute_output --partial never
}

@test "words are quoted as in sh; there are no variables and no globs" {
  run -2 --separate-stderr repl -c 'help "$HOME"'
  assert_equal "${stderr_lines[0]}" "nsctl: no help for \$HOME: there is no such verb"
  run -2 --separate-stderr repl -c 'help *'
  assert_equal "${stderr_lines[0]}" 'nsctl: no help for *: there is no such verb'
  run -2 --separate-stderr repl -c "get co 'web" -c '!echo never'
  assert_equal "$stderr" "nsctl: a ' is not closed"
  run -0 repl -c 'version # a remark' -c '# another' -c ''
}

@test "set puts options before those of the line" {
  run -0 repl -c 'set output json' -c 'get engines | jq -r .kind' -c 'get engines -o name | grep docker' -c 'set output' -c 'get engines | head -1'
  assert_line --index 0 EngineList
  assert_line --index 1 --partial docker
  assert_line --index 2 --regexp '^NAME +'
  run -2 --separate-stderr repl -c 'set outptu json'
  assert_equal "$stderr" $'nsctl: there is no setting outptu\n  did you mean output?'
  run -0 repl -c 'set output wide' -c set
  assert_line --regexp '^output +wide '
}

@test "words of its own and their help" {
  run -0 repl -c 'help use'
  assert_output --regexp '^ +use '
  run -0 repl -c help
  assert_line --regexp '^ +source FILE'
  run -0 repl -c '!echo one' -c quit -c '!echo never'
  assert_output one
  run -1 --separate-stderr repl -c 'use nsctl-test-nosuch'
  assert_equal "${stderr_lines[0]}" 'nsctl: nsctl-test-nosuch: no such container'
  run -2 --separate-stderr repl -c repl
  assert_equal "${stderr_lines[0]}" 'nsctl: this is the REPL already'
}

@test "use shows the name of a container as text" {
  made_root sleep 4800
  # stopped: a live one without a plain name is shown by its PID
  mv "$ROOT/old" "$ROOT/"$'old\e[8m'
  sed -i 's/"old"/"old\\u001b[8m"/' "$ROOT"/old*/state.json
  run -0 repl "${NONE[@]}" --root "runc=$ROOT" -c use -c $'use \'old\e[8m\'' -c use -c 'use -' -c use
  assert_output $'-\nrunc/old\\e[8m\n-'
}

@test "what cannot be run is one clear error" {
  run -2 --separate-stderr repl -f /nsctl-test-nosuch
  assert_equal "$stderr" 'nsctl: /nsctl-test-nosuch: No such file or directory'
  run -2 --separate-stderr repl -c version -f /dev/null
  run -2 --separate-stderr repl one two
  printf 'version\0\n' > "$BATS_TEST_TMPDIR/nul"
  run -2 --separate-stderr repl "$BATS_TEST_TMPDIR/nul"
  assert_equal "$stderr" "nsctl: $BATS_TEST_TMPDIR/nul: this is no text: it holds a NUL"
  head -c 70000 /dev/zero | tr '\0' a > "$BATS_TEST_TMPDIR/long"
  run -2 --separate-stderr repl "$BATS_TEST_TMPDIR/long"
  assert_equal "$stderr" "nsctl: $BATS_TEST_TMPDIR/long: a line is longer than 65536 bytes"
  echo "source $BATS_TEST_TMPDIR/loop" > "$BATS_TEST_TMPDIR/loop"
  run -2 --separate-stderr repl "$BATS_TEST_TMPDIR/loop"
  assert_equal "$stderr" "nsctl: $BATS_TEST_TMPDIR/loop: files source each other without an end"
}

@test "a script has no prompt, no colour, no history" {
  export HOME=$BATS_TEST_TMPDIR/home NSCTL_HISTFILE=$BATS_TEST_TMPDIR/history
  mkdir "$HOME"
  run -0 script -qec "$NSCTL repl -c version -c 'get engines'" /dev/null
  refute_output --partial $'\e'
  refute_output --partial 'nsctl#'
  [ ! -e "$NSCTL_HISTFILE" ]
  [ -z "$(ls -A "$HOME")" ]
}

@test "globals of the REPL hold for its lines" {
  run -2 --separate-stderr repl --root nosuch=/tmp -c 'get co'
  assert_output ''
  mkdir "$BATS_TEST_TMPDIR/runc"
  run -0 repl --root runc= --root "runc=$BATS_TEST_TMPDIR/runc" -c "get engines -o json | jq -r '.items[] | select(.name == \"runc\") | .roots[]'"
  assert_output "$BATS_TEST_TMPDIR/runc"
}

@test "nothing leaks from one command to the next, in ten thousand" {
  # the descriptors of nsctl are counted by what it starts at the beginning and at the end
  {
    echo '!ls /proc/$PPID/fd | wc -l; grep VmRSS /proc/$PPID/status'
    for ((i = 0; i < 5000; i++)); do printf 'version\nhelp kill\n'; done
    echo 'get engines > /dev/null'
    echo '!ls /proc/$PPID/fd | wc -l; grep VmRSS /proc/$PPID/status; ls /proc/$PPID/task/$PPID/children >/dev/null; cat /proc/$PPID/task/$PPID/children'
  } > "$BATS_TEST_TMPDIR/script"
  "$NSCTL" repl "$BATS_TEST_TMPDIR/script" > "$BATS_TEST_TMPDIR/out"
  mapfile -t counts < <(grep -E '^[0-9]+$|VmRSS' "$BATS_TEST_TMPDIR/out" | tr -dc '0-9\n')
  [ "${counts[0]}" = "${counts[2]}" ] || fail "descriptors: ${counts[0]}, then ${counts[2]}"
  # the sanitizer keeps what is freed, and searches for leaks itself at the end: its status is not 0 then
  sanitized || [ "${counts[3]}" -lt $((counts[1] + 2048)) ] || fail "KB: ${counts[1]}, then ${counts[3]}"
}
