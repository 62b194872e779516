# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A container whose processes are hard to find, and who is in it by the host's /proc alone.

# Twenty beside init; one of them has a child that has ended and that it never waits for.
# shellcheck disable=SC2016 # the inner shell's
MEMBERS='for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do sleep 4800 & done
sh -c "true & exec sleep 4800" &
exec sleep 4800'

# hard_members: puts what is hard to find into the current container, whose command is MEMBERS, so that it has 29. The first two
# are exec'd, and known to someone: they are set as EXECS; those that joined as JOINED, the one that left its cgroup as MOVED.
hard_members() {
  local before root
  wait_until 20 has_members 22
  TOKEN=$(token)
  # by the engine's own exec and by nsctl's
  sleeper "engine_exec $ENGINE $NAME --" sleep "$TOKEN"
  wait_until 20 has_members 23
  sleeper "$NSCTL exec $T --" sleep "$TOKEN"
  wait_until 20 has_members 24
  wait_until 20 two_execs
  # by setns: the PID namespace alone, then all of them, then two in a PID namespace below, with what made it
  before=$(members "$INIT")
  sleeper "nsenter -t $INIT -p" sleep "$TOKEN"
  sleeper "nsenter -t $INIT -a" sleep "$TOKEN"
  sleeper "nsenter -t $INIT -p unshare -fp sh -c" "sleep $TOKEN & exec sleep $TOKEN"
  wait_until 20 has_members 29
  JOINED=$(comm -13 <(cut -d' ' -f1 <<< "$before" | sort) <(members "$INIT" | cut -d' ' -f1 | sort))
  # out of its cgroup, in every hierarchy
  MOVED=$(pgrep -P "$INIT" -x sleep | tail -1)
  awk '/ - cgroup2? / { print $5 }' /proc/self/mountinfo | sort -u | while read -r root; do
    echo "$MOVED" > "$root/cgroup.procs" || true
  done 2> /dev/null
}
two_execs() {
  EXECS=$(alive "$TOKEN" | tr ' ' '\n' | grep -xFf <(members "$INIT" | cut -d' ' -f1))
  [ "$(wc -w <<< "$EXECS")" = 2 ]
}
has_members() { [ "$(members "$INIT" | wc -l)" = "$1" ]; }

# sleeper COMMAND WORD...: starts it in the background; `COMMAND` is cut into words.
sleeper() {
  # shellcheck disable=SC2086 # words
  (close_fds && exec setsid bash -c '. "$1" && . "$NSCTL_TEST_ENV" && shift && "$@"' _ "$TESTS/lib/instance.sh" $1 "${@:2}" < /dev/null > /dev/null 2>&1) &
  disown $!
}

# members PID: "HOST-PID PID LEVELS" of all that are in the PID namespace of PID or below it: by its inode and, for those below,
# by the parents that stand in it, from the links and NSpid lines of every process of the host.
members() {
  local depth
  depth=$(awk '/^NSpid:/ { print NF - 1 }' "/proc/$1/status") || return 1
  {
    find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/pid' -printf '%h %l\n' 2> /dev/null | sed 's|^/proc/\([0-9]*\)/ns|ns \1|'
    grep -E '^(PPid|NSpid):' /proc/[0-9]*/status 2> /dev/null | sed 's|^/proc/\([0-9]*\)/status:|\1 |' | awk '$2 == "PPid:" { print "ppid", $1, $3 }
      $2 == "NSpid:" { line = "pids " $1; for (i = 3; i <= NF; i++) line = line " " $i; print line }'
  } | awk -v init="$1" -v depth="$depth" '
    $1 == "ns" { ns[$2] = $3 }
    $1 == "ppid" { parent[$2] = $3 }
    $1 == "pids" { n[$2] = NF - 2; inside[$2] = $(2 + depth); levels[$2] = $3; for (i = 4; i <= NF; i++) levels[$2] = levels[$2] "/" $i }
    END {
      in_it[ns[init]] = 1
      for (more = 1; more;) {
        more = 0
        for (p in n)
          if (n[p] > depth && !(ns[p] in in_it) && (parent[p] in ns) && (ns[parent[p]] in in_it)) { in_it[ns[p]] = 1; more = 1 }
      }
      for (p in n) if (ns[p] in in_it) print p, inside[p], levels[p]
    }' | sort -n
}

# ps_members TARGET [OPTION...]: the same by nsctl.
ps_members() { "$NSCTL" ps -o json "$@" | jq -r '.items[] | "\(.hostPid) \(.pid) \(.pids | map(tostring) | join("/"))"'; }
