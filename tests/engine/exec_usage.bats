#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Bad input to exec: 125, one clear line, nothing is started. And THREATS' row 15: who -u means.
# A careless tool reads "4294967296" as root (docker), " 0" or "+0" as root (strtol), a missing user as root.

load engine

setup() { shared docker plain; }

# says STDERR ARG...: 125, exactly that, and no output.
says() {
  local expected=$1
  shift
  run -125 --separate-stderr nsctl_exec "$@"
  assert_equal "$output" ''
  assert_equal "$stderr" "$expected"
}
HELP='  nsctl help exec shows how it is used'

@test "unknown options name the nearest, and are never taken for the command's" {
  says "nsctl: unknown option --prviileged
  did you mean --privileged?" --prviileged "$T" -- true
  says "nsctl: unknown option --nosuch
$HELP" "$T" --nosuch -- true
  says "nsctl: unknown option -Z
$HELP" -Z "$T" true
  says "nsctl: option --user needs a value: USER[:GROUP]
$HELP" -u
  says "nsctl: option --tty takes no value
$HELP" --tty=yes "$T" true
}

# bad_input ENGINE: what is refused before and while its container is looked at.
bad_input() {
  shared "$1" plain
  says "nsctl: unknown option --nosuch
$HELP" "$T" --nosuch -- true
  says "nsctl: exec needs a command to run in $T
  nsctl exec $T -- COMMAND; nsctl get containers lists the targets" "$T"
  says "nsctl: user 4294967296 is out of range: 0 to 4294967294
$HELP" -u 4294967296 "$T" -- id
  says "nsctl: no user nosuch in the container's /etc/passwd
  a number needs no entry: UID or UID:GID" -u nosuch "$T" -- id
  says "nsctl: $(shown_name): cannot change to the working directory /nosuch: No such file or directory" -w /nosuch "$T" -- pwd
}
@test "docker: bad input" { bad_input docker; }
@test "podman: bad input" { bad_input podman; }
@test "cri: bad input" { bad_input cri; }
@test "runc: bad input" { bad_input runc; }
@test "crun: bad input" { bad_input crun; }
@test "lxc: bad input" { bad_input lxc; }
@test "bwrap: bad input" { bad_input bwrap; }

@test "a missing target or command" {
  says 'nsctl: exec needs a target and a command
  nsctl exec TARGET -- COMMAND; nsctl get containers lists the targets'
  says "nsctl: exec needs a command to run in $T
  nsctl exec $T -- COMMAND; nsctl get containers lists the targets" "$T"
  says "nsctl: exec needs a command to run in $T
  nsctl exec $T -- COMMAND; nsctl get containers lists the targets" "$T" --
  says "nsctl: the command is an empty word
  nsctl exec $T -- COMMAND; nsctl get containers lists the targets" "$T" -- ''
}

@test "options around the target, and what belongs to the command" {
  run -0 nsctl_exec -u app "$T" -w /tmp -- sh -c 'id -un; pwd'
  assert_output $'app\n/tmp'
  run -0 nsctl_exec "$T" sh -c 'echo "$@"' sh -u root -- x
  assert_output '-u root -- x'
  run -0 nsctl_exec "$T" -- echo -- -i
  assert_output '-- -i'
  run -0 nsctl_exec -- "$T" echo -n --help
  assert_output '--help'
  run -0 nsctl_exec "$T" ls -d /etc
  assert_output /etc
}

@test "-u: digits are a number in range, anything else a name of the container" {
  for number in 4294967296 4294967295 18446744073709551616 99999999999999999999999; do
    says "nsctl: user $number is out of range: 0 to 4294967294
$HELP" -u "$number" "$T" -- id
  done
  for text in -1 ' 0' '0 ' +0 0x0 1e3 $'0\n' '#0'; do
    run -125 --separate-stderr nsctl_exec -u "$text" "$T" -- id
    assert_equal "$output" ''
  done
  says "nsctl: empty user: USER or USER:GROUP is wanted, names or numbers
$HELP" -u '' "$T" -- id
  for text in : app: :app app:app:app; do
    run --separate-stderr nsctl_exec -u "$text" "$T" -- id
    # docker reads "app:" as "app"; none of these may be root
    [ "$status" = 125 ] || [[ $output == 'uid=1000(app)'* ]] || fail "$text: $output"
  done
  says "nsctl: no user nosuch in the container's /etc/passwd
  a number needs no entry: UID or UID:GID" -u nosuch "$T" -- id
  says "nsctl: no group nosuch in the container's /etc/group
  a number needs no entry: UID or UID:GID" -u app:nosuch "$T" -- id
  says "nsctl: no user apq in the container's /etc/passwd
  did you mean app?" -u apq "$T" -- id
  says "nsctl: no group whelies in the container's /etc/group
  did you mean wheelies?" -u app:whelies "$T" -- id
  run -0 nsctl_exec -u 4294967294:4294967294 "$T" -- id -u
  assert_output 4294967294
}

@test "-u: a broken passwd line is no user, and only the container's file is read" {
  own docker usage
  nsctl_exec -i "$T" -- sh -c 'cat > /etc/passwd' << 'PASSWD'
root:x:0:0:root:/root:/bin/sh
evil:x::0::/:/bin/sh
short:x:5
high:x:4294967296:0::/:/bin/sh
minus:x:-5:0::/:/bin/sh
spaced:x: 0:0::/:/bin/sh
word:x:zero:0::/:/bin/sh
1234:x:0:0:a user whose name is a number:/:/bin/sh
good:x:77:78::/home/good:/bin/sh
good:x:0:0::/:/bin/sh
PASSWD
  for user in evil short high minus spaced word; do
    run -125 --separate-stderr nsctl_exec -u "$user" "$T" -- id
    assert_equal "$output" ''
  done
  # digits are a number and only that: runc of old looked the name up (CVE-2016-3697)
  run -0 nsctl_exec -u 1234 "$T" -- sed -n 's/^Uid:.\([0-9]*\).*/\1/p' /proc/self/status
  assert_output 1234
  # the first of a name counts
  run -0 nsctl_exec -u good "$T" -- sed -n 's/^Uid:.\([0-9]*\).*/\1/p' /proc/self/status
  assert_output 77
  # a user of the host is none of the container
  run -125 nsctl_exec -u "$(rootless_user)" "$T" -- id
}

@test "-w: not there, no directory, relative" {
  says 'nsctl: nsctl-test-shared-plain: cannot change to the working directory /nosuch: No such file or directory' -w /nosuch "$T" -- pwd
  says 'nsctl: nsctl-test-shared-plain: cannot change to the working directory /etc/passwd: Not a directory' -w /etc/passwd "$T" -- pwd
  says "nsctl: the working directory must begin at /: relative
$HELP" -w relative "$T" -- pwd
  says "nsctl: the working directory must begin at /: \
$(printf '\n%s' "$HELP")" -w '' "$T" -- pwd
  run -0 nsctl_exec -w /tmp/../etc "$T" -- pwd
  assert_output /etc
}

@test "capabilities: the nearest is named, CAP_ and case do not matter" {
  says 'nsctl: unknown capability "SYS_TIM"
  did you mean SYS_TIME?' --cap-add SYS_TIM "$T" -- id
  says 'nsctl: unknown capability "CAP_NET_ADMN"
  did you mean NET_ADMIN?' --cap-drop CAP_NET_ADMN "$T" -- id
  run -125 --separate-stderr nsctl_exec --cap-add 63 "$T" -- id
  assert_regex "${stderr%%$'\n'*}" '^nsctl: this kernel knows the capabilities 0 to [0-9]+$'
  for text in NET_RAW cap_net_raw CAP_NET_RAW net_raw 13; do
    run -0 nsctl_exec --cap-drop ALL --cap-add "$text" "$T" -- grep CapEff /proc/self/status
    assert_output $'CapEff:\t0000000000002000'
  done
}

@test "--ns, --timeout, --preserve-fds, --env-file, -e, --pid-file, --group-add" {
  says 'nsctl: --ns: no namespace is called pod
  did you mean pid?' --ns mnt,pod "$T" -- id
  says "nsctl: --ns: the name of a namespace is missing
$HELP" --ns mnt,, "$T" -- id
  for time in x 0 -1 '' 1h1 99999999999999999999; do
    says "nsctl: --timeout needs a time such as 30, 500ms or 2m
$HELP" --timeout "$time" "$T" -- id
  done
  says "nsctl: --preserve-fds needs a number up to 1000
$HELP" --preserve-fds -1 "$T" -- id
  says 'nsctl: cannot read /nosuch: No such file or directory' --env-file /nosuch "$T" -- id
  says "nsctl: no name of a variable: =x
$HELP" -e =x "$T" -- id
  printf '# remark\n\nA=1\n=x\n' > "$BATS_TEST_TMPDIR/env"
  says "nsctl: $BATS_TEST_TMPDIR/env:4: no name of a variable: =x
$HELP" --env-file "$BATS_TEST_TMPDIR/env" "$T" -- id
  says 'nsctl: cannot write /nosuch/pid: No such file or directory' --pid-file /nosuch/pid "$T" -- true
  says "nsctl: no group nosuch in the container's /etc/group
  a number needs no entry" --group-add nosuch "$T" -- id
  says 'nsctl: docker/nsctl-test-shared-plain: not a pod: -c x means nothing here
  leave -c out' -c x "$T" -- id
  # nothing of all that was started
  no_leaves
}

@test "hostile text in an option is escaped" {
  says "nsctl: \"\\e[31mred\" is no user: neither a name nor digits
$HELP" -u $'\e[31mred' "$T" -- id
  run -127 --separate-stderr nsctl_exec "$T" -- $'no\e]0;title\a'
  assert_equal "$stderr" 'nsctl: no\e]0;title\x07: command not found in the container'"'"'s PATH'
}

@test "a failed write of --dry-run is 125, a broken pipe is quiet" {
  [ -c /dev/full ] || skip 'no /dev/full'
  run -125 --separate-stderr bash -c 'timeout 20 "$NSCTL" exec --dry-run "$1" -- true > /dev/full' sh "$T"
  assert_regex "$stderr" 'No space left on device'
}
