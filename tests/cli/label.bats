#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The security label of a container, on any machine: a kernel that is made to look as if it had AppArmor, and a config that names a
# profile. What the kernel makes of the label is not shown here: that takes a real module. A careless tool goes on without it.

load ../lib/bats
load ../lib/sandbox

setup() {
  sandbox_setup
  no_leak_search
}
teardown() { sandbox_teardown; }

# labelled: a sandbox whose config names the profile nsctl-test.
labelled() {
  local config=$BOXES/state/label-box/config.json
  [ "$(id -u)" = 0 ] || skip 'needs root, to mount'
  [ -x /usr/bin/python3 ] || skip 'no python3'
  sandbox_require
  # shellcheck disable=SC2016 # the inner shell's
  unshare -m sh -c 'mount -t tmpfs none /sys/kernel/security' 2> /dev/null || skip 'nothing can be mounted on /sys/kernel/security'
  "$NSCTL" run --name label-box -d -- sleep 4800 > /dev/null
  /usr/bin/python3 -c 'import json, sys
config = json.load(open(sys.argv[1]))
config["process"]["apparmorProfile"] = "nsctl-test"
json.dump(config, open(sys.argv[1], "w"))' "$config"
}

# with_apparmor COMMAND...: where it looks as if there were AppArmor.
with_apparmor() {
  # shellcheck disable=SC2016 # the inner shell's
  unshare -m sh -c 'mount -t tmpfs none /sys/kernel/security && mkdir /sys/kernel/security/apparmor && exec "$@"' sh "$@"
}

# written COMMAND...: the file that takes the label is descriptor 9, so that whoever writes there succeeds; and the file /bin/true is
# refused, by strace's options in REFUSED.
REFUSED=()
written() {
  with_apparmor strace -f -e quiet=all -o /dev/null -P /proc/self/attr/exec -P /proc/self/attr/apparmor/exec "${REFUSED[@]}" \
    -e 'trace=?open,openat,execve' -e 'inject=?open,openat:retval=9' "$@" 9> "$BOXES/label"
}

@test "a label that cannot be set is fatal, and --no-lsm is named" {
  labelled
  run -0 with_apparmor "$NSCTL" exec --dry-run label-box -- true
  assert_line 'lsm           exec nsctl-test'
  run -125 --separate-stderr with_apparmor "$NSCTL" exec label-box -- echo started
  assert_output ''
  assert_regex "$stderr" $'^nsctl: label-box: cannot set the security label nsctl-test: [^\n]*\n  --no-lsm does without it$'
  # without it
  run -0 with_apparmor "$NSCTL" exec --no-lsm label-box -- echo started
  assert_output started
  for option in --no-lsm --privileged; do
    run -0 --separate-stderr with_apparmor "$NSCTL" exec --dry-run "$option" label-box -- true
    assert_line 'lsm           none'
  done
}

@test "a label is written before anything is entered, and the command runs" {
  labelled
  strace_require
  run -0 written "$NSCTL" exec label-box -- echo started
  assert_output started
  assert_equal "$(cat "$BOXES/label")" 'exec nsctl-test'
  run -0 --separate-stderr written "$NSCTL" -vv exec label-box -- true
  assert_regex "$stderr" '-vv: write the security label of what is executed next: exec nsctl-test.*-vv: setns: '
  run -0 written "$NSCTL" exec --no-lsm label-box -- echo started
  assert_output started
  assert_equal "$(cat "$BOXES/label")" ''
}

@test "EPERM of execve under no_new_privs with a label: said, with what does without it" {
  labelled
  strace_require
  REFUSED=(-P /bin/true -e inject=execve:error=EPERM)
  run -126 --separate-stderr written "$NSCTL" exec --no-new-privs label-box -- /bin/true
  assert_equal "$stderr" "nsctl: /bin/true: Operation not permitted
  no_new_privs is set: a security module then refuses the label nsctl-test where it permits more than nsctl's own; or a seccomp filter refused it
  --no-lsm sets no label, --no-seccomp loads no filter"
  # each of the two by itself
  for options in '' '--no-new-privs --no-lsm'; do
    # shellcheck disable=SC2086 # none, or two
    run -126 --separate-stderr written "$NSCTL" exec $options label-box -- /bin/true
    assert_equal "$stderr" $'nsctl: /bin/true: Operation not permitted\n  a security module or a seccomp filter refused it'
  done
  # a file that may not be executed: the label is one of the reasons
  REFUSED=(-P /bin/true -e inject=execve:error=EACCES)
  run -126 --separate-stderr written "$NSCTL" exec label-box -- /bin/true
  assert_regex "$stderr" 'Permission denied.*, the label nsctl-test or a directory above it does not let this user execute it'
}
