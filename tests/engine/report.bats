#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# report: one page that needs nothing from elsewhere, obeys nothing that a container says, and that a browser shows.

load engine

setup() {
  engine_require docker
  PAGE=$BATS_TEST_TMPDIR/page.html
}
teardown() { container_stop docker reported > /dev/null 2>&1 || true; }

# browse OPTION...: the page in a browser without network, scripts or profile.
browse() {
  timeout -k 5 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$BATS_TEST_TMPDIR/profile" "$@" "file://$PAGE" 2> /dev/null
}

@test "the page has the containers, both PIDs, the tree, the matrix and the reasons" {
  container_start docker reported -u 1010 --cap-add SYS_TIME > /dev/null
  T=$(container_target docker reported)
  pid=$(container_pid docker reported)
  run -0 --separate-stderr "$NSCTL" report "$T"
  # shellcheck disable=SC2154 # bats sets it
  assert_equal "$stderr" ''
  assert_line --partial "<code>$(stat -Lc %i "/proc/$pid/ns/pid")</code> $T <span class=\"dim\">(init $pid)</span>"
  assert_line --regexp "<td class=\"k r\" data-h=\"HOST-PID\">$pid</td><td class=\"k r\" data-h=\"PID\">1</td>"
  assert_line --regexp '<th scope="row">SYS_TIME</th><td class="m bad" title="granted, not usable">✕</td>'
  assert_line --regexp 'SYS_TIME was granted but cannot be used: uid 1010 is not root'
}

@test "it is self-contained, and hostile text stays text" {
  container_start docker reported -- sh -c 'while sleep 4800; do :; done' $'<script>alert(1)</script>\e[31m"&' > /dev/null
  "$NSCTL" report "$(container_target docker reported)" > "$PAGE"
  run -1 grep -inE '<script|<link|<img|<iframe|src=|url\(|@import|https?://|[ \"]on[a-z]+=' "$PAGE"
  run -1 grep -P '[\x00-\x08\x0b-\x1f\x7f]' "$PAGE"
  run -0 grep -c '&lt;script&gt;alert(1)&lt;/script&gt;' "$PAGE"
  iconv -f UTF-8 -t UTF-8 "$PAGE" > /dev/null
}

@test "a browser shows it: wide, on a phone, dark" {
  command -v chromium > /dev/null || skip 'no chromium'
  container_start docker reported > /dev/null
  "$NSCTL" report "$(container_target docker reported)" > "$PAGE"
  run -0 browse --dump-dom
  assert_line --partial '<h1>Containers of'
  assert_line --partial '<h2 id="capabilities">'
  # as many rows and cells as were written: nothing was broken off or repaired
  for tag in '<tr>' '<td' '</details>' '</ul>' '</table>'; do
    assert_equal "$(grep -o -- "$tag" <<< "$output" | wc -l)" "$(grep -o -- "$tag" "$PAGE" | wc -l)"
  done
  browse --window-size=1200,900 --screenshot="$BATS_TEST_TMPDIR/light.png"
  browse --window-size=1200,900 --blink-settings=preferredColorScheme=0 --screenshot="$BATS_TEST_TMPDIR/dark.png"
  browse --window-size=500,900 --screenshot="$BATS_TEST_TMPDIR/phone.png"
  for picture in light dark phone; do [ "$(stat -c %s "$BATS_TEST_TMPDIR/$picture.png")" -gt 10000 ]; done
  run ! cmp -s "$BATS_TEST_TMPDIR/light.png" "$BATS_TEST_TMPDIR/dark.png"
}

@test "-f shows what a manifest says of its containers" {
  engine_require podman
  container_play podman report "$BATS_TEST_DIRNAME/../../examples/pod-runasuser.yaml" > /dev/null
  sed 's/name: ubuntu-sleeper/name: nsctl-test-report/; s/1010/1011/' "$BATS_TEST_DIRNAME/../../examples/pod-runasuser.yaml" > "$BATS_TEST_TMPDIR/pod.yaml"
  sed -i '0,/nsctl-test-report/!s/name: nsctl-test-report/name: ubuntu-sleeper/' "$BATS_TEST_TMPDIR/pod.yaml"
  "$NSCTL" report -A -f "$BATS_TEST_TMPDIR/pod.yaml" > "$PAGE"
  run -0 grep -A3 '<h2 id="manifest">' "$PAGE"
  run -0 grep -E 'runAsUser.*>1011<.*>DRIFT<' "$PAGE"
  run -2 --separate-stderr "$NSCTL" report -A -f /nsctl-test-nosuch
  assert_output ''
  container_stop podman report
}

@test "a terminal, no target, an unknown one" {
  run -2 --separate-stderr "$NSCTL" report
  run -1 --separate-stderr "$NSCTL" report nsctl-test-nosuch
  assert_output ''
  run script -qec "$NSCTL report -A" /dev/null
  assert_equal "$status" 2
  assert_line --partial 'this is a terminal'
}
