# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs what README, manual and help show, and looks whether it ends as it should and says what the page shows: on sandboxes in
# tests/cli/examples.bats, on docker's containers in tests/engine/examples.bats.

# ---- the tables: what is written in the examples, and what it is here

# Names of pods, and files. Pairs of a pattern (sed -E) and its text; both sides of a comparison are rewritten.
REWRITE=(
  'shop/(api-7c9f8-xk2p|api-7c9f8/api|api-7c9/main|api|web)([^a-z0-9-]|$)' 'shop/api\2'
  '\| less' '| cat'
  'pgrep nginx' 'echo 43211' # there need be none
  'who 4711' 'who 43211'
)

# Not run, and why. A pattern on the whole command.
not_run() {
  case $1 in
    'docker run '*) echo 'starts a container of an image from a registry' ;;
    'nsctl repl' | *' -w' | *' -w '* | *' --watch'*) echo 'does not end by itself' ;;
    'apt-get '* | 'make '*) echo 'the build itself' ;;
    *--tools*) [ -n "$BUSYBOX" ] || echo 'no static busybox here' ;;
    *'ps aux'* | *'-- ps') command -v ps > /dev/null || echo 'no ps here' ;;
  esac
}

# What has to be there before an example, beside what setup() makes.
before() {
  case $1 in
    'nsctl kill box'*) "$NSCTL" get co box > /dev/null 2>&1 || "$NSCTL" run -d --name box -- sleep 4800 > /dev/null ;;
    *examples/pod-levels.yaml*) "$NSCTL" run -d -f examples/pod-levels.yaml > /dev/null 2>&1 ;;
  esac
}

# What an example may end with: an answer is no failure.
may_end_with() {
  case $1 in
    *'nsctl exec wbe '* | *'run -f flat.yaml'*) echo 125 ;;
    *'exec web -- /etc/passwd'*) echo 126 ;;
    *'nsctl diff '* | *'nsctl can '* | *'nsctl doctor'*) echo 0 1 3 ;;
    *'nsctl who '*) first_pidns && echo 0 || echo 0 3 ;; # inside a container the host's PID 1 is nobody's
    *'nsctl generate '*) echo 0 3 ;; # the filter of a sandbox is no engine's
    *' -A'* | 'nsctl get '* | *'nsctl get co '*) echo 0 3 ;; # what ends meanwhile is no fault of the example
    *) echo 0 ;;
  esac
}

# ---- the world of the examples

# examples_setup [ENGINE=DIR]: for setup_file(). The file's own start_boxes starts those of the names; an engine that it takes for
# that is found in DIR, and no other.
examples_setup() {
  sandbox_setup
  export BOXES HOME=$BOXES/home BUSYBOX STANDING PID UNABLE=''
  "$NSCTL" run -- true 2> "$BOXES/why" || UNABLE=$(sandbox_why) || fail "$UNABLE"
  [ -z "$UNABLE" ] || return 0
  for engine in docker cri podman lxc containerd crun runc; do
    NSCTL_ROOT+=":$engine=" # nothing of this machine is called as in the examples
  done
  [ -z "${1-}" ] || NSCTL_ROOT+=":$1"
  export EXAMPLES_ROOT=$NSCTL_ROOT # each test reads the instance's again
  mkdir -p "$HOME/.zsh" "$HOME/.config/fish/completions" "$HOME/bin"
  ln -s "$NSCTL" "$HOME/bin/nsctl"
  PATH=$HOME/bin:$PATH
  cp -r "$TESTS/../examples" "$HOME"
  cp "$TESTS/../examples"/pod-*.yaml "$HOME"
  cd "$HOME" || return
  BUSYBOX=$(nsctl doctor -o json 2> /dev/null | jq -r '.items[] | select(.name == "busybox" and .status == "ok") | .found')
  start_boxes 2> /dev/null
  manifest api shop > pod.yaml
  nsctl run -d -f pod.yaml 2> /dev/null
  for file in web db; do manifest "$file" default > "$file.yaml"; done
  manifest flat default | sed 's/^  name: flat/name: flat/; /namespace/d' > flat.yaml
  echo 1 > pids
  echo 'get co' > checks.nsctl
  STANDING=$(ls "$BOXES/state")
  PID=$(nsctl get co web -o json | jq '.items[0].hostPid')
}

# examples_begin: for setup()
examples_begin() {
  [ -z "$UNABLE" ] || skip "$UNABLE"
  NSCTL_ROOT=$EXAMPLES_ROOT
  PAGE=$BATS_TEST_TMPDIR/page
  mkdir -p "$PAGE"
  cd "$HOME" || return
}

# manifest NAME NAMESPACE
manifest() {
  cat << MANIFEST
apiVersion: v1
kind: Pod
metadata:
  name: $1
  namespace: $2
spec:
  containers:
    - name: main
      image: debian
      command: [sleep, "4800"]
      securityContext:
        runAsUser: 65534
        capabilities:
          add: [SYS_TIME, NET_ADMIN]
MANIFEST
}

rewritten() {
  local i script=()
  for ((i = 0; i < ${#REWRITE[@]}; i += 2)); do
    script+=(-e "s#${REWRITE[i]}#${REWRITE[i + 1]}#g")
  done
  sed -E "${script[@]}" -e "s/43211/$PID/g"
}

words() { tr -s ' ' '\n' | grep . | paste -sd ' '; }

# run_one COMMAND OUTPUT: false, and why, when it does not end as it should or says something else.
run_one() {
  local status said expected line
  if [ -n "$(not_run "$1")" ]; then
    return 0
  fi
  before "$1"
  RAN=$((RAN + 1))
  status=0
  said=$(timeout 60 bash -c "$1" 2>&1 < /dev/null) || status=$?
  case " $(may_end_with "$1") " in
    *" $status "*) ;;
    *)
      printf '%s\nends with %s, not %s:\n%s\n' "$1" "$status" "$(may_end_with "$1")" "$said"
      return 1
      ;;
  esac
  # the head of a table, and what is said of an error
  expected=$(head -n 1 <<< "$2")
  if [[ $1 != *'nsctl exec '* && $expected =~ ^[A-Z][A-Z-]*( +[A-Z][A-Z-]*)+$ ]] && ! grep -qxF -- "$(words <<< "$expected")" <<< "$(sed -E 's/ +/ /g; s/ $//' <<< "$said")"; then
    printf '%s\nthe page shows the head\n%s\nbut it prints\n%s\n' "$1" "$expected" "$said"
    return 1
  fi
  while IFS= read -r line; do
    case $line in
      'nsctl: root without capabilities'*) ;; # of a container that has dropped ALL
      'nsctl: '* | '  did you mean '*)
        grep -qxF -- "$line" <<< "$said" || {
          printf '%s\nthe page shows\n%s\nbut it prints\n%s\n' "$1" "$line" "$said"
          return 1
        }
        ;;
    esac
  done <<< "$2"
}

# run_page FILE: all of its examples, in their order. RAN counts.
run_page() {
  local file command failed=0
  rm -f "$PAGE"/*
  python3 "$TESTS/lib/examples.py" "$1" "$PAGE"
  for file in "$PAGE"/*.command; do
    [ -f "$file" ] || continue
    command=$(rewritten < "$file")
    [[ $command == nsctl*'# '* ]] && command=$(repl_line "$command")
    run_one "$command" "$(rewritten < "${file%.command}.output")" || failed=1
  done
  tidy
  [ "$failed" = 0 ]
}

# tidy: ends what a page has started.
tidy() {
  local name
  for name in "$BOXES"/state/*/; do
    name=$(basename "$name")
    grep -qxF "$name" <<< "$STANDING" || "$NSCTL" kill "nsctl/$name"
  done
}

# A line at the prompt of the REPL, with the context that the prompt shows.
repl_line() {
  local prompt=${1%%# *}
  [ "$prompt" = nsctl ] && printf 'nsctl repl -c %q\n' "${1#*# }" && return
  printf 'nsctl repl -c %q -c %q\n' 'use shop/api' "${1#*# }"
}

# ---- all of them

examples_readme() {
  RAN=0
  run_page "$TESTS/../README.md" || fail 'see above'
  [ "$RAN" -ge 15 ] || fail "only $RAN were found"
}

examples_manual() {
  local failed=0 before
  RAN=0
  for page in "$TESTS"/../man/nsctl*.[17]; do
    before=$RAN
    run_page "$page" || { echo "^ ${page##*/}" && failed=1; }
    grep -q '^\.Sh EXAMPLES' "$page" && [ "$RAN" = "$before" ] && echo "${page##*/}: none of its examples was run" && failed=1
  done
  [ "$RAN" -ge 60 ] || fail "only $RAN were found"
  [ "$failed" = 0 ]
}

examples_help() {
  local failed=0 command
  RAN=0
  for verb in $("$NSCTL" __complete -- '' | cut -f1); do
    while IFS= read -r command; do
      command=$(sed -E 's/ +# .*//; s/^  //' <<< "$command" | rewritten)
      run_one "$command" '' || { echo "^ nsctl help $verb" && failed=1; }
    done < <("$NSCTL" help "$verb" | grep -E '^  (source <\(|. )?nsctl .* #|^  pgrep|^  \$')
  done
  [ "$RAN" -ge 50 ] || fail "only $RAN were found"
  [ "$failed" = 0 ]
}
