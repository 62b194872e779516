#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shell and exec --tools: in containers that have nothing, which stay as they are; the container's own shell is found by looking.
# A careless tool writes its busybox into the container, lets a file of the host stand there, or tries shells until one starts.

load engine

SAYS='nothing is written to the container'

shell() { timeout --foreground -k 5 60 "$NSCTL" shell "$@"; }

# rootfs_of PID: the folder of the host that is its root, as the kernel's table of mounts has it (of overlay: what is written to).
rootfs_of() {
  local line device root options
  line=$(awk '$5 == "/"' "/proc/$1/mountinfo" | tail -1)
  read -r _ _ device root _ <<< "$line"
  options=${line##* }
  if [[ $line == *' - overlay '* ]]; then
    options=${options#*upperdir=}
    printf '%s\n' "${options%%,*}"
    return
  fi
  # of the mounts of that device the one that shows it: their roots need not be the device's (a subvolume, a bind mount)
  awk -v device="$device" -v root="$root" 'BEGIN { longest = -1 }
    $3 == device {
      shown = $4 == "/" ? "" : $4
      if (length(shown) > longest && index(root "/", shown "/") == 1) {
        longest = length(shown)
        path = ($5 == "/" ? "" : $5) substr(root, longest + 1)
      }
    }
    END { print path }' /proc/self/mountinfo
}

# contents DIR: what is in it to the byte, and when each file was last touched.
contents() {
  [ -d "$1" ] || fail "no folder: $1"
  (cd "$1" && tar --sort=name --numeric-owner --xattrs --xattrs-include='*' --pax-option=delete=atime,delete=ctime -cf - . | sha256sum &&
    find . -printf '%P %y %i %m %U %G %s %T@ %C@\n' | sort | sha256sum)
}

# stays_as_it_is: everything that a person would do with tools in the current container.
stays_as_it_is() {
  local root before
  root=$(rootfs_of "$INIT")
  before=$(contents "$root")

  run -0 --separate-stderr nsctl_exec "$@" --tools "$T" -- ps
  assert_line --regexp '^ +1 .* (/sleep|sleep) 4800$'
  assert_equal "$stderr" "nsctl: ${T##*/}: running busybox from memory, $SAYS"

  # applets by name, those too that the shell has to start anew; no file of the host anywhere
  run -0 --separate-stderr shell "$@" --tools "$T" -- -c \
    'grep -c . /proc/self/status > /dev/null && cat /proc/self/comm && timeout 5 readlink /proc/self/exe; readlink /proc/$$/exe'
  assert_output $'cat\n/memfd:busybox (deleted)\n/memfd:busybox (deleted)'

  # what stands there can be written by nobody, not by its owner either
  run shell "$@" --tools "$T" -- -c 'chmod 777 /proc/self/exe; : > /proc/self/exe'
  [ "$status" != 0 ]

  running "$@" --tools "$T" -- sleep 4800
  assert_equal "$(readlink "/proc/$CHILD/exe")" '/memfd:busybox (deleted)'
  assert_equal "$(awk '$6 ~ /^\// { print $6 }' "/proc/$CHILD/maps" | sort -u)" /memfd:busybox
  assert_equal "$(cd "/proc/$CHILD/fd" && echo *)" '0 1 2'
  kill -KILL "$RUNNING"
  wait "$RUNNING" || true
  RUNNING=

  assert_equal "$(contents "$root")" "$before"
}

@test "docker: scratch, one static binary" {
  own docker tools-scratch --image scratch
  stays_as_it_is
  # the comparison sees a byte
  before=$(contents "$(rootfs_of "$INIT")")
  run -0 shell "$T" -- -c 'echo > /x; rm /x'
  [ "$(contents "$(rootfs_of "$INIT")")" != "$before" ]
}
@test "docker: scratch, read-only" {
  own docker tools-readonly --image scratch --read-only
  stays_as_it_is
}
@test "docker: scratch, drop ALL, no_new_privs, uid 65534" {
  own docker tools-locked --image scratch --cap-drop ALL --no-new-privs -u 65534:65534 --read-only
  stays_as_it_is
  run -0 --separate-stderr shell "$T" -- -c "id -u; grep -E '^(CapBnd|CapPrm|NoNewPrivs|Seccomp):' /proc/self/status"
  assert_output $'65534\nCapPrm:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2'
}
@test "rootless: scratch in a user namespace" {
  own rootless tools-rootless --image scratch
  stays_as_it_is
  stays_as_it_is -u 65534
}
@test "podman: scratch, drop ALL, no_new_privs, uid 65534" {
  own podman tools-podman --image scratch --cap-drop ALL --no-new-privs -u 65534:65534
  stays_as_it_is
}
@test "cri: scratch, drop ALL, no_new_privs, uid 65534" {
  own cri tools-cri --image scratch --cap-drop ALL --no-new-privs -u 65534:65534 --read-only --seccomp default
  run -0 --separate-stderr nsctl_exec --tools "$T" -- id -u
  assert_output 65534
  assert_equal "$stderr" "nsctl: main: running busybox from memory, $SAYS"
  before=$(contents "$(rootfs_of "$INIT")")
  run -0 --separate-stderr shell "$T" -- -c 'cat /proc/self/comm; readlink /proc/self/exe'
  assert_output $'cat\n/memfd:busybox (deleted)'
  assert_equal "$stderr" "nsctl: main has no shell: running busybox from memory, $SAYS"
  assert_equal "$(contents "$(rootfs_of "$INIT")")" "$before"
}
@test "runc: scratch, drop ALL, no_new_privs, uid 65534" {
  own runc tools-runc --image scratch --cap-drop ALL --no-new-privs -u 65534:65534 --seccomp default
  stays_as_it_is
}
@test "crun: scratch, drop ALL, no_new_privs, uid 65534" {
  own crun tools-crun --image scratch --cap-drop ALL --no-new-privs -u 65534:65534 --seccomp default
  stays_as_it_is
}
@test "a user namespace of unshare: the image stays" {
  own unshare tools-unshare --raw --user --raw --map-root-user
  root=$(image_rootfs base)
  run -0 shell --tools "$T" -- -c 'id -u; readlink /proc/self/exe'
  assert_line 0
  assert_line '/memfd:busybox (deleted)'
}

@test "without /proc inside: exec --tools runs each applet, and the shell says what it lacks" {
  own crun tools-noproc --image scratch --raw '.mounts |= map(select(.destination != "/proc"))' \
    --raw 'del(.linux.maskedPaths, .linux.readonlyPaths)'
  run -0 --separate-stderr shell "$T" -- -c 'echo a b | awk "{ print \$2 }"; ls /; type cat'
  assert_line b
  assert_line sleep
  assert_regex "$stderr" 'has no /proc: its shell does not find all applets'
  run -0 --separate-stderr nsctl_exec --tools -i "$T" -- grep -c . < /etc/passwd
  assert_output "$(grep -c . /etc/passwd)"
  run -127 shell "$T" -- -c 'cat /sleep'
}

@test "the container's own shell: the user's, else one along PATH" {
  own docker shell-own
  run -0 --separate-stderr shell -v "$T" -- -c 'echo "$0"; readlink /proc/self/exe'
  assert_output $'/bin/sh\n/bin/busybox'
  assert_equal "$(grep -v '^-v: ' <<< "$stderr")" "nsctl: ${T##*/}: running /bin/sh, the shell of root"
  # silent in a script
  run -0 --separate-stderr shell "$T" -- -c 'exit 0'
  assert_equal "$stderr" ''
  # false is nobody's shell
  run -0 --separate-stderr shell -v -u nobody "$T" -- -c 'echo "$0"; id -un'
  assert_output $'/bin/ash\nnobody'
  assert_equal "$(grep -v '^-v: ' <<< "$stderr")" "nsctl: ${T##*/}: running its /bin/ash"
  # a user without an entry, and a PATH
  run -0 shell -u 4711 -e PATH=/usr/local/bin:/bin "$T" -- -c 'echo "$0"'
  assert_output /bin/ash
  run -0 --separate-stderr shell -u 4711 -e PATH=/nosuch "$T" -- -c 'echo "$0"'
  assert_output sh
  assert_equal "$stderr" "nsctl: ${T##*/} has no shell: running busybox from memory, $SAYS"
}

@test "a shell that could not be executed is none" {
  own docker shell-broken
  nsctl_exec -i "$T" -- sh -c 'cat >> /etc/passwd
    mkdir /opt /closed
    cp /bin/busybox /opt/mine; cp /bin/busybox /opt/private; chmod 700 /opt/private
    cp /bin/busybox /closed/bash; chmod 700 /closed
    printf "#!/nosuch/interpreter\n" > /opt/script; chmod 755 /opt/script
    mkdir /opt/folder; mkfifo /opt/fifo; chmod 755 /opt/fifo; printf text > /opt/text; chmod 755 /opt/text
    cp /bin/busybox /opt/bash; chmod 644 /opt/bash; cp /bin/busybox /opt/zsh
    ln -s /opt/../../../../opt/zsh /opt/link' << 'PASSWD'
mine:x:2001:2001::/:/opt/link
private:x:2002:2002::/:/opt/private
closed:x:2003:2003::/:/closed/bash
script:x:2004:2004::/:/opt/script
folder:x:2005:2005::/:/opt/folder
fifo:x:2006:2006::/:/opt/fifo
text:x:2007:2007::/:/opt/text
missing:x:2008:2008::/:/nosuch/bash
relative:x:2009:2009::/:bin/sh
login:x:2010:2010::/:/usr/sbin/nologin
empty:x:2011:2011::/:
PASSWD
  run -0 shell -u mine --dry-run "$T"
  assert_line --regexp '^command +/opt/link$'
  run -0 shell -u private --dry-run "$T"
  assert_line --regexp '^command +/bin/ash$'
  # root may, whatever the mode says
  run -0 shell -u 0:0 -e PATH=/closed --dry-run "$T"
  assert_line --regexp '^command +/bin/sh$'
  for user in closed script folder fifo text missing relative login; do
    run -0 shell -u "$user" --dry-run "$T"
    assert_line --regexp "^command +/bin/ash$"
  done
  run -0 shell -u empty --dry-run "$T"
  assert_line --regexp '^command +/bin/sh$'
  # bash there has no mode to be executed: zsh
  run -0 shell -u 2008 -e PATH=/opt --dry-run "$T"
  assert_line --regexp '^command +/opt/zsh$'
}

@test "words, statuses, stdin" {
  shared docker plain
  run -0 shell "$T" -- -c 'echo "$@"' sh a -c b
  assert_output 'a -c b'
  run -0 shell "$T" /dev/fd/0 a <<< 'echo "$@"' # not -c: that would be nsctl's
  assert_output ''
  run -0 shell -i "$T" /dev/fd/0 a <<< 'echo "$@"'
  assert_output a
  run -7 shell "$T" -- -c 'exit 7'
  run -137 shell "$T" -- -c 'kill -9 $$'
  # without words the commands come from stdin; with words it is left alone
  run -5 --separate-stderr shell "$T" <<< 'id -un; exit 5'
  assert_output root
  run -0 bash -c 'printf "1\n2\n3\n" | while read -r n; do "$NSCTL" shell "$1" -- -c "echo $n; cat"; done' sh "$T"
  assert_output $'1\n2\n3'
  run -0 shell -i "$T" -- -c cat <<< through
  assert_output through
  run -0 shell -u app -w /tmp -e A=b "$T" -- -c 'id -un; pwd; echo "$A"'
  assert_output $'app\n/tmp\nb'
  run -125 --separate-stderr shell
  assert_equal "$stderr" $'nsctl: shell needs a target\n  nsctl shell TARGET; nsctl get containers lists the targets'
  run -125 --separate-stderr shell host
  assert_equal "${stderr%%$'\n'*}" 'nsctl: shell enters containers, and host is none'
  run -125 shell nosuch-container
}

@test "-i and -t come by themselves on a terminal" {
  [ -x /usr/bin/python3 ] || skip 'no python3'
  shared docker plain
  run_terminal --size 37x101 'expect=(running /bin/sh, the shell of root)' 'expect=[#] ' \
    'send=tty; stty size\r' 'expect=/dev/pts/[0-9]+' 'expect=(37 101)' keep=size 'send=exit 6\r' wait modes -- "$NSCTL" shell "$T"
  assert_output $'size: 37 101\nstatus 6\nmodes same'
  own docker shell-tty --image scratch
  run_terminal --size 37x101 'expect=(has no shell: running busybox from memory)' keep=said 'expect=[#] ' \
    'send=stty size\r' 'expect=(37 101)' keep=size 'send=exit 6\r' wait modes -- "$NSCTL" shell "$T"
  assert_output $'said: has no shell: running busybox from memory\nsize: 37 101\nstatus 6\nmodes same'
}

@test "--tools=FILE: another static program, and what is none" {
  own docker tools-file --image scratch
  run -0 --separate-stderr nsctl_exec --tools="$(helper self)" "$T" -- /any/name
  assert_line 'fds 0 1 2'
  assert_equal "$stderr" "nsctl: ${T##*/}: running self from memory, $SAYS"
  cp "$(helper self)" "$BATS_TEST_TMPDIR/changed"
  run -0 shell --tools="$BATS_TEST_TMPDIR/changed" "$T"
  assert_line 'fds 0 1 2'

  says() {
    run -125 --separate-stderr nsctl_exec --tools="$2" "$T" -- true
    assert_equal "${stderr%%$'\n'*}" "nsctl: $1"
  }
  cd "$BATS_TEST_TMPDIR"
  says '/bin/ls needs libraries, and those are the host'"'"'s' /bin/ls
  says '/etc/passwd is no program' /etc/passwd
  says '/dev/zero is no regular file' /dev/zero
  mkfifo fifo
  says 'fifo is no regular file' fifo
  says 'cannot read nosuch: No such file or directory' nosuch
  head -c 100 "$(helper self)" > short
  says 'short is no program' short
  sed 's/^\(.\{18\}\)./\1\xff/;q' "$(helper self)" > machine
  says 'machine is a program of another kind of machine' machine
  : > empty
  says 'empty is no program' empty
  : > $'\e[31m'
  says '\e[31m is no program' $'\e[31m'
  run -125 --separate-stderr nsctl_exec --tools= "$T" -- true
  assert_equal "${stderr%%$'\n'*}" 'nsctl: option --tools= needs a value, or no ='
}

@test "a busybox of the host that others could write, or that needs libraries, is not taken" {
  own docker tools-host --image scratch
  # in a mount namespace of its own, where another file stands in its place
  in_place() {
    unshare --mount --propagation private sh -c '
      for place in /usr/bin/busybox /bin/busybox; do [ ! -f "$place" ] || mount --bind "$1" "$place"; done
      shift; exec "$@"' sh "$@"
  }
  cp /bin/ls "$BATS_TEST_TMPDIR/dynamic"
  run -125 --separate-stderr in_place "$BATS_TEST_TMPDIR/dynamic" "$NSCTL" shell "$T"
  assert_equal "$stderr" "nsctl: ${T##*/} has no shell: there is no static busybox here whose tools could be used
  apt-get install busybox-static, or --tools=FILE for another static program"
  cp "$(busybox_static)" "$BATS_TEST_TMPDIR/writable"
  chmod 777 "$BATS_TEST_TMPDIR/writable"
  run -125 --separate-stderr in_place "$BATS_TEST_TMPDIR/writable" "$NSCTL" exec --tools "$T" -- true
  assert_equal "${stderr%%$'\n'*}" 'nsctl: there is no static busybox here whose tools could be used'
  chmod 755 "$BATS_TEST_TMPDIR/writable"
  chown 1000 "$BATS_TEST_TMPDIR/writable"
  run -125 in_place "$BATS_TEST_TMPDIR/writable" "$NSCTL" exec --tools "$T" -- true
  chown 0 "$BATS_TEST_TMPDIR/writable"
  run -0 in_place "$BATS_TEST_TMPDIR/writable" "$NSCTL" exec --tools "$T" -- true
}
