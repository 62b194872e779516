#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every option stands in help, manual and completion; shown, too, by cutting one out of each of the three.

load ../lib/bats

verbs() { "$NSCTL" __complete -- '' | cut -f1; }

# ---- an option stands in three places: help (on the screen and explained), manual, completion

# Each prints the options of VERB as one finds them there, letters and names, a line each.
words_of() { grep -oE -- '(^|[ ,(])(--[a-z][a-z-]*|-[a-zA-Z0-9])([],;= [)]|$)' | grep -oE -- '--?[a-zA-Z0-9][a-z-]*' | sort -u; }
in_help() { "$NSCTL" "$1" --help | sed -n '/^Options$/,/^$/p' | sed -nE 's/^  (    |-., )(--[a-z-]+).*/\1\n\2/p' | tr -d ' ,' | grep . | sort -u; }
in_screen() { "$NSCTL" help "$1" | sed '1,/^$/d' | sed '1,/^$/d' | grep -E '^  (also |  |-)' | sed -E 's/^(  (-., |    )--[^ ]+).*/\1/' | words_of; }
in_manual() { sed -nE 's/^\.It Fl (.*)/\1/p' "$MAN/$1" | sed -nE 's/^([a-zA-Z0-9]) , Fl -([a-z-]+).*/-\1\n--\2/p; t; s/^-([a-z-]+).*/--\1/p' | sort -u; }
in_completion() { "$NSCTL" __complete -- "$1" - | cut -f1 | sort -u; }

# same VERB: says where an option is missing, or one too many.
same() {
  local help manual globals
  help=$(in_help "$1")
  globals=$("$NSCTL" __complete -- - | cut -f1 | sort -u)
  diff <(grep . <<< "$help") <(in_screen "$1") || { echo "$1: help and the screen differ" && return 1; }
  diff <(printf "%s\n" $help $globals | sort -u) <(in_completion "$1") || { echo "$1: help and completion differ" && return 1; }
  manual=$(in_manual "nsctl-$1.1")
  # those of all lists are told in nsctl-output(7), for a page that says so
  if grep -q '^\.Xr nsctl-output 7' "$MAN/nsctl-$1.1" && grep -qx -- --columns <<< "$help"; then
    manual=$(printf '%s\n' "$manual" "$(in_manual nsctl-output.7 | grep -vx -e --tree -e --ascii)" | grep . | sort -u)
  fi
  diff <(grep . <<< "$help") <(grep . <<< "$manual") || { echo "$1: help and manual differ" && return 1; }
}

@test "every option of every verb stands in help, manual and completion" {
  MAN=$TESTS/../man
  for verb in $(verbs); do
    run same "$verb"
    assert_success
  done
  globals=$("$NSCTL" help | sed -n '/^Global options/,/^$/p' | sed -nE 's/^  (    |-., )(--[a-z-]+).*/\1\n\2/p' | tr -d ' ,' | grep . | sort -u)
  assert_equal "$(in_manual nsctl.1)" "$globals"
  assert_equal "$("$NSCTL" __complete -- - | cut -f1 | sort -u)" "$globals"
}

@test "an option that is taken out of one of the three places is missed" {
  real=$NSCTL
  mkdir "$BATS_TEST_TMPDIR/man"
  # the program with one option cut out of what it prints in one place
  cat > "$BATS_TEST_TMPDIR/nsctl" << 'SCRIPT'
#!/bin/bash
case "$PLACE $*" in
  help*--help | screen*help\ * | completion*__complete*) "$REAL" "$@" | sed -E "s/(-., )?--$CUT( |$|;|=|\[|\t)/\2/" ;;
  *) exec "$REAL" "$@" ;;
esac
SCRIPT
  chmod +x "$BATS_TEST_TMPDIR/nsctl"
  for verb in exec get repl; do
    MAN=$TESTS/../man
    for option in $(in_help "$verb" | grep -- -- | sed -n '1p;$p'); do
      export REAL=$real CUT=${option#--}
      for PLACE in none help screen completion; do
        export PLACE
        NSCTL=$BATS_TEST_TMPDIR/nsctl run same "$verb"
        [ "$PLACE" = none ] && expected=0 || expected=1
        [ "$status" = "$expected" ] || fail "$verb $option, cut out of $PLACE: $status"
      done
      cp "$TESTS"/../man/*.[17] "$BATS_TEST_TMPDIR/man"
      sed -i -E "/^\.It (Fl . , )?Fl -${option#--}( |\$)/d" "$BATS_TEST_TMPDIR"/man/*
      MAN=$BATS_TEST_TMPDIR/man run same "$verb"
      [ "$status" = 1 ] || fail "$verb $option, cut out of the manual: $status"
    done
  done
}
