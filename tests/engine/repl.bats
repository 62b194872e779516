#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016 # the host's shell expands them
# The REPL with a person before it: keys, completion, the target in use, Ctrl-C, history, sizes.

load engine

setup() {
  engine_require docker
  [ -x /usr/bin/python3 ] || skip 'no python3'
  export NSCTL_HISTFILE=$BATS_TEST_TMPDIR/history INPUTRC=/dev/null TERM=xterm
  shared docker plain
}

@test "use sets the context, the prompt shows it, and verbs need no target" {
  run_terminal 'expect=nsctl# ' "send=use $T\\r" "expect=nsctl $T# " 'send=exec cat /etc/hostname && echo no\r' 'expect=# ' \
    'send=exec id -u\r' 'expect=\r0\r\n' "send=exec $T -- sh -c 'exit 7'\\r" "expect=nsctl $T# " 'send=use -\r' 'expect=nsctl# ' \
    'send=exec id -u\r' 'expect=needs a value' 'send=quit\r' wait modes -- "$NSCTL" repl
  assert_output $'status 0\nmodes same'
}

@test "an ordinary user's prompt ends in >" {
  rootless=$(rootless_user 2> /dev/null) || skip 'no ordinary user'
  run_terminal 'expect=nsctl> ' 'send=\x04' wait -- setpriv --reuid "$rootless" --regid "$rootless" --clear-groups "$NSCTL" repl
  assert_output 'status 0'
}

@test "Tab completes verbs, options, targets, capabilities, formats, settings, and paths inside" {
  name=${T#docker/}
  run_terminal 'expect=nsctl# ' 'send=comple\t' 'expect=completion ' 'send=ba\t' 'expect=bash' 'send=\x15' \
    "send=exec ${T%?}\\t" "expect=$name" 'send=/etc/host\t' 'expect=host\x07' 'send=n\t' 'expect=name' 'send=\x15' \
    "send=exec --cap-add NET_A\\t" 'expect=NET_ADMIN' 'send=\x15' 'send=get co -o jsonl\x08\x08\x08\x08\x08js\t' 'expect=json' 'send=\x15' \
    'send=set out\t' 'expect=output' 'send=\x15' "send=use ${T%?}\\t\\r" "expect=nsctl $T# " \
    'send=exec /etc/pass\t' 'expect=/etc/passwd' 'send=\x15' 'send=exec -u roo\t' 'expect=root' 'send=\x15\x04' wait modes -- "$NSCTL" repl
  assert_output $'status 0\nmodes same'
}

teardown() { container_stop docker hostile > /dev/null 2>&1 || true; }

@test "a hostile name is shown escaped and completed in quotes" {
  container_start docker hostile -- sh -c "mkdir '/tmp/a b'; touch '/tmp/a b/one' \"\$(printf '/tmp/a b/\\033[31mx')\"; exec sleep 4800" > /dev/null
  U=$(container_target docker hostile)
  wait_until 20 "$NSCTL" exec "$U" -- test -e '/tmp/a b/one'
  run_terminal 'expect=nsctl# ' "send=use $U\\r" 'expect=# ' 'send=exec ls -d /tmp/a\t' 'expect=/tmp/a\\ b/' 'send=\t\t' \
    'expect=\\e\[31mx' 'send=o\t' 'expect=one' 'send=\r' 'expect=\r/tmp/a b/one\r\n' 'expect=# ' 'send=\x04' wait -- "$NSCTL" repl
  assert_output 'status 0'
}

@test "Ctrl-C clears the line, or goes to what runs, and never ends the REPL" {
  token=$(token)
  # exec: a Ctrl-C between echo and a fork dash keeps to itself, until that child has ended
  run_terminal 'expect=nsctl# ' 'send=nosuch\x03' 'expect=\^C' 'expect=nsctl# ' 'send=version\r' 'expect=nsctl [0-9]' 'expect=nsctl# ' \
    "send=exec $T -- sh -c 'trap \"echo caught; exit 3\" INT; echo re\"\"ady; sleep $token & wait'\\r" 'expect=ready' 'send=\x03' 'expect=caught' \
    'expect=nsctl# ' "send=!sh -c 'echo be\"\"gun; exec sleep 1000'\\r" 'expect=begun' 'send=\x03' 'expect=nsctl# ' \
    "send=exec -it $T -- sh -c 'echo ra\"\"w; exec sleep $token'\\r" 'expect=raw' 'send=\x03' 'expect=nsctl# ' 'send=\x04' wait modes -- "$NSCTL" repl
  assert_output $'status 0\nmodes same'
  wait_until 5 none_alive "$token"
}

# interrupted DELAY: Ctrl-C while the command has not begun, held there by a call that takes long. Its status is kept by echo's own line.
interrupted() {
  run_terminal 'expect=nsctl# ' "send=exec $T -- echo be\"\"gun\\r" 'expect=-- echo be""gun\r\n' pause=0.5 'send=\x03' \
    'expect=echo: interrupted before it could begin' 'expect=nsctl# ' 'send=version\r' 'expect=nsctl [0-9]' 'expect=nsctl# ' 'send=\x04' wait -- \
    strace -f -qq --seccomp-bpf -o "$BATS_TEST_TMPDIR/calls" -e "trace=$1,execve" -e "inject=$1:delay_enter=5000000" "$NSCTL" repl
  assert_output 'status 0'
  ! grep -q '"echo"' "$BATS_TEST_TMPDIR/calls"
}

@test "Ctrl-C before the command has begun ends it, too" {
  strace_require --seccomp-bpf -e trace=keyctl -e inject=keyctl:delay_enter=1000
  no_leak_search
  interrupted keyctl         # in the stage: nsctl waits for it
  interrupted execveat       # the stage itself has not begun; the container is looked for meanwhile
}

@test "Ctrl-C between Enter and the verb's start is not lost" {
  strace_require --seccomp-bpf -e trace=flock -e inject=flock:delay_enter=1000
  no_leak_search
  # the history is locked then, before anything of the line is looked at
  for line in "exec $T -- echo be\"\"gun" '!echo be""gun' 'version'; do
    rm -f "$NSCTL_HISTFILE"
    run_terminal 'expect=nsctl# ' "send=$line\\r" pause=1.5 'send=\x03' 'expect=interrupted before it could begin' 'expect=nsctl# ' \
      'send=help use\r' 'expect=the target of what follows' 'expect=nsctl# ' 'send=\x04' wait -- \
      strace -f -qq --seccomp-bpf -o "$BATS_TEST_TMPDIR/calls" -e trace=flock,execve -e inject=flock:delay_enter=4000000 "$NSCTL" repl
    assert_output 'status 0'
    ! grep -qE '"(echo|sh)"' "$BATS_TEST_TMPDIR/calls" || fail "$line has run"
  done
  # it was that line's, not the next one's
  run_terminal 'expect=nsctl# ' 'send=!kill -INT $PPID; echo se""nt\r' 'expect=sent' 'expect=nsctl# ' "send=exec $T -- echo be\"\"gun\\r" \
    'expect=\rbegun\r\n' 'expect=nsctl# ' 'send=\x04' wait -- "$NSCTL" repl
  assert_output 'status 0'
}

@test "Ctrl-C ends a watch, also while it looks" {
  strace_require --seccomp-bpf -e trace=pidfd_open -e inject=pidfd_open:delay_enter=1000
  no_leak_search
  run_terminal 'expect=nsctl# ' "send=ps $T -w --interval 1h\\r" 'expect=HOST-PID' pause=0.5 'send=\x03' 'expect=nsctl# ' 'send=\x04' wait -- "$NSCTL" repl
  assert_output 'status 0'
  run_terminal 'expect=nsctl# ' "send=ps $T -w --interval 1h\\r" pause=1.5 'send=\x03' 'expect=HOST-PID' 'expect=nsctl# ' 'send=\x04' wait -- \
    strace -f -qq --seccomp-bpf -o /dev/null -e trace=pidfd_open -e inject=pidfd_open:delay_enter=4000000 "$NSCTL" repl
  assert_output 'status 0'
}

@test "TERM ends it, with the terminal as before" {
  run_terminal 'expect=nsctl# ' 'send=ver' signal=TERM wait modes -- "$NSCTL" repl
  assert_output $'status 0\nmodes same'
}

@test "history over two sessions: kept in a file of 0600, searched, secrets left out" {
  run_terminal 'expect=nsctl# ' 'send=version\r' 'expect=nsctl# ' 'send= help kill\r' 'expect=nsctl# ' \
    "send=exec -e SECRET=1 $T -- true\\r" 'expect=nsctl# ' 'send=help use\r' 'expect=nsctl# ' 'send=\x04' wait -- "$NSCTL" repl
  run cat "$NSCTL_HISTFILE"
  assert_output $'version\nhelp use'
  assert_equal "$(stat -c %a "$NSCTL_HISTFILE")" 600
  run_terminal 'expect=nsctl# ' 'send=\x10' 'expect=help use' 'send=\x10' 'expect=version' 'send=\r' 'expect=nsctl [0-9]' 'expect=nsctl# ' \
    'send=\x12help\r' 'expect=source|the target of what follows' 'send=\x04' wait -- "$NSCTL" repl
  # bounded, and never through a link
  for ((i = 0; i < 1500; i++)); do echo "version $i"; done > "$NSCTL_HISTFILE"
  run_terminal 'expect=nsctl# ' 'send=\x10' 'expect=version 1499' 'send=\x15\x04' wait -- "$NSCTL" repl
  [ "$(wc -l < "$NSCTL_HISTFILE")" = 1000 ]
  assert_equal "$(head -1 "$NSCTL_HISTFILE")" 'version 500'
  mv "$NSCTL_HISTFILE" "$BATS_TEST_TMPDIR/elsewhere"
  ln -s "$BATS_TEST_TMPDIR/elsewhere" "$NSCTL_HISTFILE"
  before=$(cat "$BATS_TEST_TMPDIR/elsewhere")
  run_terminal 'expect=nsctl# ' 'send=help set\r' 'expect=nsctl# ' 'send=\x04' wait -- "$NSCTL" repl
  assert_equal "$(cat "$BATS_TEST_TMPDIR/elsewhere")" "$before"
}

@test "a line is edited at every width; ~/.inputrc has \$if nsctl" {
  # shellcheck disable=SC2016 # inputrc's own
  printf '$if nsctl\n"\\C-xv": "version\\n"\n$endif\n$if other\n"\\C-xv": "nosuch\\n"\n$endif\n' > "$BATS_TEST_TMPDIR/inputrc"
  export INPUTRC=$BATS_TEST_TMPDIR/inputrc
  run_terminal --size 24x80 'expect=nsctl# ' 'send=\x18v' 'expect=nsctl [0-9]' 'expect=nsctl# ' \
    'send=help a-word-that-is-long-and-goes-beyond-the-width-of-a-small-window' resize=24x20 'send=\x15' 'send=version\r' 'expect=nsctl [0-9]' \
    'expect=nsctl# ' 'send=exec '"$T"' -- true\r' 'expect=nsctl# ' 'send=\x04' wait modes -- "$NSCTL" repl
  assert_output $'status 0\nmodes same'
}

@test "on a real screen: completion lists, the prompt stays in place" {
  command -v tmux > /dev/null || skip 'no tmux'
  tmux -L "nsctl-test-$$" -f /dev/null new-session -d -x 90 -y 24 "$NSCTL repl" 3>&-
  screen_has() { tmux -L "nsctl-test-$$" capture-pane -p | grep -qE "$1"; }
  wait_until 10 screen_has '^nsctl#'
  tmux -L "nsctl-test-$$" send-keys 'get ' Tab Tab
  wait_until 10 screen_has '^containers +'
  wait_until 10 screen_has '^nsctl# get$'
  tmux -L "nsctl-test-$$" send-keys 'engines --no-headers | head -2' Enter
  wait_until 10 screen_has '^bare|^cri'
  tmux -L "nsctl-test-$$" send-keys C-d
  gone() { ! tmux -L "nsctl-test-$$" has-session 2> /dev/null; }
  wait_until 10 gone
}

@test "on a real screen: Ctrl-C stands behind the line, and the prompt on a line of its own" {
  command -v tmux > /dev/null || skip 'no tmux'
  token=$(token)
  screen() { tmux -L "nsctl-test-$$" "$@"; }
  screen -f /dev/null new-session -d -x 60 -y 40 "$NSCTL repl" 3>&-
  shown() { screen capture-pane -p | sed '/./!d'; }
  shows() { [[ $(shown) == *"$1" ]]; }
  # keys LINE KEY...: what the screen ends in, then what is typed
  keys() {
    wait_until 10 shows "$1" || {
      screen kill-session
      fail "the screen does not end in '$1'"
    }
    screen send-keys "${@:2}"
  }
  keys 'nsctl#' 'exec nsctl-test whoami'
  keys whoami C-a C-c
  keys $'nsctl# exec nsctl-test whoami^C\nnsctl#' 'exec a-line-that-is-long-and-goes-on-in-the-row-below-the-first'
  keys 'first' C-a C-c
  keys $'-in-the-row-below\n-the-first^C\nnsctl#' C-r
  keys "(reverse-i-search)\`':" C-c
  keys $'nsctl# ^C\nnsctl#' "exec $T -- sh -c 'echo re\"\"ady; exec sleep $token'" Enter
  keys $'\nready' C-c
  keys $'\nready\n^C\nnsctl#' "exec -it $T -- sh -c 'echo ra\"\"w; exec sleep $token'" Enter
  keys $'\nraw' C-c
  keys $'\nraw\n^C\nnsctl#' "!echo be\"\"gun; exec sleep $token" Enter
  keys $'\nbegun' C-c
  keys $'\nbegun\n^C\nnsctl#' 'get engines --columns NAME --no-headers -w --interval 1h' Enter
  keys $'\nbare' C-c
  keys $'\nbare\n^C\nnsctl#' C-d
  gone() { ! screen has-session 2> /dev/null; }
  wait_until 10 gone
  wait_until 5 none_alive "$token"
}

@test "a script goes through containers" {
  printf 'use %s\nexec id -u\nexec sh -c "exit 7"\nexec id -u\n' "$T" > "$BATS_TEST_TMPDIR/script"
  run -7 "$NSCTL" repl "$BATS_TEST_TMPDIR/script"
  assert_output 0
  run -7 "$NSCTL" repl -k "$BATS_TEST_TMPDIR/script"
  assert_output $'0\n0'
  # -i reads what is left of the script's own input, as in sh
  printf 'use %s\nexec -i cat\none\ntwo\n' "$T" > "$BATS_TEST_TMPDIR/script"
  run -0 "$NSCTL" repl < "$BATS_TEST_TMPDIR/script"
  assert_output $'one\ntwo'
}

@test "with a target in use kill, ps, caps, users, ns, can and describe need none" {
  container_start docker hostile -- sh -c 'while sleep 4800; do :; done' > /dev/null
  U=$(container_target docker hostile)
  run -0 "$NSCTL" repl -c "use $U" -c 'ps --no-headers' -c 'caps -o name' -c 'users -q' -c 'ns --type pid -o json | jq -r .items[0].relation' -c 'can chown'
  assert_line --regexp 'sh -c while'
  assert_line own
  sleeps() { "$NSCTL" ps "$U" -o json | jq -e '.items[] | select(.comm == "sleep")' > /dev/null; }
  wait_until 20 sleeps
  pid=$("$NSCTL" repl -c "use $U" -c "ps -o json | jq '.items[] | select(.comm == \"sleep\") | .pid'")
  run -0 "$NSCTL" repl -c "use $U" -c "kill -s KILL $pid"
  again() { [ "$("$NSCTL" ps "$U" -o json | jq '.items[] | select(.comm == "sleep") | .pid')" != "$pid" ]; }
  wait_until 20 again
}

@test "a hundred execs leave no descriptor, no child, no cgroup" {
  {
    echo '!ls /proc/$PPID/fd | wc -l'
    for ((i = 0; i < 100; i++)); do echo "exec $T -- true"; done
    echo '!ls /proc/$PPID/fd | wc -l'
    echo '!for i in $(cat /proc/$PPID/task/$PPID/children); do [ $i = $$ ] || echo child $i; done'
  } > "$BATS_TEST_TMPDIR/script"
  run -0 "$NSCTL" repl "$BATS_TEST_TMPDIR/script"
  assert_equal "${#lines[@]}" 2
  assert_equal "${lines[0]}" "${lines[1]}"
  wait_until 5 no_leaves
}
