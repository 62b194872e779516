#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The pages of the manual, and that what they and the README show can be typed.

load ../lib/bats

@test "the pages are well-formed, and become html" {
  command -v mandoc > /dev/null || skip 'no mandoc'
  for page in "$TESTS"/../man/*.[17]; do
    run -0 mandoc -T lint -W warning "$page"
    run -0 mandoc -T html -O style=nsctl.css,man=%N.%S.html "$page"
    assert_line --partial '</html>'
    run -0 mandoc -T utf8 "$page"
    # and the letters of an option: Aq becomes a pair of brackets
    refute_output --partial '⟨⟩'
    # a word of a title that is a macro's name, as An, would be eaten
    shown=$(sed 's/.\x08//g' <<< "$output" | tr -s ' \n' '  ')
    while read -r title; do
      [[ $shown == *" $title "* ]] || fail "${page##*/}: the title '$title' is not shown as it stands"
    done < <(sed -nE 's/\\&//g; s/^\.S[sh] +//p' "$page" | tr -d '"')
  done
}

@test "nsctl(1) names every engine that is looked for" {
  named=$(sed -n '/^\.It Ar ENGINE Ns/,/^\.It/{/^\.Cm/p}' "$TESTS/../man/nsctl.1" | tr -d ',' | tr -s ' ' '\n' | tail -n +2 | sort)
  assert_equal "$named" "$("$NSCTL" get engines -o name | sort)"
}
