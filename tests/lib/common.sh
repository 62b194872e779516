# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What every part of the test harness stands on: messages, waiting on a condition, processes that are named by
# PID and start time, folders that are only removed below the instance's own folder, and the instance's cgroup.
#
# NSCTL_TEST_DIR is the instance's folder (a fresh mktemp -d). Everything that an instance starts is recorded in
# $NSCTL_TEST_DIR/processes as "PID START WHAT" and is ended by these two numbers, never by a name.

say() { printf '%s\n' "$*" >&2; }
die() {
  say "tests: $*"
  exit 1
}
have() { command -v "$1" > /dev/null 2>&1; }

# wait_until SECONDS COMMAND...: polls COMMAND until it succeeds; status 1 when the deadline has passed.
wait_until() {
  local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) last=''
  shift
  until "$@"; do
    [ -z "$last" ] || return 1
    # once more then: the look that has just ended may have been held up
    [ "${EPOCHREALTIME/[.,]/}" -lt "$deadline" ] || last=1
    sleep 0.05
  done
}

# ---- processes

# proc_start PID: the start time of a process in clock ticks, nothing when there is none or it is a zombie.
proc_start() {
  local stat rest
  { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
  rest=${stat##*) }
  # shellcheck disable=SC2086 # the fields after the command name are split on purpose
  set -- $rest
  [ "$1" != Z ] && [ "$1" != X ] || return 1
  printf '%s\n' "${20}"
}

# proc_is PID START: the very process still lives.
proc_is() { [ "$(proc_start "$1")" = "$2" ]; }
proc_gone() { ! proc_is "$1" "$2"; }

# proc_end PID START [SECONDS]: TERM, and KILL when it has not gone by then. A stopped process is continued.
proc_end() {
  proc_is "$1" "$2" || return 0
  kill -TERM "$1" 2> /dev/null || true
  kill -CONT "$1" 2> /dev/null || true
  wait_until "${3:-10}" proc_gone "$1" "$2" && return 0
  kill -KILL "$1" 2> /dev/null || true
  wait_until 5 proc_gone "$1" "$2" || say "tests: process $1 does not end"
}

# proc_record PID WHAT: notes a process that this instance started.
proc_record() {
  local start
  start=$(proc_start "$1") || return 1
  printf '%s %s %s\n' "$1" "$start" "$2" >> "$NSCTL_TEST_DIR/processes"
}

# proc_end_recorded WHAT...: ends what was recorded under these names.
proc_end_recorded() {
  local pid start what name
  [ -f "$NSCTL_TEST_DIR/processes" ] || return 0
  while read -r pid start what; do
    for name in "$@"; do
      [ "$what" != "$name" ] || proc_end "$pid" "$start"
    done
  done < "$NSCTL_TEST_DIR/processes"
}

# proc_recorded WHAT: prints the PID that was recorded last under that name.
proc_recorded() {
  awk -v what="$1" '$3 == what { pid = $1 } END { if (pid == "") exit 1; print pid }' "$NSCTL_TEST_DIR/processes"
}

# proc_continue WHAT: a test may have stopped it.
proc_continue() {
  local pid
  ! pid=$(proc_recorded "$1") || kill -CONT "$pid" 2> /dev/null || true
}

# proc_children PID: the children of all of its threads.
proc_children() { cat "/proc/$1/task/"*/children 2> /dev/null; }

# close_fds: closes all but 0-2, so that a daemon holds no pipe of the test runner open.
close_fds() {
  local fd
  for fd in "/proc/$BASHPID/fd/"*; do
    fd=${fd##*/}
    [ "$fd" -le 2 ] || eval "exec $fd>&-" 2> /dev/null || true
  done
}

# background WHAT LOG COMMAND...: starts a recorded process in a session of its own and in the instance's cgroup.
background() {
  local what=$1 log=$2 pid
  shift 2
  (
    close_fds
    leash "$BASHPID"
    exec setsid -- "$@" < /dev/null > "$log" 2>&1
  ) &
  pid=$!
  disown "$pid" 2> /dev/null || true
  # A process that ends at once is the caller's to notice: it looks at what the process should have made.
  proc_record "$pid" "$what" || true
  printf '%s\n' "$pid" > "$NSCTL_TEST_DIR/$what.started"
}

# ---- cgroups: the daemons of an instance sit in one cgroup of their own, so that what they leave is found by it

# leash_root: the hierarchy that only groups processes: v1 name=systemd, else v2.
leash_root() {
  if [ -d /sys/fs/cgroup/systemd ]; then
    echo /sys/fs/cgroup/systemd
  else
    echo /sys/fs/cgroup
  fi
}

# instance_cgroup: the name of the instance's cgroup below each hierarchy's root.
instance_cgroup() {
  local base=${NSCTL_TEST_DIR##*/}
  printf 'nsctl-test-%s\n' "${base##*.}"
}

leash() {
  local dir
  dir=$(leash_root)/$(instance_cgroup)/daemons
  mkdir -p "$dir" && echo "$1" > "$dir/cgroup.procs"
} 2> /dev/null

# leash_continue: what a test has stopped goes on, or nothing could be asked of it.
leash_continue() {
  local pid
  [ -f "$(leash_root)/$(instance_cgroup)/daemons/cgroup.procs" ] || return 0
  while read -r pid; do
    kill -CONT "$pid" 2> /dev/null || true
  done < "$(leash_root)/$(instance_cgroup)/daemons/cgroup.procs"
}

# leash_end: ends every process that is still in a cgroup of the instance.
leash_end() {
  local dir pid start
  for dir in /sys/fs/cgroup/*/"$(instance_cgroup)" /sys/fs/cgroup/"$(instance_cgroup)"; do
    [ -d "$dir" ] || continue
    cgroup_thaw "$dir"
    find "$dir" -name cgroup.procs -exec cat {} + 2> /dev/null | sort -un | while read -r pid; do
      [ "$pid" != "$$" ] || continue
      start=$(proc_start "$pid") || continue
      kill -KILL "$pid" 2> /dev/null || true
      wait_until 5 proc_gone "$pid" "$start" || true
    done
    cgroup_remove "$dir"
  done
}

cgroup_thaw() {
  find "$1" -name freezer.state -exec sh -c 'echo THAWED > "$1"' _ {} \; 2> /dev/null || true
  find "$1" -name cgroup.freeze -exec sh -c 'echo 0 > "$1"' _ {} \; 2> /dev/null || true
}

# cgroup_empty NAME: no process is in it or below it, in any hierarchy.
cgroup_empty() {
  local dir
  for dir in /sys/fs/cgroup/*/"$1" /sys/fs/cgroup/"$1"; do
    [ ! -d "$dir" ] || [ -z "$(find "$dir" -name cgroup.procs -exec cat {} + 2> /dev/null)" ] || return 1
  done
}

# cgroup_remove DIR: a cgroup and all below it, the lowest first.
cgroup_remove() { find "$1" -depth -type d -exec rmdir {} \; 2> /dev/null || true; }

# hugetlb_mount: crun refuses a hybrid hierarchy while v2 keeps a controller; hugetlb is the one that many machines leave
# there. Mounted as v1 under a source name of our own, so that it is known for ours; each instance keeps a cgroup in it.
hugetlb_mount() {
  [ -d /sys/fs/cgroup/unified ] || return 0
  if grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers; then
    mkdir -p /sys/fs/cgroup/hugetlb
    mount -t cgroup -o hugetlb nsctl-test /sys/fs/cgroup/hugetlb || return 1
  fi
  ! mountpoint -q /sys/fs/cgroup/hugetlb || mkdir -p "/sys/fs/cgroup/hugetlb/$(instance_cgroup)"
}

# hugetlb_unmount: by the last instance that goes.
hugetlb_unmount() {
  grep -q '^nsctl-test /sys/fs/cgroup/hugetlb ' /proc/self/mounts || return 0
  [ -z "$(find /sys/fs/cgroup/hugetlb -mindepth 1 -maxdepth 1 -type d -print -quit)" ] || return 0
  umount /sys/fs/cgroup/hugetlb && rmdir /sys/fs/cgroup/hugetlb
}

# ---- folders

# unmount_below DIR: whatever is mounted below a folder of the instance, the lowest first.
unmount_below() {
  local dir point
  dir=$(realpath -e -- "$1") || return 0
  inside_instance "$dir" || die "refusing to unmount below $dir"
  # mountinfo writes a space as \040; the instance's own paths have none.
  awk -v dir="$dir/" 'index($5 "/", dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r point; do
    umount -- "$(printf '%b' "$point")" 2> /dev/null || umount -l -- "$(printf '%b' "$point")" || true
  done
}

# inside_instance PATH: its real path is below the instance's folder or is the folder.
inside_instance() {
  local real home
  home=$(realpath -e -- "$NSCTL_TEST_DIR") || return 1
  case ${home##*/} in
    nsctl-?*.??????) ;;
    *) return 1 ;;
  esac
  real=$(realpath -e -- "$1") || return 1
  [ "$real" = "$home" ] || [ "${real#"$home"/}" != "$real" ]
}

# remove_below PATH: removes a file or folder of the instance, on its own file system only.
remove_below() {
  [ -e "$1" ] || return 0
  inside_instance "$1" || die "refusing to remove $1: it is not below the instance's folder"
  unmount_below "$1"
  rm -rf --one-file-system -- "$1"
}

# instance_new [FOLDER-PREFIX]: makes NSCTL_TEST_DIR.
instance_new() {
  NSCTL_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/nsctl-${1:-engines}.XXXXXX") || return 1
  # The rootless engine's user has to pass through; it can list nothing.
  chmod 0711 "$NSCTL_TEST_DIR"
  export NSCTL_TEST_DIR
  : > "$NSCTL_TEST_DIR/processes"
}
