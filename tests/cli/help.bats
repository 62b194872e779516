#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Help and completion are made from the tables: everything that is offered exists.

load ../lib/bats

verbs() { "$NSCTL" __complete -- '' | cut -f1; }

@test "help lists every verb, on stdout, on one screen" {
  run -0 --separate-stderr "$NSCTL" help
  assert_equal "$stderr" ''
  for verb in $(verbs); do
    assert_line --regexp "^  $verb +[a-z]"
  done
  [ "${#lines[@]}" -le 50 ]
  help=$output
  run -0 "$NSCTL" --help
  assert_output "$help"
  run -0 "$NSCTL" -h
  assert_output "$help"
}

@test "help VERB and -h: three examples and every option on one screen; --help explains each" {
  for verb in $(verbs); do
    run -0 --separate-stderr "$NSCTL" help "$verb"
    assert_equal "$stderr" ''
    assert_line --regexp "^  nsctl $verb"
    examples=$(grep -cE '^  (source <\()?nsctl .*#|^  nsctl [a-z]+ [^[]' <<< "$output") || true
    [ "$examples" -ge 3 ] || fail "$verb: $examples examples"
    # the prompt has a line, too
    [ "$(wc -l <<< "$output")" -le 23 ] || fail "$verb: $(wc -l <<< "$output") lines"
    [ "$(wc -L <<< "$output")" -le 80 ] || fail "$verb: a line of $(wc -L <<< "$output")"
    help=$output
    run -0 "$NSCTL" "$verb" -h
    assert_output "$help"
    run -0 "$NSCTL" -h "$verb"
    assert_output "$help"
    run -0 --separate-stderr "$NSCTL" "$verb" --help
    assert_equal "$stderr" ''
    assert_line Examples
    [ "$(wc -L <<< "$output")" -le 80 ] || fail "$verb --help: a line of $(wc -L <<< "$output")"
    help=$output
    run -0 "$NSCTL" --help "$verb"
    assert_output "$help"
  done
}

@test "help VERB ends no sentence half-way, and says -A where it stands for the TARGET" {
  for verb in $(verbs); do
    run -0 "$NSCTL" help "$verb"
    refute_line --regexp ' is one of$'
    grep -qE -- '-A, --all(-containers)? +all containers' <<< "$output" || continue
    assert_line --regexp "^  nsctl $verb .* \\| -A( |\$)"
  done
}

@test "help for what does not exist" {
  run -2 --separate-stderr "$NSCTL" help gte
  assert_equal "$stderr" $'nsctl: no help for gte: there is no such verb\n  did you mean nsctl help get?'
  run -2 "$NSCTL" help __complete
}

@test "a word of the REPL is told from a verb, and explained" {
  run -2 --separate-stderr "$NSCTL" use shop/api
  assert_output ''
  assert_equal "$stderr" $'nsctl: use is not a verb: it is a word of the REPL\n  start nsctl repl, and write there: use [TARGET | -]'
  run -0 --separate-stderr "$NSCTL" help use
  assert_equal "$stderr" ''
  assert_output $'use, a word of the REPL: the target of what follows; - is none again\n  use [TARGET | -]\n\nStart it with nsctl repl. All of it: man nsctl-repl'
  run -2 "$NSCTL" quit
}

@test "hidden verbs are hidden" {
  run -0 "$NSCTL" help
  refute_output --partial __complete
  run -0 "$NSCTL" __complete -- __
  assert_output ''
}

@test "completion of verbs, options, values" {
  run -0 "$NSCTL" __complete -- ge
  assert_line --regexp $'^get\t'
  run -0 "$NSCTL" __complete -- get ''
  assert_line --regexp $'^containers\t'
  run -0 "$NSCTL" __complete -- get co --out
  assert_line --regexp $'^--output\t'
  run -0 "$NSCTL" __complete -- get -o j
  assert_line --regexp $'^json\t'
  assert_line --regexp $'^jsonl\t'
  run -0 "$NSCTL" __complete -- get --output=y
  assert_line --regexp $'^--output=yaml\t'
  run -0 "$NSCTL" __complete -- --color ''
  assert_line --regexp $'^never\t'
  run -0 "$NSCTL" __complete -- --root dock
  assert_line --regexp $'^docker=\t'
  run -0 "$NSCTL" __complete -- completion ''
  assert_line --regexp $'^zsh\t'
  run -0 "$NSCTL" __complete -- nosuch ''
  assert_output ''
}

@test "the scripts that are installed are the ones that are printed" {
  run -0 "$NSCTL" completion bash
  assert_equal "$output" "$(cat "$TESTS/../completions/nsctl.bash")"
  run -0 "$NSCTL" completion zsh
  assert_equal "$output" "$(cat "$TESTS/../completions/_nsctl")"
  run -0 "$NSCTL" completion fish
  assert_equal "$output" "$(cat "$TESTS/../completions/nsctl.fish")"
  run -2 --separate-stderr "$NSCTL" completion tcsh
  assert_equal "$stderr" $'nsctl: no completion for tcsh\n  one of bash, zsh, fish'
}

# bash_complete LINE: what bash would offer at its end.
bash_complete() {
  PATH=${NSCTL%/*}:$PATH bash -c '
    . "$1"
    compopt() { :; }
    COMP_LINE=$2 COMP_POINT=${#2}
    _nsctl
    printf "%s\n" "${COMPREPLY[@]}"' bash "$TESTS/../completions/nsctl.bash" "$1"
}

@test "bash: words with = and : in them" {
  run -0 bash_complete 'nsctl get -o yam'
  assert_output yaml
  run -0 bash_complete 'nsctl get --output=yam'
  assert_output yaml
  run -0 bash_complete 'nsctl --root dock'
  assert_output docker=
  run -0 bash_complete 'nsctl --root=dock'
  assert_output docker=
  run -0 bash_complete 'nsctl get '
  assert_line containers
}

# options_of PAGE: the long options that it tells of.
options_of() { sed -n 's/^\.It .*Fl -\([a-z][a-z-]*\).*/--\1/p' "$TESTS/../man/$1" | sort -u; }

@test "the options of all lists, as nsctl-output(7) has them, are taken by every list" {
  for verb in $(verbs); do
    help=$("$NSCTL" help "$verb" | grep -o -- '--[a-z][a-z-]*' | sort -u)
    grep -qx -- --columns <<< "$help" || continue
    for option in $(options_of nsctl-output.7 | grep -vx -e --tree -e --ascii); do
      grep -qx -- "$option" <<< "$help" || fail "$verb does not take $option"
    done
  done
}

@test "every verb has a page, a line in nsctl(1), and a reference from there" {
  for verb in $(verbs); do
    [ -f "$TESTS/../man/nsctl-$verb.1" ] || fail "no man/nsctl-$verb.1"
    grep -qE "^\.It Cm $verb( |\$)" "$TESTS/../man/nsctl.1" || fail "$verb is not in nsctl(1)"
    sed -n '/^\.Sh SEE ALSO/,/^\.Sh SEC/p' "$TESTS/../man/nsctl.1" | grep -q "^\.Xr nsctl-$verb 1" || fail "nsctl(1) does not refer to nsctl-$verb(1)"
    grep -q '^\.Sh EXAMPLES' "$TESTS/../man/nsctl-$verb.1" || fail "nsctl-$verb(1) has no examples"
  done
}
