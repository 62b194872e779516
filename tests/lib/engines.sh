# shellcheck shell=bash disable=SC2034 # opt_* are read in the engines' files
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Real engines for the tests, one file an engine beside this one, and the functions that tests call. tests/README.md
# lists them. An engine's file has engine_NAME_commands, _launch (returns at once), _ready (waits), _down, _start,
# _exec, _pid, _id, _halt, _stop, _pause, _unpause, _target and _roots; they read the container's name from $name and
# the options that were parsed here from $opt_*.

ENGINES_LIB=${BASH_SOURCE[0]%/*}
# shellcheck source=tests/lib/common.sh
. "$ENGINES_LIB/common.sh"
# shellcheck source=tests/lib/image.sh
. "$ENGINES_LIB/image.sh"
for engines_file in "$ENGINES_LIB"/engine-*.sh; do
  # shellcheck source=/dev/null
  . "$engines_file"
done
unset engines_file

# Every engine that the harness knows, in the order in which they start.
ENGINES_ALL='docker podman podman-runc rootless cri containerd runc crun lxc bwrap unshare'

# engine_call ENGINE FUNCTION [ARG...]
engine_call() {
  local engine=${1//-/_} function=$2
  shift 2
  "engine_${engine}_$function" "$@"
}

# engine_cli ENGINE ARG...: the engine's own command on this instance's state.
engine_cli() {
  local engine=$1
  shift
  engine_call "$engine" cli "$@"
}

# in_leash COMMAND...: runs a function so that the daemons which it leaves (conmon) sit in the instance's cgroup.
in_leash() {
  (
    close_fds
    leash "$BASHPID" || true
    "$@"
  ) < /dev/null
}

# daemon_wait WHAT CONDITION...: until a daemon answers; a daemon that ended, or a minute, is a failure.
daemon_wait() {
  local pid deadline=$((SECONDS + 60)) what=$1
  shift
  pid=$(cat "$NSCTL_TEST_DIR/$what.started") || return 1
  until "$@"; do
    proc_start "$pid" > /dev/null || {
      say "tests: $what has ended"
      return 1
    }
    [ "$SECONDS" -lt "$deadline" ] || {
      say "tests: $what does not answer"
      return 1
    }
    sleep 0.1
  done
}

# ---- options that mean the same for each engine

opt_parse() {
  opt_user='' opt_image=base opt_hostname='' opt_workdir='' opt_privileged='' opt_readonly='' opt_nnp='' opt_seccomp=''
  opt_network='' opt_pid='' opt_ipc='' opt_cap_add=() opt_cap_drop=() opt_groups=() opt_env=() opt_labels=() opt_raw=()
  opt_command=()
  while [ $# -gt 0 ]; do
    case $1 in
      -u | --user) opt_user=$2 && shift ;;
      --cap-add) opt_cap_add+=("${2#CAP_}") && shift ;;
      --cap-drop) opt_cap_drop+=("${2#CAP_}") && shift ;;
      --group-add) opt_groups+=("$2") && shift ;;
      --image) opt_image=$2 && shift ;;
      --hostname) opt_hostname=$2 && shift ;;
      -w | --workdir) opt_workdir=$2 && shift ;;
      -e | --env) opt_env+=("$2") && shift ;;
      -l | --label) opt_labels+=("$2") && shift ;;
      --network) opt_network=$2 && shift ;;
      --pid) opt_pid=$2 && shift ;;
      --ipc) opt_ipc=$2 && shift ;;
      --seccomp) opt_seccomp=$2 && shift ;;
      --privileged) opt_privileged=1 ;;
      --read-only) opt_readonly=1 ;;
      --no-new-privs) opt_nnp=1 ;;
      --raw) opt_raw+=("$2") && shift ;;
      --)
        shift
        opt_command=("$@")
        return 0
        ;;
      *)
        say "tests: unknown option of the harness: $1"
        return 2
        ;;
    esac
    shift
  done
}

# opt_refuse ENGINE OPTION...: what an engine cannot do fails loudly: a test must not pass because it was left out.
opt_refuse() {
  local engine=$1 option
  shift
  for option in "$@"; do
    local -n value=opt_$option
    [ -n "${value[*]}" ] || continue
    say "tests: $engine has no such option here: $option ${value[*]}"
    return 3
  done
}

# caps_all: what this machine can give, caps_expand NAME...: names with CAP_ before them and ALL written out.
caps_all() {
  local number=0 name mask
  mask=$((16#$(awk '/^CapBnd:/ { print $2 }' /proc/self/status)))
  for name in CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE \
    NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE \
    SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL \
    SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE; do
    [ $((mask >> number & 1)) = 0 ] || printf 'CAP_%s\n' "$name"
    number=$((number + 1))
  done
}
caps_expand() {
  local name
  for name in "$@"; do
    if [ "$name" = ALL ]; then
      caps_all
    else
      printf 'CAP_%s\n' "$name"
    fi
  done
}

# container_name NAME: all test containers are called nsctl-test-...
container_name() { printf 'nsctl-test-%s\n' "${1#nsctl-test-}"; }

# with_options FUNCTION ENGINE NAME [OPTION...] [-- COMMAND...]: calls the engine's function with name and opt_* set.
with_options() {
  local function=$1 engine=$2 name opt_user opt_image opt_hostname opt_workdir opt_privileged opt_readonly opt_nnp
  local opt_seccomp opt_network opt_pid opt_ipc opt_cap_add opt_cap_drop opt_groups opt_env opt_labels opt_raw opt_command
  name=$(container_name "$3")
  shift 3
  opt_parse "$@" || return
  if [ "$function" = start ] && [ ${#opt_command[@]} -eq 0 ]; then
    mapfile -t opt_command < <(image_command "$opt_image")
  fi
  engine_call "$engine" "$function"
}

# container_start ENGINE NAME [OPTION...] [-- COMMAND...]: prints the target under which nsctl finds it.
container_start() { with_options start "$@" && container_target "$1" "$2"; }

# engine_exec ENGINE NAME [-u USER] [--raw ARG] -- COMMAND...: the engine's own exec, for comparison.
engine_exec() { with_options exec "$@"; }

container_verb() {
  local verb=$1 engine=$2 name
  name=$(container_name "$3")
  shift 3
  engine_call "$engine" "$verb" "$@"
}
container_pid() { container_verb pid "$@"; }         # ENGINE NAME: the init's PID on the host, by the engine's state
container_id() { container_verb id "$@"; }           # ENGINE NAME: the engine's full ID
container_target() { container_verb target "$@"; }   # ENGINE NAME: what nsctl takes as TARGET
container_stop() { container_verb stop "$@"; }       # ENGINE NAME: ends and removes it
container_halt() { container_verb halt "$@"; }       # ENGINE NAME: ends it, its record stays ("stopped")
container_pause() { container_verb pause "$@"; }     # ENGINE NAME
container_unpause() { container_verb unpause "$@"; } # ENGINE NAME
container_play() { container_verb play "$@"; }       # podman NAME FILE: a Pod manifest

# container_shim ENGINE NAME: the PID of what the engine left beside the container: shim, conmon, monitor, bwrap, unshare.
container_shim() {
  local pid
  pid=$(container_pid "$@") && awk '/^PPid:/ { print $2 }' "/proc/$pid/status"
}

# engine_daemon docker|containerd: its PID.
engine_daemon() { proc_recorded "${1/#cri/containerd}"; }
