# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Loaded by the files of this folder: `load engine`. Containers that several files share, helper programs, comparisons.

load ../lib/bats

OWNED=() RUNNING='' TOKEN=''

# The twelve fields of /proc/PID/status that say who a process is and what holds it.
FIELDS='Uid Gid Groups Umask CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Seccomp_filters'

# ---- containers that are started once and used by every file: nothing may pause, end or fill them

# shared ENGINE KIND: sets ENGINE, NAME and T (the target), and starts the container if it does not run yet. Kinds: plain, an
# image's root under the default profile; user, another user with groups, capabilities and no_new_privs of its own.
shared() {
  local record pid start options=()
  engine_require "$1"
  ENGINE=$1
  NAME=shared-$2
  case $1 in
    podman-runc) NAME=$NAME-runc ;;
    rootless) NAME=$NAME-rootless ;;
    # found by its monitor, whoever's instance that is
    lxc) NAME=$NAME-$(lxc_suffix) ;;
  esac
  record=$NSCTL_TEST_DIR/shared/$1.$2
  mkdir -p "$NSCTL_TEST_DIR/shared"
  if read -r pid start T 2> /dev/null < "$record" && proc_is "$pid" "$start"; then
    INIT=$pid
    return 0
  fi
  mapfile -t options < <("shared_$2" "$1")
  start_anew "${options[@]}"
  printf '%s %s %s\n' "$INIT" "$(proc_start "$INIT")" "$T" > "$record"
}

shared_plain() {
  case $1 in
    cri | containerd | runc | crun) printf '%s\n' --seccomp default ;;
  esac
  printf '%s\n' -e INSIDE=yes
}

shared_user() {
  local limits='.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 512, hard: 600}]'
  case $1 in
    containerd) printf '%s\n' --image pg --cap-add SYS_TIME --seccomp default ;;
    lxc)
      printf '%s\n' -u 1000:1000 --no-new-privs --group-add 3000 --cap-drop CHOWN
      printf '%s\n' --raw 'lxc.proc.oom_score_adj = 321' --raw 'lxc.prlimit.nofile = 512:600'
      ;;
    *) printf '%s\n' -u 1000:1000 --cap-add SYS_TIME --cap-drop CHOWN --no-new-privs --group-add 3000 ;;
  esac
  case $1 in
    docker) printf '%s\n' --raw --oom-score-adj=321 --raw --ulimit=nofile=512:600 ;;
    podman | podman-runc | rootless) printf '%s\n' --raw --oom-score-adj=321 --raw --ulimit=nofile=512:600 --raw --umask=0027 ;;
    cri) printf '%s\n' --seccomp default ;;
    runc | crun)
      printf '%s\n' --seccomp default --raw "$limits" --raw '.process.oomScoreAdj = 321' --raw '.process.user.umask = 23'
      ;;
  esac
}

lxc_suffix() { instance_cgroup | sed 's/.*-//'; }

# ---- a container of one test's own

# own ENGINE NAME [OPTION...] [-- COMMAND...]: starts it and sets ENGINE, NAME, T and INIT; `ended` removes it.
own() {
  engine_require "$1"
  ENGINE=$1 NAME=$2
  [ "$1" != lxc ] || NAME=$NAME-$(lxc_suffix)
  shift 2
  OWNED+=("$ENGINE $NAME")
  start_anew "$@"
}

# start_twice ENGINE NAME [OPTION...]: prints its target. One of that name that is there already has ended, or was left by a run that was
# killed; and a busy daemon may refuse it once.
start_twice() {
  local errors=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/start.err
  container_start "$@" 2> "$errors" && return
  container_stop "$1" "$2" > /dev/null 2>&1 || true
  container_start "$@" || {
    cat "$errors" >&2
    return 1
  }
}

# start_anew [OPTION...]: sets T and INIT.
start_anew() {
  T=$(start_twice "$ENGINE" "$NAME" "$@")
  INIT=$(container_pid "$ENGINE" "$NAME")
  wait_until 20 init_has_begun "$INIT"
}

# init_has_begun PID: until it executes the container's command it is the runtime, which may not have taken all rights away.
init_has_begun() { [[ $(cat "/proc/$1/comm" 2> /dev/null) != @(runc*|*crun*|lxc-*) ]]; }

# shown_name: how messages call the current container.
shown_name() {
  case $ENGINE in
    cri) echo main ;;
    bwrap | unshare) cat "/proc/$INIT/comm" ;;
    *) container_name "$NAME" ;;
  esac
}

# disowned: removes it now.
disowned() {
  local item
  for item in "${OWNED[@]}"; do
    # shellcheck disable=SC2086 # engine and name
    container_unpause $item > /dev/null 2>&1 || true
    # shellcheck disable=SC2086
    container_stop $item > /dev/null 2>&1 || true
  done
  OWNED=()
}

# ---- helper programs: tests/helpers/NAME.c, static, built once an instance

# helper NAME: prints the path of the program.
helper() {
  local path=$NSCTL_TEST_DIR/helpers/$1 cc
  if [ ! -x "$path" ]; then
    mkdir -p "${path%/*}"
    for cc in musl-gcc "${CC:-cc}"; do
      ! have "$cc" || "$cc" -static -O1 -idirafter /usr/include -idirafter "/usr/include/$(uname -m)-linux-gnu" \
        -o "$path.$BASHPID" "$TESTS/helpers/$1.c" 2> "$path.log" && break
    done
    [ -f "$path.$BASHPID" ] || {
      cat "$path.log" >&2
      return 1
    }
    mv "$path.$BASHPID" "$path"
  fi
  printf '%s\n' "$path"
}

# helper_inside NAME: puts it into the current container as /tmp/NAME.
helper_inside() {
  local path
  path=$(helper "$1") || return 1
  case $ENGINE in
    # read-only, and straight on the image's folder
    runc | crun)
      install -m 0755 "$path" "$(image_rootfs base)/tmp/$1"
      return
      ;;
  esac
  # shellcheck disable=SC2016 # the inner shell's
  "$NSCTL" exec -i -u 0 "$T" -- sh -c '[ -x "/tmp/$1" ] || { cat > "/tmp/$1.$$" && chmod 755 "/tmp/$1.$$" && mv "/tmp/$1.$$" "/tmp/$1"; }' \
    sh "$1" < "$path"
}

# ---- comparisons

# fields: the twelve of a status on stdin, one a line, white space made plain.
fields() {
  local wanted=" $FIELDS " name rest
  while IFS=: read -r name rest; do
    # shellcheck disable=SC2086 # white space is made plain on purpose
    [[ $wanted != *" $name "* ]] || echo "$name:" $rest
  done
}

# status_of PID: the twelve fields of a process, by the host's /proc. In one read: line by line the text can shift meanwhile.
status_of() { fields <<< "$(cat "/proc/$1/status")"; }

# namespaces_of PID: their inodes.
namespaces_of() { (cd "/proc/$1/ns" && stat -L -c '%n %i' cgroup ipc mnt net pid time user uts); }

# nsctl_exec ARG...: nsctl exec [OPTION...] on the current container; a limit of time so that nothing can hang the suite.
nsctl_exec() { timeout --foreground -k 5 60 "$NSCTL" exec "$@"; }

# ---- a command that runs

# running [OPTION...] -- COMMAND...: starts nsctl exec in the background, with stdin at its end. Sets RUNNING (nsctl's PID) and CHILD (the
# command's host PID) once the command has begun.
running() {
  local file=$BATS_TEST_TMPDIR/pid.$RANDOM
  # a job in the background ignores INT and QUIT, and nsctl would leave that so
  env --default-signal=INT,QUIT "$NSCTL" exec --pid-file "$file" "$@" < /dev/null > "$file.out" 2> "$file.err" 3>&- &
  RUNNING=$!
  OUT=$file.out ERR=$file.err
  wait_until 20 [ -s "$file" ] || {
    cat "$ERR" >&2
    return 1
  }
  read -r CHILD < "$file"
  # the file is written before execve
  wait_until 20 has_begun || fail "the command has not begun: $(cat "$ERR")"
}
has_begun() { ! proc_start "$CHILD" > /dev/null || [[ $(readlink "/proc/$CHILD/exe") != *nsctl-stage* ]]; }

# finished: waits for nsctl; its status. Killed after 30 s, so that nothing can hang the suite.
finished() {
  wait_until 30 not_running || kill -KILL "$RUNNING"
  wait "$RUNNING"
}
not_running() { ! proc_start "$RUNNING" > /dev/null; }

# ended: ends what a test has started, and removes its containers; for teardown.
ended() {
  if [ -n "${RUNNING-}" ]; then
    kill -KILL "$RUNNING" 2> /dev/null || true
    wait "$RUNNING" 2> /dev/null || true
    RUNNING=
  fi
  if [ -n "${TOKEN-}" ]; then end_all "$TOKEN"; fi
  TOKEN=
  disowned
}

teardown() { ended; }

# ---- processes by a token: an argument that nothing else on the machine has

# token: a number of seconds for sleep that no other test uses.
token() { printf '%d%05d%05d\n' 4 $((BASHPID % 100000)) "$RANDOM"; }

# alive TOKEN: prints the host PIDs of the processes that have it as an argument, but nsctl's own; false when there is none.
alive() {
  local file comm found=''
  for file in $(grep -lsazFx -- "$1" /proc/[0-9]*/cmdline); do
    file=${file#/proc/}
    comm=$(cat "/proc/${file%/*}/comm" 2> /dev/null) || continue
    # the argument of this very grep is not meant
    [ "$comm" = grep ] || [ "$comm" = nsctl ] || found="$found${file%/*} "
  done
  [ -n "$found" ] && printf '%s\n' "$found"
}
alive_are() { [ "$(alive "$2" | wc -w)" = "$1" ]; }
none_alive() { ! alive "$1" > /dev/null; }

# gone_in_a_second TOKEN: nothing of it is found by a look that begins within a second from now, or as that is over.
gone_in_a_second() {
  local end=$((${EPOCHREALTIME/[.,]/} + 1000000)) last=''
  until none_alive "$1"; do
    [ -z "$last" ] || return 1
    [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || last=1
  done
}

# end_all TOKEN: by PID; for what a command has left running on purpose.
end_all() {
  local pid
  for pid in $(alive "$1"); do kill -KILL "$pid" 2> /dev/null || true; done
  wait_until 20 none_alive "$1"
}

# ---- cgroups

# v2_of PID: the folder of its v2 cgroup.
v2_of() {
  local mount path
  mount=$(awk '$9 == "cgroup2" || / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
  path=$(sed -n 's/^0:://p' "/proc/$1/cgroup")
  [ -n "$mount" ] && printf '%s%s\n' "$mount" "${path%/}"
}

# leaf_wanted: the command has a cgroup of its own wherever the v2 hierarchy can be written.
leaf_wanted() {
  local dir
  dir=$(v2_of "$INIT") && [ -w "$dir/cgroup.procs" ]
}

# in_leaf: the command that runs (CHILD) stands in the leaf below init's own cgroup that is called after nsctl (RUNNING).
in_leaf() {
  ! leaf_wanted || {
    [ -d "$(v2_of "$CHILD")" ] && [[ $(v2_of "$CHILD") == "$(v2_of "$INIT")/nsctl.$RUNNING."???????? ]]
  } || fail "not in a leaf of $(v2_of "$INIT"): $(v2_of "$CHILD")"
}

# leaves: the leaf cgroups of nsctl below init's own.
leaves() { find "$(v2_of "$INIT")" -maxdepth 1 -name 'nsctl.*' 2> /dev/null; }
no_leaves() { [ -z "$(leaves)" ]; }
