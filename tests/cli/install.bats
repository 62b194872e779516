#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make install, uninstall and demo: what the README tells people to type.

load ../lib/bats
load ../lib/sandbox

setup() {
  command -v make > /dev/null || skip 'no make here'
  REPO=${TESTS%/*}
  BUILD=$(cd "${NSCTL%/*}" && pwd)
  INTO=$BATS_TEST_TMPDIR/into
}
teardown() { sandbox_teardown; }

# made TARGET...: with the build that is tested, as it is; nothing of a make that runs this test.
made() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$REPO" -o all O="$BUILD" DESTDIR="$INTO" "$@"; }

# files: what is below INTO and is no folder, with its mode.
files() { (cd "$INTO" && find . ! -type d -printf '%P %m\n' | LC_ALL=C sort); }

@test "make install: the program, each page, three completions; make uninstall leaves nothing of them" {
  for prefix in /usr/local /opt/nsctl; do
    run -0 made "PREFIX=$prefix" install
    at=${prefix#/}
    assert_equal "$(files)" "$({
      echo "$at/bin/nsctl 755"
      for page in "$REPO"/man/*.[17]; do echo "$at/share/man/man${page##*.}/${page##*/} 644"; done
      printf '%s 644\n' "$at/share/bash-completion/completions/nsctl" "$at/share/zsh/site-functions/_nsctl" "$at/share/fish/vendor_completions.d/nsctl.fish"
    } | LC_ALL=C sort)"
    run -0 "$INTO$prefix/bin/nsctl" version
    assert_line --index 0 --partial "$(cat "$REPO/VERSION")"
    cmp "$NSCTL" "$INTO$prefix/bin/nsctl"
    cmp "$REPO/completions/_nsctl" "$INTO$prefix/share/zsh/site-functions/_nsctl"
    # what another one has put beside them stays
    touch "$INTO$prefix/bin/other"
    run -0 made "PREFIX=$prefix" uninstall
    assert_equal "$(files)" "$at/bin/other $(stat -c %a "$INTO$prefix/bin/other")"
    rm "$INTO$prefix/bin/other"
  done
}

@test "what is installed runs without the tree it comes from, for an ordinary user too" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to become another user'
  sandbox_setup
  INTO=$BOXES/into
  run -0 made install
  cd /
  run -0 setpriv --reuid 65534 --regid 65534 --clear-groups env -i "PATH=$INTO/usr/local/bin:/usr/bin:/bin" nsctl caps self -o json
  assert_equal "$(jq -r .kind <<< "$output")" CapsList
}

@test "make demo shows it with what was built" {
  [ "$BUILD" = "$REPO/build" ] || skip 'another build than that of make alone'
  [ -z "$(find "$REPO"/{src,include,Makefile,VERSION} -newer "$NSCTL" -print -quit)" ] || skip 'the build is older than its sources'
  sandbox_setup
  sandbox_require
  run -0 env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$REPO" demo
  refute_output --partial 'NOT SO HERE'
  assert_line 'Both have ended, and nothing of them is left.'
  [ -z "$(ls "$BOXES/state")" ]
}
