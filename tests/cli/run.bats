#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run: what a sandbox is, from the options of a command line.

load ../lib/bats
load ../lib/sandbox

setup() {
  sandbox_setup
  case $BATS_TEST_DESCRIPTION in
    usage:*) ;;
    *) sandbox_require ;;
  esac
}
teardown() { sandbox_teardown; }

# ---- the command line

@test "usage: a command or a manifest, one of them" {
  run -125 --separate-stderr "$NSCTL" run
  assert_equal "$stderr" $'nsctl: run needs a command, or a manifest with -f\n  nsctl run -it -- sh'
  run -125 --separate-stderr "$NSCTL" run -f pod.yaml --user 1
  [[ $stderr == 'nsctl: --user does not go with -f: it stands in the manifest'* ]]
  run -125 --separate-stderr "$NSCTL" run -dt -- sh
  [[ $stderr == 'nsctl: -d leaves no one behind for -t'* ]]
}

@test "usage: names, users, capabilities, folders" {
  run -125 --separate-stderr "$NSCTL" run --name a/b -- true
  [[ $stderr == 'nsctl: a/b: not a name for a sandbox'* ]]
  run -125 --separate-stderr "$NSCTL" run --user 4294967296 -- true
  [[ $stderr == 'nsctl: '*4294967296* ]]
  run -125 --separate-stderr "$NSCTL" run --user nosuchuser -- true
  [[ $stderr == 'nsctl: '*nosuchuser* ]]
  run -125 --separate-stderr "$NSCTL" run --cap-add SYS_TIEM -- true
  assert_equal "$stderr" $'nsctl: unknown capability "SYS_TIEM"\n  did you mean SYS_TIME?'
  run -125 --separate-stderr "$NSCTL" run -w usr -- true
  [[ $stderr == 'nsctl: the working directory must begin at /: usr'* ]]
  run -125 --separate-stderr "$NSCTL" run -e =x -- true
  [[ $stderr == 'nsctl: no name of a variable: =x'* ]]
  run -125 --separate-stderr "$NSCTL" run --rootfs /nosuch -- true
  [[ $stderr == 'nsctl: --rootfs /nosuch: No such file or directory'* ]]
}

@test "the status is the command's own" {
  run -7 "$NSCTL" run -- sh -c 'exit 7'
  run -0 "$NSCTL" run true
  run -127 --separate-stderr "$NSCTL" run -- nosuchcommand
  [[ $stderr == 'nsctl: nosuchcommand: command not found'* ]]
  run -126 --separate-stderr "$NSCTL" run -- /etc
  assert_equal "$stderr" $'nsctl: /etc: Permission denied\n  it is a directory'
  run -125 --separate-stderr "$NSCTL" run -w /nosuch -- true
  [[ $stderr == 'nsctl: sandbox-'*': cannot change to the working directory /nosuch: No such file or directory' ]]
}

@test "a directory among 0 to 2 is no way out: it is refused" {
  run -125 --separate-stderr bash -c '"$NSCTL" run -i -- cat /proc/self/fd/0/../../etc/hostname < /usr/lib'
  assert_equal "$stderr" $'nsctl: standard input is a directory\n  through it the command could reach the host\'s files'
  assert_equal "$output" ''
  run -125 bash -c '"$NSCTL" run -- cat /proc/self/fd/2/../../etc/hostname 2< /usr/lib'
  assert_output ''
  run -0 "$NSCTL" run -- readlink /proc/self/fd/0 < /usr/lib
  assert_output /dev/null
}

# ---- what it is

@test "PID 1 in namespaces of its own" {
  run -0 "$NSCTL" run -- sh -c 'echo $$; for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done'
  assert_equal "${lines[0]}" 1
  for line in "${lines[@]:1}"; do
    assert_not_equal "$line" "$(readlink "/proc/self/ns/${line%%:*}")"
  done
  assert_equal ${#lines[@]} 7
}

@test "root with the default capabilities, nsctl-default, no more" {
  run -0 "$NSCTL" run -- grep -E '^(Uid|Gid|Umask|Cap|NoNewPrivs|Seccomp)' /proc/self/status
  assert_output "$(printf '%s\n' 'Umask:	0022' 'Uid:	0	0	0	0' 'Gid:	0	0	0	0' 'CapInh:	0000000000000000' \
    'CapPrm:	00000000a80425fb' 'CapEff:	00000000a80425fb' 'CapBnd:	00000000a80425fb' 'CapAmb:	0000000000000000' \
    'NoNewPrivs:	0' 'Seccomp:	2' 'Seccomp_filters:	1')"
  run -1 "$NSCTL" run -- unshare -m true
  run ! "$NSCTL" run -- mount -t tmpfs none /tmp
}

@test "--cap-add, --cap-drop, --privileged" {
  caps() { "$NSCTL" run "$@" -- sed -n 's/^CapEff:\t//p' /proc/self/status; }
  assert_equal "$(caps --cap-add NET_ADMIN --cap-add cap_sys_time)" 00000000aa0435fb
  assert_equal "$(caps --cap-drop ALL)" 0000000000000000
  assert_equal "$(caps --cap-drop ALL --cap-add NET_BIND_SERVICE)" 0000000000000400
  assert_equal "$(caps --cap-drop NET_RAW,MKNOD)" 00000000a00405fb
  own=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
  [ "$(id -u)" != 0 ] || assert_equal "$(caps --privileged 2> /dev/null)" "$own"
  run -0 --separate-stderr "$NSCTL" run --privileged -- grep Seccomp: /proc/self/status
  assert_output 'Seccomp:	0'
}

@test "--user: by name and number, groups from the root's own files" {
  run -0 "$NSCTL" run --user nobody -- id
  assert_output "$(id nobody)"
  run -0 "$NSCTL" run --user 1010:7 -- id
  [[ $output == 'uid=1010'*' gid=7'* ]]
  run -0 "$NSCTL" run -u 54321 -- sh -c 'echo $HOME; whoami || echo $?'
  assert_line --index 0 /
  assert_line --index -1 1
}

@test "a capability that a user cannot hold is said" {
  run -0 --separate-stderr "$NSCTL" run --name box --user 1010 --cap-add NET_ADMIN -- sed -n 's/^Cap[EB].*:\t//p' /proc/self/status
  assert_equal "$output" $'0000000000000000\n00000000a80435fb'
  assert_equal "$stderr" \
    'nsctl: box: NET_ADMIN: granted, not usable: uid 1010 is not root, and execve leaves it the bounding set only'
}

@test "environment, working directory, host name" {
  run -0 env A=mine B=mine "$NSCTL" run --hostname h1 -e A=b -e B -e NOSUCHVARIABLE -w /usr -- sh -c 'env; uname -n; pwd'
  assert_output "$(printf '%s\n' A=b B=mine HOME=/root HOSTNAME=h1 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=/usr h1 /usr)" ||
    assert_equal "$(sort <<< "$output")" "$(printf '%s\n' /usr A=b B=mine h1 HOME=/root HOSTNAME=h1 \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=/usr | sort)"
  assert_equal "$(uname -n)" "$(cat /proc/sys/kernel/hostname)"
}

@test "the root is read-only, all of it; /tmp, /run and /dev are its own" {
  run -0 "$NSCTL" run -- sh -c 'for d in / /usr /etc /var /sys /proc/sys/kernel; do
      touch $d/nsctl-test 2> /dev/null && echo "can write $d"; done
    for d in /tmp /run /dev/shm; do ls -A $d; touch $d/x || echo "cannot write $d"; done; true'
  assert_output ''
  run -0 "$NSCTL" run -- sh -c "ls /dev | tr '\n' ' '; ls -A /dev/pts; cat /dev/null; ls /sys/class/net"
  assert_output $'fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ptmx\nlo'
  # nothing else of the host is mounted in sight
  run -0 "$NSCTL" run -- sh -c "grep -c ' /tmp/' /proc/self/mounts || true"
  [ "$(id -u)" != 0 ] || assert_output 0
}

@test "a device node made inside opens nothing" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to make a device node'
  run -0 "$NSCTL" run -- sh -c 'for d in /tmp /run /dev /dev/shm; do
    mknod $d/n c 1 3 && (: < $d/n) 2> /dev/null && echo "opened $d/n"; done; true'
  assert_output ''
}

@test "what docker hides of /proc is hidden, unless --privileged" {
  run -0 "$NSCTL" run -- sh -c 'for f in keys timer_list interrupts; do [ ! -f /proc/$f ] || cat /proc/$f; done; ls -A /proc/acpi /proc/scsi 2> /dev/null | grep -v : || true'
  assert_output ''
  run ! "$NSCTL" run -- sh -c 'echo 1 > /proc/sys/kernel/printk'
  run -0 --separate-stderr "$NSCTL" run --privileged -- sh -c 'grep -c " /proc/" /proc/self/mounts || true'
  assert_output 0
}

@test "--rootfs shows another folder, read-only too" {
  busybox=$(command -v busybox) || skip 'needs busybox'
  root=$BOXES/root
  mkdir -p "$root"/{bin,dev,etc,proc,run,sys,tmp}
  cp "$busybox" "$root/bin/busybox" && ln -s busybox "$root/bin/sh"
  "$root/bin/busybox" true
  printf 'app:x:7:8::/home/app:/bin/sh\n' > "$root/etc/passwd"
  run -0 "$NSCTL" run --rootfs "$root" -u app -- sh -c 'busybox id -u; busybox id -g; echo $HOME; busybox ls / | busybox tr "\n" " "'
  assert_output $'7\n8\n/home/app\nbin dev etc proc run sys tmp '
  run ! "$NSCTL" run --rootfs "$root" -- busybox touch /etc/x
  rmdir "$root/proc"
  run -125 --separate-stderr "$NSCTL" run --name box --rootfs "$root" -- sh
  assert_equal "$stderr" $'nsctl: box: cannot set up the sandbox: /proc: No such file or directory\n  '"$root has no /proc for it to stand on"
}

# ---- what goes in and out

@test "nothing but 0, 1 and 2 is open inside" {
  run -0 "$NSCTL" run -- sh -c 'ls /proc/self/fd | wc -l' 7< /etc/passwd # ls has its folder open besides
  assert_output 4
}

@test "stdin: /dev/null, or with -i all of it" {
  run -0 "$NSCTL" run -- readlink /proc/self/fd/0 < /etc/passwd
  assert_output /dev/null
  run -3 bash -c 'seq 1 200000 | "$NSCTL" run -i -- sh -c "cat; exit 3" | tail -n 1; exit ${PIPESTATUS[1]}'
  assert_output 200000
}

@test "-t gives it a terminal, as /dev/console" {
  command -v script > /dev/null || skip 'needs script'
  run -0 script -qec "'$NSCTL' run -it -- sh -c 'tty; stty size; [ -t 0 ] && [ -t 2 ] && echo yes'" /dev/null
  assert_output --partial /dev/console
  assert_line $'yes\r'
}

# ---- how it lives and ends

@test "-d prints the name once it runs; exec finds it; kill ends it" {
  run -0 --separate-stderr "$NSCTL" run --name box -d -- sleep 300
  assert_equal "$output" box
  pid=$(box_pid box)
  run -0 --separate-stderr "$NSCTL" exec box -- cat /proc/1/comm
  assert_equal "$output" sleep
  run -0 "$NSCTL" get co box -o name
  assert_output nsctl/box
  run -0 "$NSCTL" kill box
  assert_output ''
  wait_until 20 nothing_left box "$pid"
  run -125 "$NSCTL" exec box -- true
}

@test "-d says why it could not start, and leaves nothing" {
  run -127 --separate-stderr "$NSCTL" run --name box -d -- nosuchcommand
  assert_equal "$output" ''
  [[ $stderr == 'nsctl: nosuchcommand: command not found'* ]]
  [ ! -e "$BOXES/state/box" ]
}

@test "a name that is in use is refused, one that is left over is taken" {
  "$NSCTL" run --name box -d -- sleep 300
  run -125 --separate-stderr "$NSCTL" run --name box -- true
  assert_equal "$stderr" $'nsctl: box: a sandbox of that name is there already\n  choose another --name, or end it: nsctl kill nsctl/box'
  mkdir "$BOXES/state/old"
  printf '{"version":1,"name":"old","pid":%d,"start":1}\n' $$ > "$BOXES/state/old/state.json"
  run -0 "$NSCTL" run --name old -- echo taken
  assert_output taken
  [ ! -e "$BOXES/state/old" ]
}

@test "exec into it is confined as its init, the config says it" {
  "$NSCTL" run --name box --user 1010 --cap-add SYS_TIME -d -- sleep 300 2> /dev/null
  fields='^(Uid|Gid|Groups|Umask|CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp|Seccomp_filters):'
  run -0 "$NSCTL" exec box -- grep -E "$fields" /proc/self/status
  inner=$output
  run -0 "$NSCTL" exec box -- grep -E "$fields" /proc/1/status
  assert_equal "$inner" "$output"
  assert_equal ${#lines[@]} 12
  run -0 "$NSCTL" exec box -- sh -c 'readlink /proc/self/ns/* | sort | md5sum; readlink /proc/1/ns/* | sort | md5sum'
  assert_equal "${lines[0]}" "${lines[1]}"
}

@test "what joined root's sandbox is known as that to others too: no record of it is kept in the folder that they cannot open" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to become another user'
  cp -- "$NSCTL" "$BOXES/nsctl"
  "$NSCTL" run -d --name seen --user 65533:65533 -- sleep 600
  nsenter -t "$(box_pid seen)" -m -p -S 65533 -G 65533 sleep 601 < /dev/null > /dev/null 2>&1 3>&- &
  "$NSCTL" exec seen -- sleep 602 < /dev/null > /dev/null 2>&1 3>&- &
  of_others() {
    setpriv --reuid 65533 --regid 65533 --clear-groups "$BOXES/nsctl" ps nsctl/seen --columns SESSION,COMMAND --no-headers 2> /dev/null
  }
  is_seen() { of_others | grep -q " $1\$"; }
  wait_until 10 is_seen 'sleep 601'
  wait_until 10 is_seen 'sleep 602'
  run of_others
  assert_line --regexp '^main +sleep 600$'
  assert_line --regexp '^joined +sleep 601$'
  assert_line --regexp '^exec +sleep 602$'
}

@test "TERM, INT and HUP end it at once when its init has no handler" {
  for signal in TERM INT HUP; do
    "$NSCTL" run --name box -d -- sleep 300
    pid=$(box_pid box) watcher=$(box_watcher box)
    kill -s "$signal" "$watcher"
    wait_until 20 nothing_left box "$pid"
  done
}

@test "a handler is waited for, 2 seconds" {
  background_run "$NSCTL" run --name box -- sh -c 'trap "exit 5" TERM; sleep 300 & : > /tmp/ready; wait'
  wait_until 20 "$NSCTL" exec box -- test -e /tmp/ready
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  assert_equal "$status" 5
  background_run "$NSCTL" run --name box -- sh -c 'trap : TERM; : > /tmp/ready; while :; do sleep 0.05; done'
  wait_until 20 "$NSCTL" exec box -- test -e /tmp/ready
  begin=$SECONDS
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  assert_equal "$status" 137
  [ $((SECONDS - begin)) -ge 1 ] && [ $((SECONDS - begin)) -le 9 ]
}

@test "what its init leaves ends with it" {
  run -0 "$NSCTL" run --name box -- sh -c "setsid sleep 7$$ & exit 0"
  [ ! -e "$BOXES/state/box" ]
  run ! pgrep -x -f "sleep 7$$"
}

@test "kill -9 of the one who watches ends everything" {
  "$NSCTL" run --name box -d -- sh -c 'setsid sleep 300 & sleep 300'
  pid=$(box_pid box)
  kill -KILL "$(box_watcher box)"
  wait_until 20 nothing_left box "$pid"
  background_run "$NSCTL" run --name box -- sleep 300
  wait_until 20 test -e "$BOXES/state/box/state.json"
  inner=$(box_pid box)
  kill -KILL "$pid"
  wait_until 20 nothing_left box "$inner"
}

@test "kill -9 of its guard ends everything" {
  "$NSCTL" run --name box -d -- sleep 300
  pid=$(box_pid box)
  kill -KILL "$(parent_of "$pid")"
  wait_until 20 nothing_left box "$pid"
}

@test "--dry-run starts nothing" {
  run -0 "$NSCTL" run --dry-run --name box --user 1010 -- sleep 300
  assert_line 'sandbox       box'
  assert_line 'root          /, read-only'
  assert_line --partial 'user          uid 1010, gid 0'
  [ ! -e "$BOXES/state/box" ]
}

@test "without newer kernel calls it is the same" {
  for without in mount_setattr clone3 pidfd close_range cgroup2 cgroup.kill openat2 \
    mount_setattr,clone3,pidfd,close_range,cgroup2,nsfs,openat2; do
    export NSCTL_WITHOUT=$without
    run -9 "$NSCTL" run -- sh -c 'touch /etc/x 2> /dev/null || exit 9'
    "$NSCTL" run --name box -d -- sleep 300
    pid=$(box_pid box)
    run -0 "$NSCTL" exec box -- sed -n 's/^Seccomp:\t//p' /proc/self/status
    assert_output 2
    kill -KILL "$(box_watcher box)"
    wait_until 20 nothing_left box "$pid"
    unset NSCTL_WITHOUT
  done
}

@test "a state folder that cannot be made is named, with a way out" {
  touch "$BOXES/file"
  run -125 --separate-stderr env NSCTL_ROOT= "$NSCTL" --root "nsctl=$BOXES/file/state" run -- true
  assert_equal "$stderr" "nsctl: $BOXES/file: Not a directory
  --root nsctl=DIR keeps the state of sandboxes elsewhere" ||
    [[ $stderr == "nsctl: $BOXES/file"*$'\n  --root nsctl=DIR keeps the state of sandboxes elsewhere' ]]
}

# ---- not root

@test "an ordinary user: root inside, oneself outside" {
  nobody_require
  cd /
  run -0 "${NOBODY[@]}" run -- sh -c 'id -u; echo $$; cat /proc/self/uid_map; touch /tmp/x; stat -c %u /tmp/x; touch /etc/x 2> /dev/null || echo no'
  assert_equal "${lines[0]}" 0
  assert_equal "${lines[1]}" 1
  assert_equal "${lines[2]//[[:space:]]/}" 0655341
  assert_equal "${lines[3]}" 0
  assert_equal "${lines[4]}" no
  run -0 "${NOBODY[@]}" run --user 1010 --name box -d -- sleep 300
  pid=$(box_pid box nobody)
  assert_equal "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" 65534
  run -0 "${NOBODY[@]}" exec box -- sh -c 'id -u; sed -n "s/^CapBnd:\t//p" /proc/self/status'
  assert_output $'1010\n00000000a80425fb'
  kill -KILL "$(box_watcher box nobody)"
  wait_until 20 nothing_left box "$pid"
}

@test "an ordinary user who may not raise a limit: a note, and the command runs" {
  nobody_require
  cd /
  run -0 prlimit --nofile=1024:4096 "${NOBODY[@]}" run --name box -d -- sleep 300
  # nothing of it is set: the soft one, which is lower, neither
  run -0 --separate-stderr prlimit --nofile=2048:2048 "${NOBODY[@]}" exec box -- sh -c 'ulimit -Sn; ulimit -Hn'
  assert_output $'2048\n2048'
  assert_equal "$stderr" 'nsctl: box: cannot set a limit: Operation not permitted'
}

@test "an ordinary user where user namespaces are turned off: the reason" {
  nobody_require
  cd /
  # a limit of a user namespace and of those below it, so only of what runs in this one
  # shellcheck disable=SC2016 # for the shell in it
  run -125 --separate-stderr "${NOBODY[@]::${#NOBODY[@]}-1}" unshare --user --map-root-user sh -c \
    'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-sys_admin "$@"' sh "$BOXES/nsctl" run --name box -- true
  assert_equal "$stderr" 'nsctl: box: cannot make its namespaces: No space left on device
  user namespaces are turned off here: user.max_user_namespaces is 0
  root may allow them (sysctl user.max_user_namespaces=10000), or run nsctl as root'
}

@test "in a plain chroot, whose root is no mount point" {
  [ "$(id -u)" = 0 ] || skip 'needs root, to mount and chroot'
  mkdir "$BOXES/jail"
  cp -- "$NSCTL" "$BOXES/jail/nsctl"
  # below a mount that is shared, as systemd has them: nothing of it may come out there
  # shellcheck disable=SC2016 # for the shell in it
  run -0 --separate-stderr unshare --mount --propagation private sh -ec '
    mount --bind "$1" "$1"
    mount --make-shared "$1"
    cd "$1/jail"
    for d in bin sbin lib lib64 usr etc proc dev sys; do
      if [ -L /$d ]; then cp -P /$d .; elif [ -d /$d ]; then mkdir $d; mount --rbind /$d $d; fi
    done
    mkdir tmp run state
    export NSCTL_ROOT=nsctl=:nsctl=/state
    trap "chroot . /nsctl kill jailed 2> /dev/null || true" EXIT
    before=$(cat /proc/self/mountinfo)
    chroot . /nsctl run --name jailed -d -- sleep 4800
    [ "$(cat /proc/self/mountinfo)" = "$before" ] || echo "mounts have come out"
    chroot . /nsctl exec jailed -- sh -c "head -1 /proc/1/comm; ls -d /nsctl /state /nsctl-test-nosuch; touch /x /state/x; true"
    chroot . /nsctl exec --privileged jailed -- nsenter --mount=/proc/self/ns/mnt ls -A /
  ' sh "$BOXES"
  assert_line --index 1 sleep
  assert_line --index 2 /nsctl
  assert_line --index 3 /state
  refute_output --partial 'come out'
  [ "$(grep -c 'Read-only file system' <<< "$stderr")" = 2 ] || fail "$stderr"
  # the way out of a chroot leads into the sandbox again: its root is its mount namespace's
  assert_equal "$(printf '%s\n' "${lines[@]:4}")" "$(ls -A "$BOXES/jail")"
}
