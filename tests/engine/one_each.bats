#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One container of each engine, all of one name: what get says of it is what the engine itself says, while it runs, is paused, is
# terminating and has stopped; how they are told apart, and how each is ended.

load engine
load terminate

EACH=(containerd cri crun docker lxc podman runc) # as they are listed
NAMESPACE=nsctl-test-each # Kubernetes', of the pod

setup_file() {
  local engine options
  for engine in "${EACH[@]}"; do
    engine_runs "$engine" || continue
    options=()
    [ "$engine" != cri ] || options=(--raw ".metadata.namespace = \"$NAMESPACE\"")
    container_start "$engine" "$(each_name)" "${options[@]}" > "$BATS_FILE_TMPDIR/$engine"
    printf '%s %s\n' "$(container_pid "$engine" "$(each_name)")" "$(container_id "$engine" "$(each_name)")" >> "$BATS_FILE_TMPDIR/$engine"
  done
  # where these keep what has ended is learned from what runs
  for engine in docker podman; do
    ! engine_runs "$engine" || container_start "$engine" "beside-$(lxc_suffix)" > /dev/null
  done
}
teardown_file() {
  local engine
  for engine in "${EACH[@]}"; do
    ! engine_runs "$engine" || container_stop "$engine" "$(each_name)" > /dev/null 2>&1 || true
  done
  for engine in docker podman; do
    ! engine_runs "$engine" || container_stop "$engine" "beside-$(lxc_suffix)" > /dev/null 2>&1 || true
  done
}
teardown() {
  let_go
  ended
}

# lxc's monitors are found whoever's they are: no other instance's may have this name
each_name() { printf 'each-%s\n' "$(lxc_suffix)"; }

# one ENGINE: sets ENGINE, NAME, FULL (with the prefix), and of its start T, INIT and ID.
one() {
  engine_require "$1"
  ENGINE=$1 NAME=$(each_name)
  FULL=$(container_name "$NAME")
  { read -r T && read -r INIT ID; } < "$BATS_FILE_TMPDIR/$ENGINE"
}

# ---- the engine's own words: PID STATUS COMMAND...

engine_says() {
  local spec
  case $ENGINE in
    docker) engine_cli docker inspect -f '{{.State.Pid}} {{.State.Status}} {{.Path}}{{range .Args}} {{.}}{{end}}' "$FULL" ;;
    podman) engine_cli podman container inspect -f '{{.State.Pid}} {{.State.Status}} {{.Path}}{{range .Args}} {{.}}{{end}}' "$FULL" ;;
    cri | containerd)
      # a kubelet's containerd removes the task of what has ended
      spec=$(containerd_says containers info "$ID" | jq -r '.Spec.process.args | join(" ")') || return
      containerd_says task ls | awk -v id="$ID" -v command="$spec" '$1 == id { found = 1; print $2, $3, command }
        END { if (!found) print 0, "STOPPED", command }'
      ;;
    runc | crun)
      spec=$(engine_cli "$ENGINE" state "$FULL") || return
      jq -r '"\(.pid) \(.status)"' <<< "$spec" | paste -d ' ' - <(jq -r '.process.args | join(" ")' "$(jq -r .bundle <<< "$spec")/config.json")
      ;;
    lxc) printf '%s %s %s\n' "$(engine_cli lxc info -n "$FULL" -p -H | grep . || echo 0)" "$(engine_cli lxc info -n "$FULL" -s -H)" "$(sed -n 's/^lxc.init.cmd = //p' "$(engine_lxc_home)/$FULL/config")" ;;
  esac
}
containerd_says() {
  case $ENGINE in
    cri) engine_cri_ctr "$@" ;;
    *) engine_cli containerd "$@" ;;
  esac
}

# engine_status: sets SAID_PID, SAID_STATUS (its word, as nsctl's) and SAID_COMMAND.
engine_status() {
  read -r SAID_PID SAID_STATUS SAID_COMMAND < <(engine_says)
  case ${SAID_STATUS,,} in
    running) SAID_STATUS=Running ;;
    paused | frozen) SAID_STATUS=Paused ;;
    exited | stopped) SAID_STATUS=Stopped ;;
  esac
}
engine_status_is() { engine_status && [ "$SAID_STATUS" = "$1" ]; }

# ---- what nsctl says

# listed [OPTION...]: [id, hostPid, status, command] of the container in the list of all; status 3 is another's trouble.
listed() {
  "$NSCTL" get co -o json "$@" 2> /dev/null | jq -c --arg engine "$ENGINE" --arg name "$FULL" --argjson noid "$([ "$ENGINE" = lxc ] && echo true || echo false)" \
    '.items[] | select(.engine == $engine and (.pod.name // .name) == $name and (.pause | not)) | [.id // (if $noid then .name else null end), .hostPid, .status, .command]'
}

# row STATUS PID AGE COMMAND: the table says the same.
row() {
  local short=$ID
  [[ ! $ID =~ ^[0-9a-f]{64}$ ]] || short=${ID:0:12}
  case $ENGINE in
    cri) echo "^cri +main +$FULL +$NAMESPACE +$short +$2 +$1 +$3 +$4\$" ;;
    lxc) echo "^lxc +$FULL +- +- +- +$2 +$1 +$3 +$4\$" ;;
    *) echo "^$ENGINE +$FULL +- +- +$short +$2 +$1 +$3 +$4\$" ;;
  esac
}

# agree STATUS: of a live one.
agree() {
  engine_status
  assert_equal "$SAID_PID $SAID_STATUS $SAID_COMMAND" "$INIT $1 sleep 4800"
  assert_equal "$(listed)" "[\"$ID\",$INIT,\"$1\",[\"sleep\",\"4800\"]]"
  run -0 "$NSCTL" get co "$T"
  assert_line --index 1 --regexp "$(row "$1" "$INIT" '([0-9]+[smhd])+' 'sleep 4800')"
}

# life ENGINE: through all that a status can be. The container is gone behind it.
life() {
  one "$1"
  agree Running
  run -0 "$NSCTL" get co "$T" -q
  assert_output "$(id_shown)"
  container_pause "$ENGINE" "$NAME"
  agree Paused
  container_unpause "$ENGINE" "$NAME"
  agree Running
  terminate
  assert_equal "$(listed)" "[\"$ID\",$INIT,\"Terminating\",[]]"
  run -0 "$NSCTL" get co "$T"
  assert_line --index 1 --regexp "$(row Terminating "$INIT" '([0-9]+[smhd])+' '(-|\?)')"
  let_go
  wait_until 10 engine_status_is Stopped || fail "$(engine_says)"
  wait_until 10 proc_gone_at_all
  assert_equal "$(listed)" ''
  assert_equal "$(listed -a)" "[\"$ID\",null,\"Stopped\",[]]"
  run "$NSCTL" get co -a
  assert_line --regexp "$(row Stopped - - -)"
}
proc_gone_at_all() { [ ! -e "/proc/$INIT/ns/pid" ]; }

# terminate: nobody is left beside a container of runc and crun who could be held.
terminate() {
  case $ENGINE in
    runc | crun) init_terminating ;;
    *) init_zombie ;;
  esac
}

# ---- all of them, while they run

# each COMMAND...: for each engine that runs, with one() called.
each() {
  local engine ran=0
  for engine in "${EACH[@]}"; do
    engine_runs "$engine" || continue
    one "$engine"
    "$@" # not behind ||, where nothing in it would fail
    ran=$((ran + 1))
  done
  [ "$ran" -gt 0 ] || skip 'no engine runs here'
}

@test "a name that all have: each is listed in a form that names only it" {
  refs=() n=0
  note_ref() {
    refs+=("$([ "$ENGINE" = cri ] && echo "$NAMESPACE/$FULL/main" || echo "$ENGINE/$FULL")")
    n=$((n + 1))
  }
  each note_ref
  [ "$n" -gt 1 ] || skip 'one engine only'
  run -125 --separate-stderr "$NSCTL" exec "$FULL" -- true
  assert_equal "$output" ''
  assert_equal "$stderr" "nsctl: $FULL: $n containers fit
  write one of $(printf '%s, ' "${refs[@]}" | sed 's/, $//')"
  for ref in "${refs[@]}"; do
    run -0 "$NSCTL" get co "$ref" -o name
    assert_output "$ref"
  done
}

@test "kill names the engine's own command, with the folder where that is not the usual one" {
  stop_command() {
    local command
    case $ENGINE in
      docker | podman) command="$ENGINE stop $FULL" ;;
      cri) command="kubectl delete pod -n $NAMESPACE $FULL" ;;
      lxc) command="lxc-stop -P $(engine_lxc_home) -n $FULL" ;;
      containerd) command="ctr -n default task kill $FULL" ;;
      runc | crun) command="$ENGINE --root $NSCTL_TEST_DIR/$ENGINE/state kill $FULL" ;;
    esac
    run -2 --separate-stderr "$NSCTL" kill "$T"
    assert_equal "$stderr" "nsctl: $([ "$ENGINE" = cri ] && echo main || echo "$FULL") is a container of $ENGINE: nsctl ends its own sandboxes only
  $command"
    assert [ -e "/proc/$INIT/ns/pid" ]
  }
  each stop_command
}

@test "-n shows what is in that Kubernetes namespace, and nothing else" {
  one cri
  run -0 "$NSCTL" get co -n "$NAMESPACE" -o name
  assert_output "$NAMESPACE/$FULL/main"
  run -0 "$NSCTL" get co -n "$NAMESPACE" -a -o name
  pause=$(container_id cri "$NAME/")
  assert_output "$NAMESPACE/$FULL/main"$'\n'"cri://${pause:0:12}"
  run -0 "$NSCTL" get pods -n "$NAMESPACE" -o name
  assert_output "$NAMESPACE/$FULL"
  run -0 "$NSCTL" ps -A -n "$NAMESPACE" -o json
  assert_equal "$(jq -c '[.items[].container] | unique' <<< "$output")" "[\"$NAMESPACE/$FULL/main\"]"
}

@test "get pods: a name that none has is answered with the nearest" {
  one cri
  run -1 --separate-stderr "$NSCTL" get pods -n "$NAMESPACE" "${FULL/each/eahc}"
  assert_equal "$output" ''
  assert_equal "$stderr" "nsctl: ${FULL/each/eahc}: no such pod
  did you mean $FULL?"
  run -1 --separate-stderr "$NSCTL" get pods -n "$NAMESPACE" "$NAMESPACE/${FULL/each/eahc}"
  assert_equal "$stderr" "nsctl: $NAMESPACE/${FULL/each/eahc}: no such pod
  did you mean $NAMESPACE/$FULL?"
  run -0 "$NSCTL" get pods "$NAMESPACE/$FULL" -o name
  assert_output "$NAMESPACE/$FULL"
  run -1 --separate-stderr "$NSCTL" get pods -n "$NAMESPACE" nothing-like-it
  assert_equal "$stderr" 'nsctl: nothing-like-it: no such pod
  nsctl get pods lists what there is; -a shows stopped ones'
}

@test "-q prints whole IDs, of all of them" {
  ids=()
  note_id() { ids+=("$(id_shown)"); }
  each note_id
  run "$NSCTL" get co -q
  assert_equal "$(grep -xF "$(printf '%s\n' "${ids[@]}")" <<< "$output")" "$(printf '%s\n' "${ids[@]}")"
}
# lxc has none
id_shown() { [ "$ENGINE" = lxc ] && echo "lxc/$FULL" || echo "$ID"; }

@test "not root: whose containers are not shown, and what root would add" {
  engine_require "${EACH[@]}" rootless
  # this instance's places alone
  NSCTL_ROOT=$(printf '%s=:' nsctl "${EACH[@]}")$NSCTL_ROOT
  note='nsctl: docker, cri, podman, lxc, containerd, crun, runc, bare: root'"'"'s containers are not shown
  root can read more: sudo nsctl ...'
  # of lxc's the monitors are everybody's to see
  run -3 --separate-stderr as_nobody get co -o name
  assert_equal "$stderr" "$note"
  assert_line "lxc/$(container_name "$(each_name)")"
  refute_line --regexp '^[^l]'
  run -4 --separate-stderr as_nobody get co -n nosuch
  assert_equal "$output" ''
  assert_equal "$stderr" "$note
nsctl: no containers could be read: permission denied
  run it as root: sudo nsctl get containers"
}

@test "rootless: the same for root and for the user whose it is" {
  shared rootless plain
  read -r id pid status command < <(engine_cli rootless container inspect -f \
    '{{.Id}} {{.State.Pid}} {{.State.Status}} {{.Path}}{{range .Args}} {{.}}{{end}}' "$(container_name "$NAME")")
  assert_equal "$pid $status $command" "$INIT running sleep 4800"
  wanted="[\"$T\",\"$id\",$pid,\"Running\",[\"sleep\",\"4800\"],$(id -u "$(rootless_user)")]"
  run -0 "$NSCTL" get co "$T" -o json
  assert_equal "$(jq -c '.items[] | [.ref, .id, .hostPid, .status, .command, .ownerUid]' <<< "$output")" "$wanted"
  install -D -m 0755 "$NSCTL" "$NSCTL_TEST_DIR/rootless/home/bin/nsctl"
  run -3 --separate-stderr rootless_run "$NSCTL_TEST_DIR/rootless/home/bin/nsctl" get co -o json
  assert_equal "$(jq -c --arg id "$id" '.items[] | select(.id == $id) | [.ref, .id, .hostPid, .status, .command, .ownerUid]' <<< "$output")" "$wanted"
}

# ---- one after the other, to the end

@test "docker: running, paused, terminating, stopped" { life docker; }
@test "podman: running, paused, terminating, stopped" { life podman; }
@test "cri: running, paused, terminating, stopped" { life cri; }
@test "containerd: running, paused, terminating, stopped" { life containerd; }
@test "runc: running, paused, terminating, stopped" { life runc; }
@test "crun: running, paused, terminating, stopped" { life crun; }
@test "lxc: running, paused, terminating, stopped" { life lxc; }
