#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each sentence of nsctl-concepts(7): its commands, as the page has them, on docker and on a CRI pod, and what they show.
# shellcheck disable=SC2154 # bats sets stderr

load ../engine/engine

PAGE=$BATS_TEST_DIRNAME/../../man/nsctl-concepts.7

setup() { engine_require "${BATS_TEST_DESCRIPTION%%:*}"; }

setup_file() {
  local engine all=(--privileged)
  # a machine without CAP_SYS_RESOURCE starts nothing that is privileged: what can be given is what is meant
  "$NSCTL" can self SYS_RESOURCE > /dev/null 2>&1 || all=(--cap-add ALL --cap-drop SYS_RESOURCE)
  for engine in docker cri; do
    engine_runs "$engine" || continue
    start_twice "$engine" lesson-web --seccomp default > /dev/null
    start_twice "$engine" lesson-app -u 1010 --cap-add SYS_TIME --cap-add NET_ADMIN > /dev/null
    start_twice "$engine" lesson-more --cap-add SYS_TIME --cap-add NET_ADMIN > /dev/null
    start_twice "$engine" lesson-less --cap-drop CHOWN > /dev/null
    start_twice "$engine" lesson-all "${all[@]}" > /dev/null
  done
}

teardown_file() {
  local engine name
  for engine in docker cri; do
    engine_runs "$engine" || continue
    for name in web app more less all; do container_stop "$engine" "lesson-$name" > /dev/null 2>&1 || true; done
  done
}

teardown() { container_stop cri lesson-levels > /dev/null 2>&1 || true; }

# section NAME: sets COMMANDS to the commands of that section.
section() {
  mapfile -t COMMANDS < <(sed 's/\\&//' "$PAGE" | awk -v name="$1" '/^\.S[hs] / { on = substr($0, 5) == name; next } on && sub(/^\.Dl \$ /, "")')
  [ "${#COMMANDS[@]}" -gt 0 ] || fail "nsctl-concepts(7) has no section '$1', or no command in it"
}

# show I: runs the section's I-th command, its names being this engine's containers.
show() {
  local words=() word
  local -a line
  read -ra line <<< "${COMMANDS[$1]}"
  for word in "${line[@]}"; do
    case $word in
      nsctl) words+=("$NSCTL") ;;
      web | app | more | less | all)
        # only where a target stands, not behind -c
        if [ "${words[-1]}" = -c ]; then words+=("$word"); else words+=("$(container_target "$E" "lesson-$word")"); fi
        ;;
      levels) words+=("$LEVELS") ;;
      pod-levels.yaml) words+=("$YAML") ;;
      *) words+=("$word") ;;
    esac
  done
  run --separate-stderr "${words[@]}"
}

# begin ENGINE SECTION
begin() {
  E=$1
  LEVELS='' YAML=$BATS_TEST_DIRNAME/../../examples/pod-levels.yaml
  section "$2"
}

processes() {
  begin "$1" 'A container is processes of the host'
  show 0
  assert_success
  pid=$(container_pid "$1" lesson-web)
  assert_line --regexp "^ *$pid +1 +0 +root\(0\) .* sleep 4800$"
  # the same process outside
  assert_equal "$(tr '\0' ' ' < "/proc/$pid/cmdline")" 'sleep 4800 '
}
@test "docker: a container is processes of the host" { processes docker; }
@test "cri: a container is processes of the host" { processes cri; }

kernel() {
  begin "$1" 'All share one kernel'
  show 0
  inside=$output
  show 1
  assert_equal "$inside" "$output"
}
@test "docker: all share one kernel" { kernel docker; }
@test "cri: all share one kernel" { kernel cri; }

pids() {
  begin "$1" 'PID 1 inside is another PID outside'
  pid=$(container_pid "$1" lesson-web)
  show 0
  assert_line --index 1 --regexp " $pid$"
  show 1
  assert_line --index 1 --regexp "^ *$pid +1 +sleep 4800$"
  [ "$pid" != 1 ]
  assert_equal "$(awk '/^NSpid:/ { print $NF }' "/proc/$pid/status")" 1
}
@test "docker: PID 1 inside is another PID outside" { pids docker; }
@test "cri: PID 1 inside is another PID outside" { pids cri; }

namespaces() {
  begin "$1" 'Namespaces are what it sees'
  pid=$(container_pid "$1" lesson-web)
  show 0
  assert_line --regexp " pid +$(stat -Lc %i "/proc/$pid/ns/pid") +own"
  assert_line --regexp " mnt +$(stat -Lc %i "/proc/$pid/ns/mnt") +own"
  assert_line --regexp " user +$(stat -Lc %i /proc/self/ns/user) +host"
}
@test "docker: namespaces are what it sees" { namespaces docker; }
@test "cri: namespaces are what it sees" { namespaces cri; }

root() {
  begin "$1" 'It is root unless something else is said'
  show 0
  assert_output 0
  show 1
  assert_line --regexp '^root\(0\) +root\(0\) +root\(0\) +root\(0\) '
  assert_line --partial 'root inside is root outside'
}
@test "docker: it is root unless something else is said" { root docker; }
@test "cri: it is root unless something else is said" { root cri; }

other_user() {
  begin "$1" '--user, USER and runAsUser choose another user'
  show 0
  assert_output 1010
  show 1
  assert_line --regexp '^1010 '
  assert_line --partial 'uid 1010 has no name inside'
}
@test "docker: --user, USER and runAsUser choose another user" { other_user docker; }
@test "cri: --user, USER and runAsUser choose another user" { other_user cri; }

list() {
  begin "$1" 'What root may do is a list of capabilities'
  show 0
  assert_success
  assert_equal "$(($(wc -l <<< "$output") - 1))" "$(($(cat /proc/sys/kernel/cap_last_cap) + 1))"
}
@test "docker: what root may do is a list of capabilities" { list docker; }
@test "cri: what root may do is a list of capabilities" { list cri; }

default_set() {
  begin "$1" 'An engine takes most of them away'
  show 0
  assert_success
  # docker and containerd leave 14
  assert_equal "$(grep -cE '^[A-Z_]+ +yes +yes ' <<< "$output")" 14
  refute_line --regexp '^SYS_ADMIN '
}
@test "docker: an engine takes most of them away" { default_set docker; }
@test "cri: an engine takes most of them away" { default_set cri; }

not_outside() {
  begin "$1" 'So root inside is not root outside'
  show 0
  assert_equal "$status" 1
  assert_equal "$(grep -cE ' (reboot|settime|module-load|mount) +no ' <<< "$output")" 4
  show 1
  assert_failure
  assert_equal "${stderr##*: }" 'Operation not permitted'
}
@test "docker: so root inside is not root outside" { not_outside docker; }
@test "cri: so root inside is not root outside" { not_outside cri; }

one_more() {
  begin "$1" '--cap-add and capabilities.add give one more'
  show 0
  assert_success
  assert_equal "$(grep -cE ' (SYS_TIME|NET_ADMIN|sys_time|net_admin) +yes ' <<< "$output")" 2
}
@test "docker: --cap-add and capabilities.add give one more" { one_more docker; }
@test "cri: --cap-add and capabilities.add give one more" { one_more cri; }

not_usable() {
  begin "$1" 'A user other than root holds no capability by that'
  show 0
  assert_line --regexp '^SYS_TIME +- +- +- +yes +- .*granted, not usable'
  assert_line --regexp '^NET_ADMIN +- +- +- +yes +- .*granted, not usable'
  assert_line --partial 'uid 1010 is not root, so execve keeps ambient and file capabilities only'
  show 1
  assert_equal "$status" 1
}
@test "docker: a user other than root holds no capability by that" { not_usable docker; }
@test "cri: a user other than root holds no capability by that" { not_usable cri; }

one_less() {
  begin "$1" '--cap-drop and capabilities.drop take one away'
  show 0
  assert_equal "$status" 1
  show 1
  assert_failure
  assert_equal "${stderr##*: }" 'Operation not permitted'
}
@test "docker: --cap-drop and capabilities.drop take one away" { one_less docker; }
@test "cri: --cap-drop and capabilities.drop take one away" { one_less cri; }

everything() {
  begin "$1" '--privileged gives all'
  show 0
  assert_success
  pid=$(container_pid "$1" lesson-all)
  effective=$((16#$(awk '/^CapEff:/ { print $2 }' "/proc/$pid/status")))
  n=0
  for ((i = 0; i < 63; i++)); do n=$((n + (effective >> i & 1))); done
  [ "$n" -gt 30 ]
  assert_equal "$(grep -cE '^[A-Z_]+ +yes +yes ' <<< "$output")" "$n"
  show 1
  assert_success
}
@test "docker: --privileged gives all" { everything docker; }
@test "cri: --privileged gives all" { everything cri; }

# Which uid a Pod's and a container's securityContext give: predicted for docker's sets as for containerd's, seen on the pod.
pod_level() {
  begin "$1" "A Pod's securityContext reaches all of its containers"
  [ "$1" = cri ] || COMMANDS=("${COMMANDS[@]/containerd/docker}")
  show 0
  assert_success
  assert_line --regexp '^app +1000 +3000 '
  assert_line --regexp '^admin +0 +3000 '
}
@test "docker: a Pod's securityContext reaches all of its containers" { pod_level docker; }
@test "cri: a Pod's securityContext reaches all of its containers" { pod_level cri; }

# The images of the tests have two names.
play_levels() {
  sed 's/image: debian/image: ubuntu/' "$YAML" > "$BATS_TEST_TMPDIR/levels.yaml"
  container_play cri lesson-levels "$BATS_TEST_TMPDIR/levels.yaml" > /dev/null
}

@test "cri: a container's own securityContext wins over it" {
  begin cri "A container's own securityContext wins over it"
  play_levels
  LEVELS=default/nsctl-test-lesson-levels
  show 0
  assert_output 1000
  show 1
  assert_output 0
}

@test "cri: capabilities exist at container level only" {
  begin cri 'Capabilities exist at container level only'
  play_levels
  sed '0,/name: levels/s//name: nsctl-test-lesson-levels/; s/^  securityContext:/&\n    capabilities: {add: [NET_ADMIN]}/' "$YAML" > "$BATS_TEST_TMPDIR/pod.yaml"
  YAML=$BATS_TEST_TMPDIR/pod.yaml
  show 0
  assert_success
  assert_line --regexp 'capabilities.* IGNORED +has no effect at Pod level: the field exists at container level only'
}

@test "docker: every sentence of the page has its test" {
  while read -r sentence; do
    run -0 grep -cF -- "$sentence" "$BATS_TEST_FILENAME"
  done < <(sed -n 's/\\&//; s/^\.Ss //p' "$PAGE")
}
