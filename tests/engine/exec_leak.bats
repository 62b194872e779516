#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Nothing of the caller's arrives: an odd caller's command sees what a plain caller's does. A careless tool (nsenter) hands on
# descriptors, variables, groups, the session keyring, blocked and ignored signals, nice value, umask; of the affinity see exec_cpus.bats.

load engine

# leak ENGINE: of an odd caller, by the helper's own words; the filter of the container would hide the keyring.
leak() {
  shared "$1" plain
  helper_inside self
  odd=$(helper odd)
  run -0 timeout 30 "$odd" "$NSCTL" exec --no-seccomp "$T" -- /tmp/self
  assert_line 'fds 0 1 2'
  assert_line 'blocked'
  assert_line 'ignored'
  assert_line --regexp '^key (Required key not available|not permitted)$'
  assert_line "nice $(ps_nice "$INIT")"
  assert_line 'policy 0'
  assert_line 'ioprio 0'
  assert_line 'timerslack 50000'
  assert_line 'umask 0022'
  assert_line 'personality 0'
  assert_line 'securebits 0'
  assert_line 'dumpable 1'
  assert_line 'death 0'
  assert_line 'subreaper 0'
  assert_line 'tty none'
  assert_line 'leader 1'
  assert_line 'cwd /'
  refute_output --partial leaked
  refute_output --partial LD_PRELOAD
  refute_output --partial 4711
  odd_output=$output
  run -0 nsctl_exec --no-seccomp "$T" -- /tmp/self
  assert_equal "$odd_output" "$output"
  # limits of the command are the container's
  refute_output --partial '12345'
  # as it is used: under the container's filter, which may forbid the ways of closing
  run -0 timeout 30 "$odd" "$NSCTL" exec "$T" -- /tmp/self
  assert_line 'fds 0 1 2'
  refute_output --partial leaked
}
ps_nice() { awk '{ sub(/.*\) /, ""); print $17 }' "/proc/$1/stat"; }

@test "docker: nothing of an odd caller arrives" { leak docker; }
@test "podman: nothing of an odd caller arrives" { leak podman; }
@test "rootless: nothing of an odd caller arrives" { leak rootless; }
@test "cri: nothing of an odd caller arrives" { leak cri; }
@test "containerd: nothing of an odd caller arrives" { leak containerd; }
@test "runc: nothing of an odd caller arrives" { leak runc; }
@test "crun: nothing of an odd caller arrives" { leak crun; }
@test "lxc: nothing of an odd caller arrives" { leak lxc; }
@test "bwrap: nothing of an odd caller arrives" { leak bwrap; }

# A cgroup of v1's cpu controller takes no real-time process: the policy goes before it is joined.
real_time() {
  shared "$1" plain
  chrt -f 1 true 2> /dev/null || skip 'no right to a real-time policy (CAP_SYS_NICE)'
  for policy in -f -r; do
    run -0 chrt "$policy" 1 "$NSCTL" exec "$T" -- cat /proc/self/stat
    assert_equal "$(sed 's/.*) //' <<< "$output" | cut -d ' ' -f 39)" 0
  done
}
@test "docker: exec from a real-time process" { real_time docker; }
@test "crun: exec from a real-time process" { real_time crun; }
@test "lxc: exec from a real-time process" { real_time lxc; }

@test "the odd caller is odd: what it starts by itself gets all of it" {
  engine_require crun
  odd=$(helper odd) self=$(helper self)
  run -0 "$odd" "$self"
  assert_line --regexp '^fds 0 1 2 3 4 .* 200'
  assert_line --regexp '^blocked 10 14 17'
  assert_line --regexp '^ignored 1 12 13'
  assert_line 'key found'
  assert_line 'nice 7'
  assert_line 'timerslack 123456789'
  assert_line --partial '4711'
  assert_line 'umask 0000'
  assert_line 'personality 40000'
  assert_line 'env NSCTL_TEST_LEAK=leaked'
}

# environment ENGINE KIND: the very variables of the engine's exec.
environment() {
  shared "$1" "$2"
  ours=$(NSCTL_TEST_LEAK=leaked nsctl_exec "$T" -- env | sort)
  # podman 4.3 leaves the config's HOSTNAME out of its exec
  case $1 in podman* | rootless) ours=$(sed '/^HOSTNAME=/d' <<< "$ours") ;; esac
  assert_equal "$ours" "$(engine_exec "$ENGINE" "$NAME" -- env | sort)"
}
@test "docker: the environment of its exec" { environment docker plain; }
@test "podman: the environment of its exec" { environment podman plain; }
@test "podman-runc: the environment of its exec" { environment podman-runc user; }
@test "rootless: the environment of its exec" { environment rootless user; }
@test "cri: the environment of its exec" { environment cri plain; }
@test "containerd: the environment of its exec" { environment containerd user; }
@test "runc: the environment of its exec" { environment runc user; }
@test "crun: the environment of its exec" { environment crun plain; }

@test "docker: HOME is the one of the user that -u names" {
  shared docker plain
  assert_equal "$(nsctl_exec -u app "$T" -- env | sort)" "$(engine_exec docker "$NAME" -u app -- env | sort)"
  run -0 nsctl_exec -u app "$T" -- sh -c 'echo ~'
  assert_output /home/app
  run -0 nsctl_exec -u 4321 "$T" -- env
  assert_line HOME=/
}

@test "lxc and bwrap: the environment of init" {
  shared lxc plain
  run -0 nsctl_exec "$T" -- env
  assert_line INSIDE=yes
  assert_line container=lxc
  refute_line --partial NSCTL
  shared bwrap plain
  run -0 nsctl_exec "$T" -- env
  assert_line INSIDE=yes
  assert_line PATH=/bin:/usr/bin
  refute_line --partial NSCTL
}

# no_host_binary ENGINE: /proc/PID/exe of nothing that ever stood inside is the host's nsctl (CVE-2019-5736), also when the command is
# a script whose interpreter is what runs it. A watcher looks at every process of the container's PID and mount namespaces while
# commands start. It can see: nsenter, which makes the mistake, is found in as many rounds, on a busy machine in some more.
no_host_binary() {
  local nsenter
  shared "$1" plain
  self_exe
  nsenter=$(realpath "$(command -v nsenter)")
  mkfifo "$BATS_TEST_TMPDIR/end"
  "$(helper exewatch)" "$INIT" "$NSCTL" "$nsenter" < "$BATS_TEST_TMPDIR/end" > "$BATS_TEST_TMPDIR/seen" 3>&- &
  watcher=$!
  exec 9> "$BATS_TEST_TMPDIR/end"
  wait_until 10 grep -q ready "$BATS_TEST_TMPDIR/seen"
  for round in {1..15}; do
    run timeout 20 "$NSCTL" exec "$T" -- /tmp/self-exe 9>&-
    # it ran, and was the stage, which wants an order
    assert_equal "$status $output" '1 '
    timeout 20 "$NSCTL" exec "$T" -- true 9>&-
    timeout 20 nsenter -t "$INIT" -a true 9>&-
  done
  for round in {1..100}; do
    ! grep -q nsenter "$BATS_TEST_TMPDIR/seen" || break
    timeout 20 nsenter -t "$INIT" -a true 9>&-
  done
  exec 9>&-
  wait "$watcher"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/seen")" $'ready\n'"$nsenter"
}

# self_exe: a script whose interpreter is what runs it, as /tmp/self-exe.
self_exe() {
  case $ENGINE in
    runc | crun) printf '#!/proc/self/exe\n' > "$(image_rootfs base)/tmp/self-exe" && chmod 755 "$(image_rootfs base)/tmp/self-exe" ;;
    *) nsctl_exec -u 0 "$T" -- sh -c 'printf "#!/proc/self/exe\n" > /tmp/self-exe; chmod 755 /tmp/self-exe' ;;
  esac
}

@test "docker: the host's binary is never seen inside" { no_host_binary docker; }
@test "podman: the host's binary is never seen inside" { no_host_binary podman; }
@test "cri: the host's binary is never seen inside" { no_host_binary cri; }
@test "runc: the host's binary is never seen inside" { no_host_binary runc; }
@test "crun: the host's binary is never seen inside" { no_host_binary crun; }
@test "lxc: the host's binary is never seen inside" { no_host_binary lxc; }
@test "bwrap: the host's binary is never seen inside" { no_host_binary bwrap; }

@test "a script with #!/proc/self/exe gets a sealed memfd of the stage, which does nothing" {
  shared docker plain
  self_exe
  before=$(md5sum < "$NSCTL")
  run --separate-stderr nsctl_exec "$T" -- /tmp/self-exe
  [ "$status" != 0 ]
  assert_equal "$output" ''
  # with more arguments, and with a stdin that could pass for an order
  run --separate-stderr nsctl_exec -i "$T" -- /tmp/self-exe 0 < "$NSCTL"
  [ "$status" != 0 ]
  run --separate-stderr nsctl_exec -i "$T" -- /tmp/self-exe < /dev/zero
  [ "$status" != 0 ]
  assert_equal "$(md5sum < "$NSCTL")" "$before"
  no_leaves
}

@test "the stage cannot be traced or read from inside between its start and execve" {
  # CVE-2016-9962: a root of the container, without CAP_SYS_PTRACE, opens what the newcomer holds
  shared docker plain
  helper_inside peek
  "$NSCTL" exec "$T" -- /tmp/peek > "$BATS_TEST_TMPDIR/peek" 3>&- &
  peek=$!
  wait_until 10 grep -q ready "$BATS_TEST_TMPDIR/peek"
  for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    "$NSCTL" exec "$T" -- true
  done
  "$NSCTL" exec "$T" -- touch /dev/shm/peek-end
  wait "$peek"
  run cat "$BATS_TEST_TMPDIR/peek"
  refute_output --partial 'got'
  # it can see: a process of the container itself is open to it
  assert_output --partial 'self'
}
