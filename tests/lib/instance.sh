# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One instance of the engines: its start, its env file, its standing containers, its end.

# shellcheck source=tests/lib/engines.sh
. "${BASH_SOURCE[0]%/*}/engines.sh"

# instance_up [ENGINE...]: starts what is there. Sets NSCTL_TEST_ENGINES (those that run); the reason of each other one
# is left in $NSCTL_TEST_DIR/ENGINE.missing, and its log, if it was tried, in $NSCTL_TEST_DIR/ENGINE.failed.
instance_up() {
  local engine command missing wanted='' pids=() pid
  instance_new engines
  export NSCTL_TEST_ENV=$NSCTL_TEST_DIR/env
  export NSCTL_TEST_ENGINES=''
  image_make || die 'no images: nothing can be started'
  hugetlb_mount || say 'tests: hugetlb could not be mounted as v1: crun may refuse this cgroup hierarchy'
  # shellcheck disable=SC2086 # a list of words
  [ $# -gt 0 ] || set -- $ENGINES_ALL
  for engine in "$@"; do
    missing=
    for command in $(engine_call "$engine" commands); do
      have "$command" || missing="$missing $command"
    done
    if [ -n "$missing" ]; then
      echo "not installed:$missing" > "$NSCTL_TEST_DIR/$engine.missing"
    elif [ "$engine" = cri ] && ! /usr/bin/python3 -c 'import grpc' 2> /dev/null; then
      echo 'not installed: python3-grpcio' > "$NSCTL_TEST_DIR/$engine.missing"
    else
      wanted="$wanted $engine"
    fi
  done
  for engine in $wanted; do
    engine_call "$engine" launch > "$NSCTL_TEST_DIR/$engine.log" 2>&1 || true
  done
  for engine in $wanted; do
    in_leash engine_call "$engine" ready >> "$NSCTL_TEST_DIR/$engine.log" 2>&1 &
    pids+=("$engine $!")
    # An interrupted start leaves these behind.
    proc_record $! start || true
  done
  for pid in "${pids[@]}"; do
    engine=${pid% *}
    # once more by itself: on a busy machine one may not have been in time
    if wait "${pid#* }" || in_leash engine_call "$engine" ready >> "$NSCTL_TEST_DIR/$engine.log" 2>&1; then
      NSCTL_TEST_ENGINES="$NSCTL_TEST_ENGINES${NSCTL_TEST_ENGINES:+ }$engine"
    else
      echo 'cannot be started' > "$NSCTL_TEST_DIR/$engine.missing"
      instance_failure "$engine" > "$NSCTL_TEST_DIR/$engine.failed"
      say "tests: $engine cannot be started:"
      cat "$NSCTL_TEST_DIR/$engine.failed" >&2
    fi
  done
  instance_write
}

# instance_failure ENGINE: the ends of the logs that say why.
instance_failure() {
  local log
  for log in "$NSCTL_TEST_DIR/$1.log" "$(engine_call "$1" home)/log"; do
    [ ! -f "$log" ] || tail -n 20 "$log"
  done
}

# engine_roots: "root ENGINE DIR" and "data ENGINE DIR" of every engine that runs.
engine_roots() {
  local engine
  for engine in $NSCTL_TEST_ENGINES; do
    engine_call "$engine" roots
  done
}

# engine_root_args: the same as nsctl's options.
engine_root_args() { engine_roots | sed 's/^root \([^ ]*\) /--root \1=/; s/^data \([^ ]*\) /--data-root \1=/'; }

# instance_write: the env file.
instance_write() {
  export NSCTL_ROOT
  NSCTL_ROOT=$(engine_roots | sed -n 's/^root \([^ ]*\) /\1=/p' | sort -u | paste -sd : -)
  {
    printf '# the engines of one test instance\n'
    printf 'export NSCTL_TEST_DIR=%q\nexport NSCTL_TEST_ENV=%q\n' "$NSCTL_TEST_DIR" "$NSCTL_TEST_ENV"
    printf 'export NSCTL_TEST_ENGINES=%q\nexport NSCTL_ROOT=%q\n' "$NSCTL_TEST_ENGINES" "$NSCTL_ROOT"
  } > "$NSCTL_TEST_ENV"
}

# instance_standing: a set of containers to try things on, called nsctl-test-up-..., so that no test takes their names.
# A container that an engine refuses is said, not fatal.
instance_standing() {
  : > "$NSCTL_TEST_DIR/standing"
  standing docker up-default
  standing docker up-app -u 1000
  standing docker up-caps --cap-add SYS_TIME --cap-add NET_ADMIN
  standing docker up-all --cap-add ALL --cap-drop SYS_RESOURCE --seccomp unconfined
  standing docker up-pg --image pg
  standing docker up-scratch --image scratch
  standing docker up-paused
  ! engine_runs docker || container_pause docker up-paused || true
  standing docker up-stopped
  ! engine_runs docker || container_halt docker up-stopped || true
  standing podman up-default
  standing podman up-app -u app
  standing podman-runc up-default-runc
  standing_play podman up-play-runasuser pod-runasuser.yaml
  standing_play podman up-play-capabilities pod-capabilities.yaml
  standing rootless up-rootless
  standing rootless up-rootless-app -u 1000
  standing cri up-one
  standing cri up-two --raw '.spec.containers[0].name = "front" | .spec.containers += [.spec.containers[0] | .name = "back"]
    | .metadata.annotations."kubectl.kubernetes.io/default-container" = "back" | .spec.runtimeClassName = "annotated"'
  standing cri up-two-plain --raw '.spec.containers += [.spec.containers[0] | .name = "side"]'
  standing_play cri up-runasuser pod-runasuser.yaml
  standing_play cri up-capabilities pod-capabilities.yaml
  standing cri up-locked --read-only --no-new-privs --cap-drop ALL --seccomp default
  standing cri up-pg --image pg
  standing cri up-shop --raw '.metadata.namespace = "shop"'
  standing containerd up-default
  standing containerd up-pg --image pg
  standing runc up-default
  standing runc up-app -u app
  standing runc up-seccomp --seccomp default --cap-add SYS_TIME
  standing crun up-default
  standing crun up-app -u app
  standing crun up-seccomp --seccomp default
  standing lxc up-default
  standing lxc up-app -u app
  standing bwrap up-default
  standing unshare up-default
  standing unshare up-user --raw --user --raw --map-root-user
}

standing() { standing_note "$1" "$2" container_start "$@"; }
standing_play() { standing_note "$1" "$2" container_play "$1" "$2" "${ENGINES_LIB%/tests/lib}/examples/$3"; }

# standing_note ENGINE NAME COMMAND...: a container is one line of the list: engine, target, the init's PID.
standing_note() {
  local engine=$1 name=$2 pid
  shift 2
  engine_runs "$engine" || return 0
  if ! "$@" > /dev/null; then
    say "tests: $engine refused $name"
    return 0
  fi
  pid=$(container_pid "$engine" "$name") || pid='?'
  printf '%-12s %-48s %s\n' "$engine" "$(container_target "$engine" "$name")" "$pid" >> "$NSCTL_TEST_DIR/standing"
}

# engine_runs ENGINE: it was started in this instance.
engine_runs() {
  case " $NSCTL_TEST_ENGINES " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

# instance_down: ends all of it, by PID, and removes the folder. Safe to call twice.
instance_down() {
  local engine reversed=''
  local -
  # One step that fails must not keep the next ones from being done.
  set +e
  [ -n "${NSCTL_TEST_DIR-}" ] && [ -d "$NSCTL_TEST_DIR" ] || return 0
  for engine in $ENGINES_ALL; do
    [ ! -d "$(engine_call "$engine" home)" ] || reversed="$engine $reversed"
  done
  proc_end_recorded start
  leash_continue
  for engine in $reversed; do
    engine_call "$engine" down > /dev/null || say "tests: $engine did not end cleanly"
  done
  leash_end
  hugetlb_unmount || true
  remove_below "$NSCTL_TEST_DIR" || say "tests: $NSCTL_TEST_DIR could not be removed"
}
