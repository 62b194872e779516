#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Config files: what wins over what, whose word is taken, and what is said of a broken one.

load ../lib/bats

setup() {
  unset NSCTL_ROOT NO_COLOR SUDO_UID SUDO_USER DOAS_USER PKEXEC_UID
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
  FILE=$XDG_CONFIG_HOME/nsctl/config.yaml
  mkdir -p "${FILE%/*}"
}

teardown() {
  rm -f "$FILE"
  [ -z "${started-}" ] || "$NSCTL" kill "$started"
  [ -z "${open-}" ] || rm -rf -- "$open"
}

config() { printf '%s\n' "$@" > "$FILE"; }

# in_etc TEXT COMMAND...: runs it where TEXT is the system's file. Nothing of the machine's /etc is touched.
in_etc() {
  local text=$1
  shift
  mkdir -p "$BATS_TEST_TMPDIR/etc/nsctl"
  cp /etc/passwd /etc/group "$BATS_TEST_TMPDIR/etc"
  printf '%s\n' "$text" > "$BATS_TEST_TMPDIR/etc/nsctl/config.yaml"
  # shellcheck disable=SC2016 # for the shell in it
  unshare -m sh -c 'mount --bind "$1" /etc && shift && exec "$@"' sh "$BATS_TEST_TMPDIR/etc" "$@"
}

@test "config: output and columns are those of lists, and what is asked for wins" {
  config 'output: wide' 'columns: {capabilities: [NAME], doctor: [CHECK, STATUS]}'
  run -0 "$NSCTL" get capabilities
  assert_line --index 0 --regexp '^NAME *$'
  refute_output --partial NUMBER
  run -0 "$NSCTL" get capabilities --columns +NAME
  assert_line --index 0 --regexp 'NUMBER'
  run -0 "$NSCTL" get capabilities -o json
  assert_output --partial '"kind": "CapabilityList"'
  config 'output: {capabilities: jsonl}'
  run -0 "$NSCTL" get capabilities
  assert_line --index 0 --partial '"kind":"Capability"'
  run -0 "$NSCTL" get caps -o name
  assert_line --index 0 --regexp '^[a-zA-Z_]+$'
  # what only a table has asks for one
  run -0 "$NSCTL" get capabilities --columns NAME
  assert_line --index 0 --regexp '^NAME *$'
  # other lists are as ever, and what is no list is not touched
  run "$NSCTL" doctor
  assert_line --index 0 --regexp '^AREA +CHECK'
  config 'output: json'
  run -0 "$NSCTL" version
  assert_output --regexp '^nsctl [0-9]'
  run -0 "$NSCTL" explain cap/KILL
  refute_output --partial '{'
}

@test "config: columns that a list has not always are passed over there" {
  "$NSCTL" run --name "config-$$" -d -- sleep 4800 || skip 'no sandbox here'
  started=config-$$
  run -0 "$NSCTL" caps --matrix "$started"
  matrix=$output
  config 'columns: {caps: [CAPABILITY, BOUNDING]}'
  run -0 "$NSCTL" caps "$started"
  assert_line --index 0 --regexp '^CAPABILITY +BOUNDING *$'
  run -0 "$NSCTL" caps --matrix "$started"
  assert_output "$matrix"
}

@test "config: a broken file is named with its place, by every verb that would heed it" {
  config '# mine' 'colums: {}'
  for verb in 'get co' 'ps -A' 'explain cap/KILL' 'repl -c quit'; do
    # shellcheck disable=SC2086 # words
    run -2 --separate-stderr "$NSCTL" $verb
    assert_equal "$stderr" "nsctl: $FILE:2:1: unknown key colums"$'\n  did you mean columns?'
    assert_output ''
  done
  run -125 "$NSCTL" exec web -- true
  assert_line --index 0 "nsctl: $FILE:2:1: unknown key colums"
  run -125 "$NSCTL" run -- true
  # what looks at nothing works all the same
  run -0 "$NSCTL" help
  run -0 "$NSCTL" get --help
  run -0 "$NSCTL" version
  run -0 "$NSCTL" completion bash
  run -0 --separate-stderr "$NSCTL" __complete -- g
  assert_equal "$stderr" ''
  run -1 "$NSCTL" doctor
  assert_line --regexp "^you +config +missing +$FILE:2:1: unknown key colums"
  rm "$FILE"
  run -0 "$NSCTL" get capabilities
}

@test "config: what is no file of the caller's is refused, and never waited for" {
  mkfifo "$FILE"
  run -2 timeout 10 "$NSCTL" get co
  assert_line --index 0 "nsctl: $FILE: not a regular file"
  rm "$FILE"
  ln -s /dev/zero "$FILE"
  run -2 timeout 10 "$NSCTL" get co
  assert_line --index 0 "nsctl: $FILE: not a regular file"
  rm "$FILE"
  head -c 70000 /dev/zero | tr '\0' '#' > "$FILE"
  run -2 "$NSCTL" get co
  assert_line --index 0 "nsctl: $FILE: larger than 65536 bytes"
  config 'output: wide'
  chmod 666 "$FILE"
  run -2 "$NSCTL" get co
  assert_line --index 0 "nsctl: $FILE: others may write to it (mode 0666)"
  chmod 644 "$FILE"
  mv "$FILE" "$BATS_TEST_TMPDIR/dotfile" # as those who keep such files elsewhere have it
  ln -s "$BATS_TEST_TMPDIR/dotfile" "$FILE"
  run -0 "$NSCTL" get capabilities
  [ "$EUID" = 0 ] || skip 'not root: cannot make a file of another user'
  chown 65534 "$BATS_TEST_TMPDIR/dotfile"
  run -2 "$NSCTL" get co
  assert_line --index 0 "nsctl: $FILE: belongs to uid 65534: a config file is root's or your own"
}

@test "config: under sudo and its like the user's file is not read" {
  config 'colums: {}'
  for variable in SUDO_UID DOAS_USER PKEXEC_UID; do
    run -0 env "$variable=1000" "$NSCTL" get capabilities
  done
  run env SUDO_UID=1000 "$NSCTL" doctor
  assert_line --regexp '^you +config +ok +.*yours is not read: not under sudo'
  [ "$EUID" = 0 ] || skip 'not root: no other /etc'
  in_etc 'columns: {capabilities: [NAME]}' true || skip 'no mount namespace'
  run -0 in_etc 'columns: {capabilities: [NAME]}' env SUDO_UID=1000 "$NSCTL" get capabilities
  assert_line --index 0 --regexp '^NAME *$'
  # a program that its file gives more rights than its caller has
  command -v setcap > /dev/null || skip 'no setcap'
  command -v setpriv > /dev/null || skip 'no setpriv'
  open=$(mktemp -d /tmp/nsctl-config.XXXXXX) # where another user can look
  mkdir "$open/nsctl"
  mv "$FILE" "$open/nsctl"
  cp "$NSCTL" "$open/plain"
  cp "$NSCTL" "$open/raised"
  setcap cap_sys_ptrace+ep "$open/raised" || skip 'no file capabilities'
  chown -R 65534 "$open"
  setcap cap_sys_ptrace+ep "$open/raised" # which chown has taken
  as_other() { setpriv --reuid 65534 --regid 65534 --clear-groups env "XDG_CONFIG_HOME=$open" "$@"; }
  run -2 as_other "$open/plain" get capabilities
  run -0 as_other "$open/raised" get capabilities
  # nor does it on a terminal, where another program could open libraries but has no such rights
  run -0 as_other script -qec "$open/raised get capabilities" /dev/null
}

@test "config: the user's file wins over /etc, NSCTL_ROOT and the command line over both" {
  [ "$EUID" = 0 ] || skip 'not root: no other /etc'
  in_etc '' true || skip 'no mount namespace'
  etc='output: {capabilities: json}
columns: {capabilities: [NAME], engines: [NAME, ROOTS]}
roots: [runc=/etc-root, crun=/etc-root, lxc=/etc-root]'
  config 'output: {capabilities: table}' 'columns: {capabilities: [NUMBER]}' 'roots: [crun=, crun=/user-root]'
  run -0 in_etc "$etc" "$NSCTL" get capabilities
  assert_line --index 0 --regexp '^NUMBER *$'
  run -0 in_etc "$etc" "$NSCTL" get engines -o json
  roots() { jq -rc --arg name "$1" '.items[] | select(.name == $name) | .roots' <<< "$output"; }
  assert_equal "$(roots crun)" '["/user-root"]'
  [[ $(roots runc) == *'"/etc-root"]' ]] || fail "$(roots runc)"
  run -0 in_etc "$etc" env NSCTL_ROOT=runc=:runc=/env-root "$NSCTL" --root lxc=/cli-root get engines -o json
  assert_equal "$(roots runc)" '["/env-root"]'
  [[ $(roots lxc) == *'"/etc-root","/cli-root"]' ]] || fail "$(roots lxc)"
  run -2 in_etc $'output: wide\ncolor: red' "$NSCTL" get capabilities
  assert_line --index 0 'nsctl: /etc/nsctl/config.yaml:2:8: unknown word for color: red'
}

@test "config: colour, and what speaks against it" {
  config 'colour: always'
  local esc=$'\e'
  run "$NSCTL" doctor
  assert_output --partial "${esc}["
  run env NO_COLOR=1 "$NSCTL" doctor
  refute_output --partial "$esc"
  run env TERM=dumb "$NSCTL" doctor
  refute_output --partial "$esc"
  run "$NSCTL" doctor --color never
  refute_output --partial "$esc"
}

@test "config: in the REPL set wins, and scripts have no colour" {
  config 'colour: always' 'output: {capabilities: jsonl}' 'columns: {capabilities: [NAME]}' 'roots: [crun=/user-root]'
  run -0 "$NSCTL" repl -c 'get capabilities' -c 'set output table' -c 'get capabilities' -c 'set columns NUMBER' -c 'get capabilities'
  assert_line --index 0 --partial '"kind":"Capability"'
  assert_line --regexp '^NAME *$'
  assert_line --regexp '^NUMBER *$'
  run -0 "$NSCTL" repl -c 'get engines -o json'
  assert_equal "$(jq -c '.items[] | select(.name == "crun") | .roots | map(select(. == "/user-root"))' <<< "$output")" '["/user-root"]'
  run "$NSCTL" repl -k -c doctor
  refute_output --partial $'\e'
}
