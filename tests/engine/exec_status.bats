#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Who the command is and what holds it: equal to what the engine's own exec gives, or to init where that has none or is wrong.
# A careless tool (nsenter -a) gives a root with every capability, no filter, its caller's limits, groups, umask and cgroup.

load engine

fields_of() { nsctl_exec "$T" "$@" -- cat /proc/self/status | fields; }

# What the engines' own exec is known to forget, from init: podman 4.3 and runc 1.1 the config's umask, podman its
# oom_score_adj too, crun 1.8 no_new_privs.
corrected() {
  case $ENGINE in
    podman | podman-runc | rootless | runc) sed "s/^Umask: .*/$(status_of "$INIT" | grep '^Umask: ')/" ;;
    crun) sed "s/^NoNewPrivs: .*/$(status_of "$INIT" | grep '^NoNewPrivs: ')/" ;;
    *) cat ;;
  esac
}
corrected_oom() {
  case $ENGINE in
    podman | podman-runc | rootless) cat "/proc/$INIT/oom_score_adj" ;;
    *) engine_exec "$ENGINE" "$NAME" -- cat /proc/self/oom_score_adj ;;
  esac
}

# as_engine ENGINE KIND [-u USER]: the twelve fields of the engine's exec.
as_engine() {
  shared "$1" "$2"
  shift 2
  ours=$(fields_of "$@")
  assert_equal "$(wc -l <<< "$ours")" 12
  assert_equal "$ours" "$(engine_exec "$ENGINE" "$NAME" "$@" -- cat /proc/self/status | fields | corrected)"
}

# limits_as_engine ENGINE KIND. As runc begins (Go's runtime), it may raise the soft limit of open files to the hard one after
# the config's was set, or before: then init's is the measure.
limits_as_engine() {
  shared "$1" "$2"
  assert_equal "$(nsctl_exec "$T" -- cat /proc/self/limits)" "$(engine_exec "$ENGINE" "$NAME" -- cat /proc/self/limits |
    awk -v init="$(grep '^Max open files' "/proc/$INIT/limits")" '/^Max open files/ && $4 == $5 { $0 = init } { print }')"
  assert_equal "$(nsctl_exec "$T" -- cat /proc/self/oom_score_adj)" "$(corrected_oom)"
}

limits_as_init() {
  shared "$1" "$2"
  assert_equal "$(nsctl_exec "$T" -- cat /proc/self/limits /proc/self/oom_score_adj)" "$(limits_of "$INIT")"
}
limits_of() { cat "/proc/$1/limits" "/proc/$1/oom_score_adj"; }

# as_init ENGINE KIND: all of it, of the live init; its user as it is seen from here.
as_init() {
  shared "$1" "$2"
  running "$T" -- sleep 60
  assert_equal "$(status_of "$CHILD")" "$(status_of "$INIT")"
  assert_equal "$(limits_of "$CHILD")" "$(limits_of "$INIT")"
  # where no config says them they could be the caller's
  case $1 in
    bwrap | unshare)
      assert_not_equal "$(cat "/proc/$INIT/limits")" "$(cat /proc/self/limits)"
      assert_not_equal "$(cat "/proc/$INIT/oom_score_adj")" "$(cat /proc/self/oom_score_adj)"
      ;;
  esac
}

# cgroup_of ENGINE: init's own in every v1 line; in the v2 line the leaf below it, or init's where none can be made.
cgroup_of() {
  local init child line own
  shared "$1" plain
  running "$T" -- sleep 60
  mapfile -t init < "/proc/$INIT/cgroup"
  mapfile -t child < "/proc/$CHILD/cgroup"
  assert_equal "${#child[@]}" "${#init[@]}"
  for line in "${!init[@]}"; do
    case ${init[line]} in
      0::*)
        own=${init[line]}
        ! leaf_wanted || own=${own%/}/nsctl.$RUNNING.????????
        # shellcheck disable=SC2053 # a pattern
        [[ ${child[line]} == $own ]] || assert_equal "${child[line]}" "$own"
        ;;
      *) assert_equal "${child[line]}" "${init[line]}" ;;
    esac
  done
  [ "$1" = rootless ] || means_something "/proc/$INIT/cgroup" /proc/self/cgroup
}
# means_something INIT CALLER: nothing was shown where init is in the root of every v1 hierarchy; without v1, where it is in the caller's.
means_something() {
  if grep -q -v ^0:: "$1"; then
    grep -v ^0:: "$1" | grep -q ':/.'
  else
    [ "$(grep ^0:: "$1")" != "$(grep ^0:: "$2")" ]
  fi
}

# caps_field NAME: of the fields in $ours, as a number.
caps_field() { echo $((16#$(sed -n "s/^$1: //p" <<< "$ours"))); }
five_sets() { for set in CapInh CapPrm CapEff CapBnd CapAmb; do caps_field $set; done; }
text_field() { sed -n "s/^$1: //p" <<< "$ours"; }
bit() { echo $((1 << $1)); }
SYS_TIME=25 NET_RAW=13 NET_ADMIN=12

# the capabilities that this test has to give, by its own status
mine() { echo $((16#$(awk '/^CapPrm:/ { print $2 }' /proc/self/status))); }
everything() {
  local all
  case $1 in
    # in a user namespace of its own: all
    rootless) all=$(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1)) ;;
    *) all=$(mine) ;;
  esac
  echo "$all"
}

# privileged ENGINE: every capability that the caller can give, no filter, no no_new_privs, by DESIGN.md's definition.
privileged() {
  local all
  shared "$1" user
  all=$(everything "$1")
  ours=$(fields_of --privileged -u 0)
  assert_equal "$(caps_field CapEff) $(caps_field CapPrm) $(caps_field CapBnd)" "$all $all $all"
  assert_equal "$(caps_field CapInh) $(caps_field CapAmb)" '0 0'
  assert_equal "$(text_field NoNewPrivs) $(text_field Seccomp) $(text_field Seccomp_filters)" '0 0 0'
  # devices and masked paths stay as they are, which is said
  run -0 --separate-stderr nsctl_exec "$T" --privileged -u 0 -- true
  [[ $stderr == *'devices and masked paths stay as they are'* ]]
  # execve leaves another user than root the bounding set only, which is said
  ours=$(fields_of --privileged -u 1234 2> "$BATS_TEST_TMPDIR/said")
  assert_equal "$(caps_field CapEff) $(caps_field CapPrm) $(caps_field CapBnd)" "0 0 $all"
  assert_equal "$(text_field Seccomp)" 0
  run cat "$BATS_TEST_TMPDIR/said"
  assert_output --partial 'bounding set only'
}

# capabilities ENGINE: --cap-add and --cap-drop, for root and for others.
capabilities() {
  local base time raw admin uid set own_sets
  shared "$1" plain
  time=$(bit $SYS_TIME) raw=$(bit $NET_RAW)
  ours=$(fields_of -u 0)
  base=$(caps_field CapBnd)
  ours=$(fields_of -u 0 --cap-add SYS_TIME --cap-drop cap_net_raw)
  assert_equal "$(caps_field CapEff) $(caps_field CapPrm) $(caps_field CapBnd)" \
    "$(((base | time) & ~raw)) $(((base | time) & ~raw)) $(((base | time) & ~raw))"
  assert_equal "$(caps_field CapInh) $(caps_field CapAmb)" '0 0'
  # another user than root holds what was added: ambient, or execve would take it
  ours=$(fields_of -u 1234 --cap-add CAP_SYS_TIME)
  assert_equal "$(caps_field CapEff) $(caps_field CapPrm) $(caps_field CapInh) $(caps_field CapAmb)" "$time $time $time $time"
  assert_equal "$(caps_field CapBnd)" $((base | time))
  ours=$(fields_of -u 0 --cap-drop ALL)
  assert_equal "$(caps_field CapEff) $(caps_field CapBnd)" '0 0'
  # ALL first
  ours=$(fields_of -u 0 --cap-add SYS_TIME --cap-drop all)
  assert_equal "$(caps_field CapEff) $(caps_field CapBnd)" "$time $time"
  # what is dropped by its name is gone, whoever adds it
  ours=$(fields_of -u 0 --cap-add SYS_TIME,NET_RAW --cap-drop SYS_TIME)
  assert_equal "$(caps_field CapBnd)" $(((base | raw) & ~time))
  # and the filter stays
  assert_equal "$(text_field Seccomp)" "$(awk '/^Seccomp:/ { print $2 }' "/proc/$INIT/status")"
  # the container's own user, its no_new_privs: what it has, and one more in each of the five sets
  shared "$1" user
  admin=$(bit $NET_ADMIN)
  ours=$(fields_of)
  mapfile -t own_sets < <(five_sets)
  uid=$(text_field Uid)
  [ "$uid" != '0 0 0 0' ]
  ours=$(fields_of --cap-add NET_ADMIN)
  assert_equal "$(five_sets | xargs)" "$(for set in "${own_sets[@]}"; do echo $((set | admin)); done | xargs)"
  assert_equal "$(text_field Uid)" "$uid"
  assert_equal "$(text_field NoNewPrivs) $(text_field Seccomp)" "$(status_of "$INIT" | sed -n 's/^NoNewPrivs: //p; s/^Seccomp: //p' | xargs)"
}

@test "docker: the twelve fields of its exec" { as_engine docker plain; }
@test "podman: the twelve fields of its exec" { as_engine podman plain; }
@test "podman-runc: the twelve fields of its exec" { as_engine podman-runc plain; }
@test "rootless: the twelve fields of its exec" { as_engine rootless plain; }
@test "cri: the twelve fields of its exec" { as_engine cri plain; }
@test "containerd: the twelve fields of its exec" { as_engine containerd plain; }
@test "runc: the twelve fields of its exec" { as_engine runc plain; }
@test "lxc: the twelve fields of its exec" { as_engine lxc plain; }

@test "docker: the twelve fields of its exec, a user of its own" { as_engine docker user; }
@test "podman: the twelve fields of its exec, a user of its own" { as_engine podman user; }
@test "podman-runc: the twelve fields of its exec, a user of its own" { as_engine podman-runc user; }
@test "rootless: the twelve fields of its exec, a user of its own" { as_engine rootless user; }
@test "cri: the twelve fields of its exec, a user of its own" { as_engine cri user; }
@test "containerd: the twelve fields of its exec, a user of its own" { as_engine containerd user; }
@test "runc: the twelve fields of its exec, a user of its own" { as_engine runc user; }

@test "docker: the twelve fields of its exec -u app" { as_engine docker plain -u app; }
@test "podman: the twelve fields of its exec -u app" { as_engine podman plain -u app; }
@test "podman-runc: the twelve fields of its exec -u app" { as_engine podman-runc plain -u app; }
@test "rootless: the twelve fields of its exec -u app" { as_engine rootless plain -u app; }
@test "docker: the twelve fields of its exec -u 1000:2000" { as_engine docker user -u 1000:2000; }
@test "podman: the twelve fields of its exec -u 1000:2000" { as_engine podman plain -u 1000:2000; }
@test "podman-runc: the twelve fields of its exec -u 1000:2000" { as_engine podman-runc plain -u 1000:2000; }
@test "rootless: the twelve fields of its exec -u 1000:2000" { as_engine rootless plain -u 1000:2000; }
@test "containerd: the twelve fields of its exec -u 1000:2000" { as_engine containerd plain -u 1000:2000; }
@test "runc: the twelve fields of its exec -u 1000:2000" { as_engine runc plain -u 1000:2000; }
@test "crun: the twelve fields of its exec -u 1000:2000" { as_engine crun plain -u 1000:2000; }
@test "lxc: the twelve fields of its exec -u 1000:2000" { as_engine lxc plain -u 1000:2000; }
@test "docker: the twelve fields of its exec -u 1234" { as_engine docker user -u 1234; }
@test "podman: the twelve fields of its exec -u 1234" { as_engine podman plain -u 1234; }
@test "runc: the twelve fields of its exec -u 1234" { as_engine runc user -u 1234; }
@test "docker: the twelve fields of its exec -u root" { as_engine docker user -u root; }
@test "podman: the twelve fields of its exec -u root" { as_engine podman user -u root; }
@test "runc: the twelve fields of its exec -u 0" { as_engine runc user -u 0; }

# crun 1.8 forgets no_new_privs, the user and the limits of the config: its init is the measure
@test "crun: the twelve fields, limits and oom_score_adj of init" { as_init crun plain; }
@test "crun: the twelve fields, limits and oom_score_adj of init, a user of its own" { as_init crun user; }
# lxc-attach is root whatever the container's user is
@test "lxc: the twelve fields, limits and oom_score_adj of init, a user of its own" { as_init lxc user; }
@test "docker: the twelve fields, limits and oom_score_adj of init" { as_init docker user; }
@test "cri: the twelve fields, limits and oom_score_adj of init" { as_init cri user; }
@test "runc: the twelve fields, limits and oom_score_adj of init" { as_init runc user; }
@test "bwrap: the twelve fields, limits and oom_score_adj of init" { as_init bwrap plain; }
@test "unshare: the twelve fields, limits and oom_score_adj of init" { as_init unshare plain; }

@test "docker: limits and oom_score_adj of its exec" { limits_as_engine docker user; }
@test "podman: limits and oom_score_adj of its exec" { limits_as_engine podman user; }
# runc's own start (Go's runtime) raises the soft limit of its exec under podman
@test "podman-runc: limits and oom_score_adj of init" { limits_as_init podman-runc user; }
@test "rootless: limits and oom_score_adj of its exec" { limits_as_engine rootless user; }
@test "cri: limits and oom_score_adj of its exec" { limits_as_engine cri user; }
@test "containerd: limits and oom_score_adj of its exec" { limits_as_engine containerd user; }
@test "runc: limits and oom_score_adj of its exec" { limits_as_engine runc user; }

@test "docker: in init's cgroups" { cgroup_of docker; }
@test "podman: in init's cgroups" { cgroup_of podman; }
@test "rootless: in init's cgroups" { cgroup_of rootless; }
@test "cri: in init's cgroups" { cgroup_of cri; }
@test "containerd: in init's cgroups" { cgroup_of containerd; }
@test "runc: in init's cgroups" { cgroup_of runc; }
@test "crun: in init's cgroups" { cgroup_of crun; }
@test "lxc: in init's cgroups" { cgroup_of lxc; }
@test "bwrap: in init's cgroups" { cgroup_of bwrap; }

@test "docker: --privileged is every capability, no filter, new privileges" { privileged docker; }
@test "podman: --privileged is every capability, no filter, new privileges" { privileged podman; }
@test "podman-runc: --privileged is every capability, no filter, new privileges" { privileged podman-runc; }
@test "rootless: --privileged is every capability, no filter, new privileges" { privileged rootless; }
@test "cri: --privileged is every capability, no filter, new privileges" { privileged cri; }
@test "containerd: --privileged is every capability, no filter, new privileges" { privileged containerd; }
@test "runc: --privileged is every capability, no filter, new privileges" { privileged runc; }
@test "crun: --privileged is every capability, no filter, new privileges" { privileged crun; }
@test "lxc: --privileged is every capability, no filter, new privileges" { privileged lxc; }

@test "docker: --cap-add and --cap-drop" { capabilities docker; }
@test "podman: --cap-add and --cap-drop" { capabilities podman; }
@test "podman-runc: --cap-add and --cap-drop" { capabilities podman-runc; }
@test "rootless: --cap-add and --cap-drop" { capabilities rootless; }
@test "cri: --cap-add and --cap-drop" { capabilities cri; }
@test "containerd: --cap-add and --cap-drop" { capabilities containerd; }
@test "runc: --cap-add and --cap-drop" { capabilities runc; }
@test "crun: --cap-add and --cap-drop" { capabilities crun; }
@test "lxc: --cap-add and --cap-drop" { capabilities lxc; }

@test "--no-new-privs sets it, --no-seccomp leaves the filter out" {
  shared docker plain
  ours=$(fields_of --no-new-privs)
  assert_equal "$(text_field NoNewPrivs) $(text_field Seccomp)" '1 2'
  ours=$(fields_of --no-seccomp)
  assert_equal "$(text_field NoNewPrivs) $(text_field Seccomp) $(text_field Seccomp_filters)" '0 0 0'
}

@test "root with an empty bounding set: said, with what --privileged would give" {
  own runc status-none --cap-drop ALL
  run -0 --separate-stderr nsctl_exec "$T" -u root -- sh -c 'grep CapBnd /proc/self/status'
  assert_output $'CapBnd:\t0000000000000000'
  assert_regex "$stderr" "^nsctl: root without capabilities: the container's bounding set is empty \(drop: ALL\); --privileged would give [0-9]+$"
}
