#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The command line itself: verbs, globals, statuses, what is printed where.

load ../lib/bats

@test "without a verb: short help on stderr, status 2" {
  run -2 --separate-stderr "$NSCTL"
  assert_equal "$output" ''
  [[ $stderr == 'usage: nsctl [GLOBAL] VERB'* ]]
  [[ $stderr == *'nsctl get containers'* ]]
}

@test "an unknown verb names the nearest, status 2" {
  run -2 --separate-stderr "$NSCTL" gte
  assert_equal "$stderr" $'nsctl: unknown verb gte\n  did you mean nsctl get?'
  run -2 --separate-stderr "$NSCTL" frobnicate
  assert_equal "$stderr" $'nsctl: unknown verb frobnicate\n  nsctl help lists the verbs'
}

@test "a verb that is not its job names who does it" {
  for verb in cp logs attach port-forward top pull build images stats; do
    run -2 --separate-stderr "$NSCTL" "$verb" x
    [[ $stderr == "nsctl: $verb is not a verb of nsctl"$'\n  use '* ]]
  done
  run -2 --separate-stderr "$NSCTL" cp
  [[ $stderr == *'docker cp'*'kubectl cp'* ]]
  # what nsctl does itself is named too
  run -2 --separate-stderr "$NSCTL" top
  [[ $stderr == *'nsctl ps TARGET for processes' ]]
  run -2 --separate-stderr "$NSCTL" inspect
  [[ $stderr == *'or nsctl describe TARGET' ]]
}

@test "get TYPE/NAME, as kubectl takes it, is told how it is written" {
  run -2 --separate-stderr "$NSCTL" get pod/web
  assert_equal "$stderr" $'nsctl: get does not list pod/web\n  did you mean nsctl get pod web?'
}

@test "a TYPE before the name, as kubectl takes it, is told how it is written" {
  export NSCTL_ROOT=docker=:podman=:cri=:containerd=:runc=:crun=:lxc=:nsctl=
  for type in pod pods po; do
    run -1 --separate-stderr "$NSCTL" describe "$type" api
    assert_equal "$stderr" "nsctl: $type: no such container
  did you mean pod/api?
nsctl: api: no such container
  nsctl get containers -a lists them"
  done
  run -1 --separate-stderr "$NSCTL" ps pod shop/api
  assert_regex "$stderr" $'^nsctl: pod: no such container\n  did you mean just shop/api\\?\n'
  run -1 --separate-stderr "$NSCTL" caps container $'w\eb'
  assert_regex "$stderr" $'^nsctl: container: no such container\n  did you mean just w\\\\eb\\?\n'
  run -1 --separate-stderr "$NSCTL" describe pod
  assert_equal "$stderr" $'nsctl: pod: no such container\n  nsctl get containers -a lists them'
}

@test "verbs are exact, not beginnings" {
  run -2 --separate-stderr "$NSCTL" ge
  assert_equal "$stderr" $'nsctl: unknown verb ge\n  did you mean nsctl get?'
}

@test "options are exact and an unknown one names the nearest" {
  run -2 --separate-stderr "$NSCTL" get co --outptu json
  assert_equal "$stderr" $'nsctl: unknown option --outptu\n  did you mean --output?'
  run -2 --separate-stderr "$NSCTL" get co --out json
  assert_equal "$stderr" $'nsctl: unknown option --out\n  did you mean --output?'
  run -2 --separate-stderr "$NSCTL" --namespce x get co
  assert_equal "$stderr" $'nsctl: unknown option --namespce\n  did you mean --namespace?'
  run -2 --separate-stderr "$NSCTL" get co -Z
  assert_equal "$stderr" $'nsctl: unknown option -Z\n  nsctl help get shows how it is used'
  run -2 --separate-stderr "$NSCTL" get co --output
  assert_equal "${stderr%%$'\n'*}" 'nsctl: option --output needs a value: FORMAT'
  run -2 --separate-stderr "$NSCTL" get co --deep=yes
  assert_equal "${stderr%%$'\n'*}" 'nsctl: option --deep takes no value'
}

@test "globals stand before the verb or among its options" {
  run --separate-stderr "$NSCTL" -n nosuch get co
  [[ $status == [03] ]] # 3 in a container: what is outside of it is not seen
  assert_output ''
  first=$status:$stderr
  run --separate-stderr "$NSCTL" get co -n nosuch
  assert_equal "$status:$stderr" "$first"
  run --separate-stderr "$NSCTL" get --namespace=nosuch co
  assert_equal "$status:$stderr" "$first"
}

@test "hostile words are escaped" {
  run -2 --separate-stderr "$NSCTL" $'\e[31mx\n'
  assert_equal "${stderr%%$'\n'*}" 'nsctl: unknown verb \e[31mx\n'
  run -2 --separate-stderr "$NSCTL" get $'\xff\u202e'
  assert_equal "${stderr%%$'\n'*}" 'nsctl: get does not list \xFF\u202E'
}

@test "version" {
  run -0 "$NSCTL" --version
  assert_output "nsctl $(cat "$TESTS/../VERSION")"
  run -0 "$NSCTL" version
  assert_line --index 0 "nsctl $(cat "$TESTS/../VERSION")"
  assert_line --regexp '^linked +.*seccomp'
  assert_line --regexp '^flags +.*-O'
  # the versions of the machine, where it knows them
  while read -r name package; do
    version=$(pkg-config --modversion "$package" 2> /dev/null) || continue
    assert_line --regexp "^$name +$version, linked\$"
  done <<< $'json-c json-c\nlibcap libcap\nlibseccomp libseccomp\nlibyaml yaml-0.1'
  assert_line --regexp '^(libsmartcols|readline) +[0-9]|not here$'
  run -0 "$NSCTL" version -o json
  assert_equal "$(jq -r '.apiVersion + " " + .kind + " " + .version' <<< "$output")" \
    "nsctl/v1 Version $(cat "$TESTS/../VERSION")"
  run -2 "$NSCTL" version -o table
}

@test "a failed write is status 2, a broken pipe is quiet" {
  [ -c /dev/full ] || skip 'no /dev/full'
  run -2 --separate-stderr bash -c '"$NSCTL" help > /dev/full'
  assert_equal "$stderr" 'nsctl: cannot write the output: No space left on device'
  # the reader is gone before anything is written: bash closes the pipe's end first
  run --separate-stderr bash -c 'exec 3> >(exec true); wait $!; "$NSCTL" help >&3'
  assert_equal "$status" 141
  assert_equal "$stderr" ''
}

@test "closed standard fds" {
  run -0 bash -c '"$NSCTL" help <&- 2>&-'
  run -2 bash -c '"$NSCTL" nosuch 2>&- >&- <&-'
  run -0 bash -c '"$NSCTL" help >&-'
  assert_output ''
}

@test "a data root that is not there, or is another's, is named" {
  mkdir -p "$BATS_TEST_TMPDIR/run/containerd/daemon/io.containerd.runtime.v2.task/moby" "$BATS_TEST_TMPDIR/data/containers"
  only=(--root docker= --root docker="$BATS_TEST_TMPDIR/run")
  run -3 --separate-stderr "$NSCTL" "${only[@]}" --data-root docker=/nosuch get co
  assert_regex "$stderr" 'docker: /nosuch: --data-root: No such file or directory'
  run -3 --separate-stderr "$NSCTL" "${only[@]}" --data-root docker="$BATS_TEST_TMPDIR" get co
  assert_regex "$stderr" '--data-root: no folder "containers" in it: names are not known'
  run --separate-stderr "$NSCTL" "${only[@]}" --data-root docker="$BATS_TEST_TMPDIR/data" get co
  refute_regex "$stderr" data-root
}

@test "no library is loaded that a verb does not use" {
  # whether it is static or not
  run -0 readelf -d "$NSCTL"
  for library in smartcols json yaml proc2 readline seccomp libcap; do
    refute_output --partial "$library"
  done
}

# loaded_on_terminal COMMAND: what it prints there, with what the loader says of libraries
loaded_on_terminal() {
  LD_DEBUG=libs script -qec "$1" /dev/null < /dev/null 2>&1 | tr -d '\r'
}

@test "on a terminal a table is libsmartcols', and nothing else is changed by that" {
  run -0 "$NSCTL" version -o json
  [ "$(jq -r '.opened.libsmartcols' <<< "$output")" != null ] || skip 'libsmartcols is not here'
  run -0 loaded_on_terminal "'$NSCTL' get capabilities --columns 'NAME,NUMBER'"
  assert_output --partial 'find library=libsmartcols.so.1'
  run -0 loaded_on_terminal "'$NSCTL' exec --help"
  refute_output --partial libsmartcols
  LD_DEBUG=libs run -0 "$NSCTL" get capabilities
  refute_output --partial libsmartcols
  # times of processes are libproc2's, whatever prints them
  LD_DEBUG=libs run "-$(first_pidns && echo 0 || echo 3)" "$NSCTL" ps self --columns PID,RSS
  assert_output --partial 'find library=libproc2'
  # the words are as they were given, whatever they are, and standard input is unread
  run -0 script -qec "printf '%s\n' $$ | '$NSCTL' who --no-headers --columns HOST-PID -" /dev/null
  assert_line --regexp "^ *$$ *.?$"
  run -0 script -qec "'$NSCTL' get capabilities --columns NAME --no-headers -- CAP_KILL" /dev/null
  assert_output --regexp '^KILL.?$'
  run -2 script -qec "'$NSCTL' get ' a  b' ''" /dev/null
  assert_line --partial 'get does not list  a  b'
}

@test "where the shared nsctl does not start, the static one goes on" {
  run -0 readelf -d "$NSCTL"
  if [[ $output = *NEEDED* ]]; then
    [ -z "${NSCTL_REQUIRE:-}" ] || [ "$("$NSCTL" version -o json | jq -r .build.sanitizers)" != none ] || fail 'nsctl is not static where all is installed'
    skip 'this nsctl is not static'
  fi
  mkdir "$BATS_TEST_TMPDIR/lib"
  : > "$BATS_TEST_TMPDIR/lib/libc.so.6"
  run -0 "$NSCTL" get capabilities --columns NAME,NUMBER
  piped=$output
  export BROKEN="env NO_COLOR=1 COLUMNS=300 LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/lib '$NSCTL'"
  run -0 script -qec "$BROKEN get capabilities --columns NAME,NUMBER" /dev/null
  assert_equal "$(tr -d '\r' <<< "$output")" "$piped"
  run script -qec "$BROKEN doctor" /dev/null
  assert_line --regexp '^tools +libsmartcols +fallback .*cannot be executed here'
}

@test "--root and --data-root want an engine" {
  run -2 --separate-stderr "$NSCTL" get co --root dokcer=/x
  assert_equal "$stderr" $'nsctl: --root dokcer=/x: there is no such engine\n  did you mean docker?'
  run -2 --separate-stderr "$NSCTL" --data-root /x get co
  assert_equal "${stderr%%$'\n'*}" 'nsctl: --data-root wants ENGINE=DIR, not /x'
  NSCTL_ROOT=nosuch=/x run -2 --separate-stderr "$NSCTL" get co
  assert_equal "$stderr" $'nsctl: --root nosuch=/x: there is no such engine\n  nsctl get engines lists them'
  NSCTL_ROOT=docker=/nosuch:cri=/nosuch run -0 "$NSCTL" get engines -o json
  assert_equal "$(jq -r '.items[] | select(.name == "cri") | .roots[-1]' <<< "$output")" /nosuch
}
