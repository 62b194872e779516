#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016,SC2030,SC2031 # the other shells' own; each test is a subshell
# The shells really complete: each is started on a terminal, TAB is sent, what it shows is read. The container is a sandbox.

load ../lib/bats

BOX=nsctl-test-complete

setup() {
  [ -x /usr/bin/python3 ] || skip 'no python3'
  export PATH=${NSCTL%/*}:$PATH HOME=$BATS_TEST_TMPDIR TERM=xterm INPUTRC=/dev/null XDG_CONFIG_HOME=$BATS_TEST_TMPDIR XDG_DATA_HOME=$BATS_TEST_TMPDIR
  BOX_ROOT="nsctl=$BATS_TEST_TMPDIR/boxes:docker=:podman=:cri=:containerd=:runc=:crun=:lxc="
  export NSCTL_ROOT=$BOX_ROOT
  "$NSCTL" run --name "$BOX" -d -- sleep 4800 > /dev/null
}
teardown() {
  [ -z "${init-}" ] || kill "$init"
  # a test may have looked elsewhere since
  [ -z "${BOX_ROOT-}" ] || NSCTL_ROOT=$BOX_ROOT "$NSCTL" kill "$BOX" > /dev/null 2>&1 || true
}

init() { "$NSCTL" get co "$BOX" --columns HOST-PID --no-headers | tr -d ' '; }

need() { command -v "$1" > /dev/null || skip "no $1"; }

@test "bash completes verbs, options, values, targets and paths inside" {
  printf 'PS1="@ "\nsource <(nsctl completion bash)\n' > "$BATS_TEST_TMPDIR/rc"
  run_terminal 'expect=@ ' 'send=nsctl comple\t' 'expect=completion ' 'send=zs\t' 'expect=zsh' 'send=\x15' \
    'send=nsctl get co --outp\t' 'expect=--output' 'send=\x15' 'send=nsctl get co --output=jsonl\x08\x08js\t' 'expect=jsonl?' 'send=\x15' \
    'send=nsctl exec nsctl-test-comp\t' 'expect=lete ' 'send=/etc/host\t\t' 'expect=name' 'send=\x15' \
    'send=nsctl exec -u roo\t' 'send=\x15' 'send=nsctl --root dock\t' 'expect=docker=' 'send=\x15exit\r' wait -- bash --noprofile --rcfile "$BATS_TEST_TMPDIR/rc" -i
  assert_output 'status 0'
}

@test "zsh completes verbs with their help, values and targets" {
  need zsh
  printf 'PS1="@ "\nautoload -Uz compinit; compinit -u -d %s/dump\nsource <(nsctl completion zsh)\n' "$BATS_TEST_TMPDIR" > "$BATS_TEST_TMPDIR/.zshrc"
  export ZDOTDIR=$BATS_TEST_TMPDIR
  run_terminal 'expect=@ ' 'send=nsctl comple\t' 'expect=completion' 'send=ba\t' 'expect=bash' 'send=\x15' \
    'send=nsctl exec nsctl-test-comp\t' 'expect=lete' 'send=/etc/passw\t' 'expect=passwd' 'send=\x15' 'send=nsctl get \t' 'expect=containers +-- containers of all' 'send=\x15' \
    'send=exit\r' wait -- zsh -i
  assert_line 'status 0'
}

@test "zsh takes the installed file, too" {
  need zsh
  mkdir "$BATS_TEST_TMPDIR/functions"
  "$NSCTL" completion zsh > "$BATS_TEST_TMPDIR/functions/_nsctl"
  printf 'PS1="@ "\nfpath=(%s/functions $fpath)\nautoload -Uz compinit; compinit -u -d %s/dump\n' "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR" > "$BATS_TEST_TMPDIR/.zshrc"
  export ZDOTDIR=$BATS_TEST_TMPDIR
  run_terminal 'expect=@ ' 'send=nsctl comple\t' 'expect=completion' 'send=\x15exit\r' wait -- zsh -i
  assert_line 'status 0'
}

@test "fish completes verbs with their help, values and targets" {
  need fish
  mkdir -p "$BATS_TEST_TMPDIR/fish"
  printf 'function fish_prompt; echo "@ "; end\nset -g fish_greeting\nnsctl completion fish | source\n' > "$BATS_TEST_TMPDIR/fish/config.fish"
  run_terminal --size 24x100 'expect=@' 'send=nsctl comple\t' 'expect=completion' 'send=fi\t' 'expect=fish' 'send=\x15' \
    'send=nsctl exec nsctl-test-comp\t' 'expect=lete' 'send=\x15' 'send=nsctl get \t' 'expect=containers' 'expect=containers of all' 'send=\x03' 'send=\x15' \
    'send=exit\r' wait -- fish -i
  assert_line 'status 0'
}

# named NAME...: containers of a crun of the test's own instead, all with one init. Who writes state chooses its names.
named() {
  local start name
  if [ -z "${init-}" ]; then
    sleep 4800 3>&- &
    init=$!
  fi
  start=$(awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$init/stat")
  rm -rf "$BATS_TEST_TMPDIR/crun"
  for name; do
    mkdir -p "$BATS_TEST_TMPDIR/crun/$name"
    printf '{"pid": %s, "process-start-time": %s}' "$init" "$start" > "$BATS_TEST_TMPDIR/crun/$name/status"
  done
  export NSCTL_ROOT="nsctl=:docker=:podman=:cri=:containerd=:runc=:crun=$BATS_TEST_TMPDIR/crun:lxc="
}

@test "a name that a shell would obey is offered to nobody but who quotes it" {
  for name in 'web;id' 'web$(id)' 'web`id`' "web'id" 'web&' 'web|id' 'web>id' 'web*' 'web!id' '{web' '~web'; do
    named "$name"
    run -0 "$NSCTL" __complete -- exec "${name:0:1}"
    [[ $output != *web* ]] || fail "$output"
    run -0 "$NSCTL" __complete --quoting -- exec "${name:0:1}"
    assert_line "$name"$'\tcrun'
  done
  for name in 'web id' $'web\tid' $'web\nid' 'web\id' $'web\eid' --web; do
    named "$name"
    run -0 "$NSCTL" __complete --quoting -- exec ''
    [[ $output != *web* ]] || fail "$output"
  done
  named web-1
  run -0 "$NSCTL" __complete -- exec web
  assert_output $'web-1\tcrun'
}

# keeps_out SHELL...: completes a target, then a line goes out with it. `ran` is a command there.
keeps_out() {
  local name
  for name in 'web;ran' 'web$(ran)' 'web`ran`' 'web|ran' "web';ran;'"; do
    named "$name"
    run_terminal --size 40x200 'expect=@ ' 'send=nsctl describe we\t' "expect=web.*ran" 'send=\r' "expect=identity +name\s+(VALUE: +)?web" \
      'send=\x15exit\r' wait -- "$@"
    [ ! -e "$BATS_TEST_TMPDIR/ran" ] || fail "$1 ran a part of the name $name"
  done
}

ran() { mkdir -p "$BATS_TEST_TMPDIR/bin" && printf '#!/bin/sh\n: > "%s/ran"\n' "$BATS_TEST_TMPDIR" > "$BATS_TEST_TMPDIR/bin/ran" && chmod +x "$BATS_TEST_TMPDIR/bin/ran" && PATH=$BATS_TEST_TMPDIR/bin:$PATH; }

@test "bash runs nothing of a name that it completes" {
  ran
  printf 'PS1="@ "\nsource <(nsctl completion bash)\n' > "$BATS_TEST_TMPDIR/rc"
  keeps_out bash --noprofile --rcfile "$BATS_TEST_TMPDIR/rc" -i
  # two that begin alike: what both have is there, quoted, and goes on from there
  named 'web;ran1' 'web;ran2'
  run_terminal 'expect=@ ' 'send=nsctl describe we\t' 'expect=web\\;ran' 'send=2\t\r' 'expect=identity +name\s+(VALUE: +)?web;ran2' 'send=exit\r' wait -- \
    bash --noprofile --rcfile "$BATS_TEST_TMPDIR/rc" -i
}

@test "zsh runs nothing of a name that it completes" {
  need zsh
  ran
  printf 'PS1="@ "\nautoload -Uz compinit; compinit -u -d %s/dump\nsource <(nsctl completion zsh)\n' "$BATS_TEST_TMPDIR" > "$BATS_TEST_TMPDIR/.zshrc"
  export ZDOTDIR=$BATS_TEST_TMPDIR
  keeps_out zsh -i
}

@test "fish runs nothing of a name that it completes" {
  need fish
  ran
  mkdir -p "$BATS_TEST_TMPDIR/fish"
  printf 'function fish_prompt; echo "@ "; end\nset -g fish_greeting\nnsctl completion fish | source\n' > "$BATS_TEST_TMPDIR/fish/config.fish"
  keeps_out fish -i
}

@test "the installed files are what completion prints" {
  diff "$BATS_TEST_DIRNAME/../../completions/nsctl.bash" <("$NSCTL" completion bash)
  diff "$BATS_TEST_DIRNAME/../../completions/_nsctl" <("$NSCTL" completion zsh)
  diff "$BATS_TEST_DIRNAME/../../completions/nsctl.fish" <("$NSCTL" completion fish)
}

# offered WORD...: what there is for the last one.
offered() { "$NSCTL" __complete -- "$@" | cut -f1 | paste -sd ' '; }

@test "values of options are offered, one behind the other where several may stand" {
  assert_equal "$(offered diff --only '')" 'pids caps users ns seccomp limits mounts env cgroup'
  assert_equal "$(offered diff --only caps,u)" caps,users
  assert_equal "$(offered exec --ns net,u)" 'net,user net,uts'
  assert_equal "$(offered ns --type m)" mnt
  assert_equal "$(offered exec --cap-add NET_RAW,NET_AD)" NET_RAW,NET_ADMIN
}

@test "PIDs are those inside where a target is named, the host's inits elsewhere" {
  wait_until 20 grep -qx sleep "/proc/$(init)/comm"
  assert_equal "$("$NSCTL" __complete -- kill "$BOX" '')" $'1\tsleep'
  assert_equal "$("$NSCTL" __complete -- kill -s HUP "$BOX" 1)" $'1\tsleep'
  assert_equal "$("$NSCTL" __complete -- who --inside "$BOX" '')" $'1\tsleep'
  assert_equal "$("$NSCTL" __complete -- who --inside="$BOX" '')" $'1\tsleep'
  assert_equal "$("$NSCTL" __complete -- who "$(init)")" "$(init)"$'\t'"$BOX"
  assert_equal "$("$NSCTL" __complete -- kill nsctl-test-nosuch '')" ''
}

@test "what stands behind a noun of get is that noun's" {
  assert_equal "$(offered get ps nsctl-test-comp)" "$BOX"
  assert_equal "$(offered get caps NET_AD)" NET_ADMIN
  assert_equal "$(offered get pods '')$(offered get engines '')$(offered get nosuch '')" ''
}

@test "completion is silent: no rights, no state, broken lines" {
  for line in 'exec' 'get co -n' '--root' 'kill' 'who' 'exec -u' "run -f /nsctl-test-nosuch/"; do
    # shellcheck disable=SC2086 # words on purpose
    run -0 --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups "$NSCTL" __complete -- $line ''
    # shellcheck disable=SC2154 # bats sets it
    assert_equal "$stderr" ''
  done
}
