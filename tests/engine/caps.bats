#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# caps beside /proc/PID/status and getpcaps, and why what was granted cannot be used: each rule on a real container that it
# took something from. A careless tool shows the OCI config's word for the kernel's, blames the uid for everything, or
# complains of capabilities that nobody asked for.

load engine

setup_file() {
  export FOLDER
  FOLDER=$(mktemp -d)
  chmod 0755 "$FOLDER"
}

teardown_file() { rm -rf "$FOLDER"; }

teardown() { ended; }

# caps_of TARGET [OPTION...]: the first item.
caps_of() { "$NSCTL" caps -o json "$@" | jq -c '.items[0]'; }

# unusable TARGET: "NAME RULE" lines.
unusable() { "$NSCTL" caps -o json "$@" | jq -r '.items[0].notUsable[] | "\(.name) \(.rule)"'; }

# capable NAME MAGIC PERMITTED [INHERITABLE]: a static program on the host whose file carries capabilities.
capable() {
  [ -x /usr/bin/python3 ] || skip 'no python3'
  install -m 0755 "$(helper capchange)" "$FOLDER/$1"
  /usr/bin/python3 - "$FOLDER/$1" "$2" "$3" "${4:-0}" << 'PYTHON' || skip 'no file capabilities on this file system'
import os, struct, sys
path, magic, permitted, inheritable = sys.argv[1], *(int(word, 0) for word in sys.argv[2:5])
os.setxattr(path, "security.capability", struct.pack("<IIIII", magic, permitted & 0xffffffff, inheritable & 0xffffffff,
                                                      permitted >> 32, inheritable >> 32))
PYTHON
}

# mounted [OPTION]: MOUNT becomes the options that show the folder to a docker or podman container.
mounted() { MOUNT=(--raw -v --raw "$FOLDER:/helpers:ro${1:+,$1}"); }

NET_ADMIN=$((1 << 12)) NET_RAW=$((1 << 13)) SYS_TIME=$((1 << 25))
V2=0x02000000 V2_EFFECTIVE=0x02000001

# masks_of PID: the five sets of its status, as the JSON has them.
masks_of() {
  sed -n 's/^CapEff:\t/effective /p; s/^CapPrm:\t/permitted /p; s/^CapInh:\t/inheritable /p; s/^CapBnd:\t/bounding /p
    s/^CapAmb:\t/ambient /p' "$1" | sort
}

# status_masks: "PID INH PRM EFF BND AMB" of every process, in order.
status_masks() {
  grep -H '^Cap' /proc/[0-9]*/status 2> /dev/null \
    | awk -F'[/:\t]+' '$3 != last { if (last) print line; last = $3; line = $3 } { line = line " " $NF } END { print line }' | sort
}

@test "the five sets equal /proc/PID/status, on all containers of all engines, by mask and by name" {
  local inits=()
  for engine in $NSCTL_TEST_ENGINES; do
    shared "$engine" plain
    inits+=("$INIT")
    case $engine in
      docker | podman | podman-runc | rootless | cri | containerd | runc | crun | lxc)
        shared "$engine" user
        inits+=("$INIT")
        ;;
    esac
  done
  [ ${#inits[@]} -gt 0 ] || skip 'no engine runs'
  # others come and go meanwhile: those count that are the same before and after, and it may be partial
  status_masks > "$BATS_TEST_TMPDIR/before"
  "$NSCTL" caps -A -o json > "$BATS_TEST_TMPDIR/all" || [ $? = 3 ]
  status_masks > "$BATS_TEST_TMPDIR/after"
  jq -r '.items[] | "\(.hostPid) \(.masks | [.inheritable, .permitted, .effective, .bounding, .ambient] | join(" "))"' \
    "$BATS_TEST_TMPDIR/all" | sort -u > "$BATS_TEST_TMPDIR/ours"
  # the kernel's of the same processes
  comm -12 "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" \
    | awk 'NR == FNR { wanted[$1] = 1; next } $1 in wanted' "$BATS_TEST_TMPDIR/ours" - > "$BATS_TEST_TMPDIR/kernel"
  assert_equal "$(comm -23 "$BATS_TEST_TMPDIR/kernel" "$BATS_TEST_TMPDIR/ours")" ''
  for init in "${inits[@]}"; do
    grep -q "^$init " "$BATS_TEST_TMPDIR/kernel" || fail "process $init was not compared"
  done
  # names: the sum of 2^number is the mask
  run -0 jq -r --slurpfile known <("$NSCTL" get caps -o json) '
    def value: explode | reduce .[] as $c (0; . * 16 + (if $c > 57 then $c - 87 else $c - 48 end));
    ($known[0].items | map({(.name): .number}) | add) as $number
    | .items[] | . as $item | ["effective", "permitted", "inheritable", "bounding", "ambient"][]
    | select(($item[.] | map(pow(2; $number[.])) | add // 0) != ($item.masks[.] | value)) | "\($item.container) \(.)"' \
    "$BATS_TEST_TMPDIR/all"
  assert_output ''
}

# pcaps PID: what getpcaps calls effective. Its clauses are "cap_chown,cap_kill=ep", "=ep cap_sys_module-ep" for all but one, "=".
pcaps() {
  getpcaps "$1" 2>&1 | tr ' ' '\n' | awk -v all="$("$NSCTL" get caps -o name | tr '\n' ',')" '
    match($0, /[=+-][eip]*$/) {
      names = substr($0, 1, RSTART - 1)
      sign = substr($0, RSTART, 1)
      n = split(names == "" ? tolower(all) : names, list, ",")
      for (i = 1; i <= n; i++) {
        sub(/^cap_/, "", list[i])
        if (sign == "=" || index(substr($0, RSTART), "e")) held[list[i]] = sign != "-" && index(substr($0, RSTART), "e")
      }
    }
    END { for (name in held) if (name != "" && held[name]) print toupper(name) }' | sort
}

@test "the effective set equals getpcaps" {
  command -v getpcaps capsh > /dev/null || skip 'no getpcaps'
  for engine in docker podman rootless cri runc lxc; do
    for kind in plain user; do
      shared "$engine" "$kind"
      item=$(caps_of "$T")
      assert_equal "$engine $kind $(jq -r '.effective[]' <<< "$item" | sort)" "$engine $kind $(pcaps "$INIT")"
    done
  done
}

@test "docker and cri, uid 1010 with SYS_TIME and NET_ADMIN added: both granted, not usable, because of the uid; nothing else" {
  own docker caps1010 -u 1010 --cap-add SYS_TIME --cap-add NET_ADMIN
  assert_equal "$(unusable "$T")" $'NET_ADMIN uid\nSYS_TIME uid'
  assert_equal "$(caps_of "$T" | jq -c '.effective, .requested.bounding == .bounding')" $'[]\ntrue'
  run -0 --separate-stderr "$NSCTL" caps "$T"
  assert_line 'NET_ADMIN and SYS_TIME were granted but cannot be used: uid 1010 is not root, so execve keeps ambient and file capabilities only.'
  assert_line --partial '  Ways out: a file capability, uid 0, or an ambient capability'
  assert_line 'Not root, so it can use none of the 14 others that its bounding set has.'
  assert_equal "$(grep -c 'granted, not usable: uid' <<< "$output")" 2
  own cri caps1010 --raw '.spec.containers[0].securityContext = {runAsUser: 1010, capabilities: {add: ["SYS_TIME", "NET_ADMIN"]}}'
  assert_equal "$(unusable "$T")" $'NET_ADMIN uid\nSYS_TIME uid'
  run -0 --separate-stderr "$NSCTL" caps "$T"
  assert_line '  Ways out: a file capability, uid 0, or an ambient capability (KEP-2763, not in Kubernetes).'
  # what the config asks for is beside what the kernel has
  assert_line --regexp '^SYS_TIME +- +- +- +yes +- +yes +effective +granted, not usable: uid$'
}

@test "the scene: a web server that is not root, with everything dropped but NET_BIND_SERVICE" {
  own cri capsweb --image pg --raw '.spec.containers[0].securityContext = {allowPrivilegeEscalation: false,
    capabilities: {drop: ["ALL"], add: ["NET_BIND_SERVICE"]}}'
  run -0 --separate-stderr "$NSCTL" caps "$T"
  assert_line --regexp '^NET_BIND_SERVICE +- +- +- +yes +- '
  assert_equal "$(grep -c '^[A-Z_]* .*yes' <<< "$output")" 1
  assert_line 'NET_BIND_SERVICE was granted but cannot be used: uid 101 is not root, so execve keeps ambient and file capabilities only.'
  assert_line '  Ways out: a file capability (no_new_privs blocks it here), uid 0, or an ambient capability (KEP-2763, not in Kubernetes).'
  assert_equal "$(caps_of "$T" | jq -c '.notUsable[0] | .rule, .message, .waysOut')" '"uid"
"NET_BIND_SERVICE was granted but cannot be used: uid 101 is not root, so execve keeps ambient and file capabilities only."
["a file capability (no_new_privs blocks it here)","uid 0","an ambient capability (KEP-2763, not in Kubernetes)"]'
}

@test "not root with the engine's default set: one sentence, no complaint" {
  for engine in docker podman rootless cri containerd lxc; do
    case $engine in
      containerd) own "$engine" "capsplain-$engine" --image pg ;;
      *) own "$engine" "capsplain-$engine" -u 1000 ;;
    esac
    assert_equal "$engine: $(unusable "$T")" "$engine: "
    run -0 --separate-stderr "$NSCTL" caps "$T"
    assert_equal "$engine $(grep -c '^Not root, so it can use none of the [0-9]* that its bounding set has unasked.$' <<< "$output")" "$engine 1"
    refute_output --partial granted
  done
}

@test "file capabilities: what the file carries is usable, what it does not is the uid's loss" {
  capable file-ep "$V2_EFFECTIVE" "$NET_ADMIN"
  mounted
  own docker capsfile -u 1010 --cap-add SYS_TIME --cap-add NET_ADMIN "${MOUNT[@]}" -- /helpers/file-ep
  assert_equal "$(caps_of "$T" | jq -c .effective)" '["NET_ADMIN"]'
  assert_equal "$(unusable "$T")" 'SYS_TIME uid'
}

@test "no_new_privs takes what the file carries, and is named" {
  capable file-ep "$V2_EFFECTIVE" "$NET_ADMIN"
  mounted
  own docker capsnnp -u 1010 --cap-add SYS_TIME --cap-add NET_ADMIN --no-new-privs "${MOUNT[@]}" -- /helpers/file-ep
  assert_equal "$(caps_of "$T" | jq -c .effective)" '[]'
  assert_equal "$(unusable "$T")" $'NET_ADMIN no_new_privs\nSYS_TIME uid'
  run -0 --separate-stderr "$NSCTL" caps "$T"
  assert_line --partial 'NET_ADMIN was granted but cannot be used: the program carries it as a file capability, and with no_new_privs'
  assert_line --partial 'SYS_TIME was granted but cannot be used: uid 1010 is not root'
}

@test "a file without the effective bit, and one on a mount with nosuid: the rule is file" {
  capable file-p "$V2" "$NET_ADMIN"
  mounted
  own docker capsbit -u 1010 --cap-add NET_ADMIN "${MOUNT[@]}" -- /helpers/file-p
  assert_equal "$(caps_of "$T" | jq -c '[.permitted, .effective]')" '[["NET_ADMIN"],[]]'
  assert_equal "$(unusable "$T")" 'NET_ADMIN file'
  capable file-ep "$V2_EFFECTIVE" "$NET_ADMIN"
  own runc capsnosuid -u 1010 --raw '.process.noNewPrivileges = false
    | .process.capabilities |= map_values(["CAP_NET_ADMIN"]) | .process.capabilities.ambient = []
    | .mounts += [{destination: "/mnt", type: "bind", source: "'"$FOLDER"'", options: ["bind", "nosuid", "ro"]}]' -- /mnt/file-ep
  assert_equal "$(caps_of "$T" | jq -c .effective)" '[]'
  assert_equal "$(unusable "$T")" 'NET_ADMIN file'
  run -0 "$NSCTL" caps "$T"
  assert_output --partial 'on a mount with nosuid'
}

@test "podman sets ambient for what is added: usable; and the rule is ambient where a file clears it" {
  own podman capsamb -u 1000 --cap-add NET_ADMIN
  assert_equal "$(caps_of "$T" | jq -c '[.effective, .ambient, .requested.ambient, .notUsable]')" '[["NET_ADMIN"],["NET_ADMIN"],["NET_ADMIN"],[]]'
  capable file-other "$V2" "$NET_RAW"
  mounted suid
  own podman capsclear -u 1000 --cap-add NET_ADMIN "${MOUNT[@]}" -- /helpers/file-other
  assert_equal "$(caps_of "$T" | jq -c '[.effective, .ambient]')" '[[],[]]'
  assert_equal "$(unusable "$T")" 'NET_ADMIN ambient'
  run -0 "$NSCTL" caps "$T"
  assert_output --partial 'for such a file execve clears the ambient set'
}

@test "runc and crun: ambient that is asked for without inheritable is never there" {
  for engine in runc crun; do
    own "$engine" capsalone -u 1000 --raw '.process.capabilities.inheritable = []
      | .process.capabilities.ambient = ["CAP_KILL"] | .process.capabilities.bounding = ["CAP_KILL"]
      | .process.capabilities.permitted = ["CAP_KILL"] | .process.capabilities.effective = ["CAP_KILL"]'
    assert_equal "$engine $(caps_of "$T" | jq -c .ambient)" "$engine []"
    assert_equal "$engine $(unusable "$T")" "$engine KILL ambient"
    disowned
    own "$engine" capsboth -u 1000 --raw '.process.capabilities |= map_values(["CAP_KILL"])
      | .process.capabilities.inheritable = ["CAP_KILL"] | .process.capabilities.ambient = ["CAP_KILL"]'
    assert_equal "$engine $(caps_of "$T" | jq -c '[.effective, .notUsable]')" "$engine [[\"KILL\"],[]]"
  done
}

@test "bounding, and root with no_new_privs: the config asks, execve does not give" {
  own runc capsbound --raw '.process.capabilities.permitted += ["CAP_NET_ADMIN"] | .process.capabilities.effective += ["CAP_NET_ADMIN"]
    | .process.noNewPrivileges = false'
  assert_equal "$(caps_of "$T" | jq -c '[.bounding, .effective | index("NET_ADMIN")]')" '[null,null]'
  assert_equal "$(unusable "$T")" 'NET_ADMIN bounding'
  own runc capsrootnnp --raw '.process.capabilities.bounding += ["CAP_NET_ADMIN"] | .process.noNewPrivileges = true'
  assert_equal "$(caps_of "$T" | jq -c '[.bounding, .effective | index("NET_ADMIN") != null]')" '[true,false]'
  assert_equal "$(unusable "$T")" 'NET_ADMIN no_new_privs'
  own runc capsrootregains --raw '.process.capabilities.bounding += ["CAP_NET_ADMIN"] | .process.noNewPrivileges = false'
  assert_equal "$(caps_of "$T" | jq -c '[.effective | index("NET_ADMIN") != null]')" '[true]'
  assert_equal "$(unusable "$T")" ''
}

@test "a process that gave something up, switched it off, or left root" {
  local program
  program=$(helper capchange)
  install -m 0755 "$program" "$FOLDER/capchange"
  mounted
  own docker capsoff --cap-add SYS_TIME "${MOUNT[@]}" -- /helpers/capchange off 25
  wait_until 10 lacks_effective
  assert_equal "$(unusable "$T")" 'SYS_TIME dropped'
  assert_equal "$(caps_of "$T" | jq -r '.notUsable[0].message')" 'SYS_TIME was granted but cannot be used: permitted, but switched off by the process.'
  own docker capsdrop --cap-add SYS_TIME "${MOUNT[@]}" -- /helpers/capchange drop 25
  wait_until 10 lacks_effective
  assert_equal "$(unusable "$T")" 'SYS_TIME dropped'
  assert_regex "$(caps_of "$T" | jq -r '.notUsable[0].message')" 'the process has given it up since'
  own docker capsnoroot --cap-add SYS_TIME "${MOUNT[@]}" --cap-add SETPCAP -- /helpers/capchange noroot
  wait_until 10 lacks_effective
  assert_equal "$(unusable "$T")" $'SETPCAP dropped\nSYS_TIME dropped'
  assert_regex "$(caps_of "$T" | jq -r '.notUsable[0].message')" 'or the securebits hold noroot'
  own docker capsleft --cap-add SYS_TIME -- su -s /bin/sh app -c 'exec sleep 4801'
  wait_until 10 lacks_effective
  assert_equal "$(unusable "$T")" 'SYS_TIME uid'
  assert_regex "$(caps_of "$T" | jq -r '.notUsable[0].message')" 'it began as root and became uid 1000'
}
lacks_effective() { (((0x$(sed -n 's/^CapEff:\t//p' "/proc/$INIT/status") >> 25 & 1) == 0)); }

@test "user namespaces: root and rootless podman" {
  own rootless capsroot --cap-add SYS_TIME --cap-add NET_ADMIN
  inode=$(stat -L -c %i "/proc/$INIT/ns/user")
  # effective all the same, and of no use: the clock is the initial user namespace's; the network of its own is not
  assert_equal "$(caps_of "$T" | jq -c '[.userNamespace, (.effective | index("SYS_TIME") != null)]')" "[$inode,true]"
  assert_equal "$(unusable "$T")" 'SYS_TIME user_namespace'
  # the kernel says the same
  run "$NSCTL" exec "$T" -- date -s '2020-01-01'
  assert_output --partial 'Operation not permitted'
  run -0 "$NSCTL" caps "$T"
  assert_line "Its capabilities count in user namespace $inode, where root is uid $(id -u "$(rootless_user)") outside."
  own rootless capsuser -u 1000 --cap-add SYS_TIME --cap-add NET_ADMIN
  assert_equal "$(caps_of "$T" | jq -c '[.effective, .ambient]')" '[["NET_ADMIN","SYS_TIME"],["NET_ADMIN","SYS_TIME"]]'
  assert_equal "$(unusable "$T")" 'SYS_TIME user_namespace'
  own podman capsmap --raw --uidmap=0:210000:65536 --raw --gidmap=0:210000:65536 -u 1000 --cap-add NET_ADMIN
  assert_equal "$(caps_of "$T" | jq -c '[.effective, .notUsable]')" '[["NET_ADMIN"],[]]'
  run -0 "$NSCTL" caps "$T"
  assert_line "PID $INIT is uid 1000 inside and 211000 outside."
  assert_line --partial 'where root is uid 210000 outside'
}

@test "capabilities belong to threads" {
  local program
  program=$(helper capchange)
  install -m 0755 "$program" "$FOLDER/capchange"
  mounted
  own docker capsthread "${MOUNT[@]}" -- /helpers/capchange thread 0
  wait_until 10 two_differ
  run -0 --separate-stderr "$NSCTL" caps --threads "$T" -o json
  assert_equal "$(jq -r '.items[] | "\(.hostPid) \(.pid) \(.hostTid) \(.tid)"' <<< "$output" | sort)" \
    "$(for task in "/proc/$INIT/task"/*; do echo "$INIT 1 ${task##*/} $(awk '/^NSpid:/ { print $NF }' "$task/status")"; done | sort)"
  assert_equal "$(jq -c '.items[0] | [.pid == .tid, .hostPid == .hostTid]' <<< "$output")" '[true,true]'
  for tid in "/proc/$INIT/task"/*; do
    tid=${tid##*/}
    assert_equal "$(jq -r --argjson tid "$tid" '.items[] | select(.hostTid == $tid) | .masks.effective' <<< "$output")" \
      "$(sed -n 's/^CapEff:\t//p' "/proc/$INIT/task/$tid/status")"
  done
  run -0 --separate-stderr "$NSCTL" caps --threads "$T"
  assert_line --index 0 --regexp '^ *HOST-TID +TID +CAPABILITY '
  assert_equal "$(grep -cE "^ *$INIT +1 CHOWN .*yes +yes" <<< "$output")" 1
  assert_equal "$(grep -cE '^ *[0-9]+ +[0-9]+ CHOWN ' <<< "$output")" 2
  assert_line '1 of its 1 other threads is otherwise: they are shown by their TID.'
  own docker capsone
  run -0 --separate-stderr "$NSCTL" caps --threads "$T"
  assert_line 'It has one thread.'
}
two_differ() { [ "$(cat /proc/"$INIT"/task/*/status | grep ^CapEff | sort -u | wc -l)" = 2 ]; }

@test "baselines, --against, --all" {
  shared docker plain
  run -0 --separate-stderr "$NSCTL" caps "$T" --baseline docker
  assert_line 'The same as docker.'
  assert_equal "$(caps_of "$T" --baseline pss-baseline | jq -c .against)" '{"name":"pss-baseline","added":["NET_RAW"],"missing":[]}'
  assert_equal "$(caps_of "$T" --baseline pss-restricted | jq -c '[.against.missing, (.against.added | length)]')" '[[],13]'
  assert_equal "$(caps_of "$T" --baseline lxc | jq '.against.missing | length')" "$(($("$NSCTL" get caps -q | wc -l) - 5 - 14))"
  own docker capsnone --cap-drop ALL
  run -0 --separate-stderr "$NSCTL" caps "$T" --baseline crio
  assert_equal "$(grep -cE '^[A-Z_]+ +- +- +- +- +- +yes' <<< "$output")" 9
  assert_line 'Root without capabilities: its bounding set is empty (drop: ALL).'
  assert_line --regexp '^Less than crio: CHOWN, .*\.$'
  run -0 --separate-stderr "$NSCTL" caps "$T"
  refute_line --regexp '^CAPABILITY'
  run -0 --separate-stderr "$NSCTL" caps "$T" --all --no-headers
  assert_equal "$(grep -cE '^[A-Z0-9_]+ +- ' <<< "$output")" "$("$NSCTL" get caps -q | wc -l)"
  assert_equal "$(caps_of "$T" | jq -c '[.against.name, .against.added]')" '["host",[]]'
  plain=$T
  shared docker plain
  assert_equal "$(caps_of "$plain" --against "$T" | jq -c --arg t "$T" '[.against.name == $t, (.against.missing | length)]')" '[true,14]'
}

@test "the matrix: names where they fit, numbers where they do not; ASCII" {
  own docker capsm1 --cap-drop ALL --cap-add KILL
  one=$T
  own docker capsm2 -u 1000 --cap-drop ALL --cap-add CHOWN
  run -0 --separate-stderr "$NSCTL" caps --matrix "$one" "$T"
  assert_line --regexp "^CAPABILITY +$one $T\$"
  assert_line --regexp '^CHOWN +·  +○$'
  assert_line --regexp '^KILL +●  +·$'
  run -0 --separate-stderr "$NSCTL" caps --matrix --ascii "$one" "$T"
  assert_line --regexp '^CHOWN +\.  +b$'
  assert_line --regexp '^KILL +E  +\.$'
  assert_equal "$(grep -c '^[A-Z_]* .*[Eb.]$' <<< "$output")" 2
  run -0 --separate-stderr "$NSCTL" caps -A --matrix
  if [[ ${lines[0]} =~ ^CAPABILITY\ +1\ 2 ]]; then
    assert_line --regexp "^ *[0-9]+ (.*, )?$one(,|\$)"
  fi
  for with in '--against self' '--baseline docker'; do # else it would be left out without a word
    # shellcheck disable=SC2086 # two words
    run -2 --separate-stderr "$NSCTL" caps --matrix $with "$T"
    assert_equal "$stderr" 'nsctl: --matrix compares the containers that are named, with nothing else
  nsctl caps A B --matrix'
  done
  run -2 --separate-stderr "$NSCTL" caps --matrix --threads "$T"
}

@test "an ordinary user: its own in full; another's sets are readable, and it is said what is not" {
  shared rootless plain
  install -D -m 0755 "$NSCTL" "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-caps"
  run -0 --separate-stderr rootless_run "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-caps" caps "$T" -o json
  assert_equal "$(jq -r '.items[0].masks | to_entries[] | "\(.key) \(.value)"' <<< "$output" | sort)" "$(masks_of "/proc/$INIT/status")"
  run -0 --separate-stderr rootless_run "$NSCTL_TEST_DIR/rootless/home/bin/nsctl-caps" caps self -o json
  assert_equal "$(jq -c '.items[0].effective' <<< "$output")" '[]'
}

@test "get capabilities: all of this kernel, with number and meaning" {
  run -0 --separate-stderr "$NSCTL" get capabilities -o json
  assert_equal "$(jq -r '.items[-1].number' <<< "$output")" "$(cat /proc/sys/kernel/cap_last_cap)"
  assert_equal "$(jq '.items | length' <<< "$output")" "$(($(cat /proc/sys/kernel/cap_last_cap) + 1))"
  while read -r name number; do
    assert_equal "$number $(jq -r ".items[$number].name" <<< "$output")" "$number $name"
  done < <(sed -n 's/^#define CAP_\([A-Z_]*\)[ \t]*\([0-9][0-9]*\)$/\1 \2/p' /usr/include/linux/capability.h)
  assert_equal "$(jq -r '[.items[] | select(.number <= 40 and (.meaning | length) < 10)] | length' <<< "$output")" 0
  run -0 "$NSCTL" get caps sys_time CAP_NET_ADMIN 5 -o name
  assert_output $'KILL\nNET_ADMIN\nSYS_TIME'
  run -2 "$NSCTL" get caps SYS_TMIE
  assert_output $'nsctl: unknown capability "SYS_TMIE"\n  did you mean SYS_TIME?'
}

@test "usage" {
  run -2 --separate-stderr "$NSCTL" caps
  run -2 "$NSCTL" caps host --baseline dokcer
  assert_output $'nsctl: unknown baseline dokcer\n  did you mean docker?'
  run -2 --separate-stderr "$NSCTL" caps host --baseline docker --against self
  run -1 --separate-stderr "$NSCTL" caps nosuch-container
  run -1 --separate-stderr "$NSCTL" caps self --against nosuch-container
}
