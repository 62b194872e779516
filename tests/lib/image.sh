# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The images of the tests, made from the host's static busybox; nothing is pulled.
#
#   base      busybox with root, app (1000:1000, also wheelies 2001), nobody; the shell manifests' "ubuntu" as well
#   pg        the same, with a user postgres of uid 101, which is another name on most hosts; runs as postgres
#   scratch   one static binary, /sleep, and nothing else: no shell, no passwd
#   pause     one static binary that sleeps, for the sandbox of a pod
#
# image_make writes $NSCTL_TEST_DIR/image/NAME/rootfs and $NSCTL_TEST_DIR/image/NAME.tar (docker's archive format,
# which docker load, podman load and ctr images import all read).

image_rootfs() { printf '%s\n' "$NSCTL_TEST_DIR/image/$1/rootfs"; }
image_tar() { printf '%s\n' "$NSCTL_TEST_DIR/image/$1.tar"; }

# image_user NAME: the user that an image asks for.
image_user() {
  case $1 in
    pg) echo postgres ;;
  esac
}

# image_command NAME: what its container runs when the test says nothing.
image_command() {
  case $1 in
    scratch) printf '/sleep\n4800\n' ;;
    *) printf 'sleep\n4800\n' ;;
  esac
}

# image_make: all of them.
image_make() {
  local busybox
  busybox=$(busybox_static) || return 1
  mkdir -p "$NSCTL_TEST_DIR/image"
  image_base "$busybox" base
  image_base "$busybox" pg
  sed -i 's/^app:.*/postgres:x:101:101:PostgreSQL:\/var\/lib\/postgresql:\/bin\/sh/' "$(image_rootfs pg)/etc/passwd"
  sed -i 's/^app:.*/postgres:x:101:/; s/^wheelies:.*/ssl-cert:x:2001:postgres/' "$(image_rootfs pg)/etc/group"
  image_single "$busybox" scratch
  image_single "$busybox" pause

  local shell='"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","NSCTL_IMAGE=base"]'
  image_archive base "$shell,"'"Cmd":["sleep","4800"]' nsctl-test-base ubuntu
  image_archive pg "$shell,"'"Cmd":["sleep","4800"],"User":"postgres"' nsctl-test-pg
  image_archive scratch '"Cmd":["/sleep","4800"]' nsctl-test-scratch
  image_archive pause '"Entrypoint":["/sleep","2147483647"]' nsctl-test-pause
}

# busybox_static: the host's busybox, when it needs no library.
busybox_static() {
  local path
  for path in /bin/busybox /usr/bin/busybox /bin/busybox.static; do
    [ -x "$path" ] || continue
    if ! LC_ALL=C grep -aq '/ld-\(linux\|musl\)[^/]*\.so' "$path"; then
      printf '%s\n' "$path"
      return 0
    fi
  done
  say 'tests: no static busybox (package busybox-static)'
  return 1
}

image_base() {
  local root applet
  root=$(image_rootfs "$2")
  mkdir -p "$root"/{bin,dev,etc,home/app,lib,proc,root,run,sbin,srv,sys,tmp,usr/bin,usr/sbin,var/tmp}
  install -m 0755 "$1" "$root/bin/busybox"
  "$1" --list-full | while read -r applet; do
    case $applet in
      bin/busybox | linuxrc) continue ;;
    esac
    mkdir -p "$root/${applet%/*}"
    ln -sf /bin/busybox "$root/$applet"
  done
  cat > "$root/etc/passwd" << 'PASSWD'
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
app:x:1000:1000:app:/home/app:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
PASSWD
  cat > "$root/etc/group" << 'GROUP'
root:x:0:
daemon:x:1:
app:x:1000:
wheelies:x:2001:app
others:x:2002:daemon
nogroup:x:65534:
GROUP
  printf 'nsctl-test\n' > "$root/etc/hostname"
  printf '127.0.0.1 localhost\n' > "$root/etc/hosts"
  : > "$root/etc/resolv.conf"
  printf 'hosts: files\n' > "$root/etc/nsswitch.conf"
  printf '/bin/sh\n' > "$root/etc/shells"
  printf 'NAME="nsctl test"\nID=nsctl-test\n' > "$root/etc/os-release"
  chmod 0755 "$root" "$root/etc" "$root/bin"
  chmod 1777 "$root/tmp" "$root/var/tmp"
  chmod 0700 "$root/root"
  chown 1000:1000 "$root/home/app"
}

# A single binary: busybox acts by the name that it is called by, and there is only /sleep.
image_single() {
  local root
  root=$(image_rootfs "$2")
  mkdir -p "$root"
  install -m 0755 "$1" "$root/sleep"
  chmod 0755 "$root"
}

# image_archive NAME CONFIG TAG...: packs a root file system with docker's manifest.json.
image_archive() {
  local name=$1 config=$2 dir layer sum tags tag arch
  shift 2
  dir=$NSCTL_TEST_DIR/image/$name
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) arch=$(uname -m) ;;
  esac
  mkdir -p "$dir/archive/layer"
  layer=$dir/archive/layer/layer.tar
  tar --numeric-owner --sort=name --mtime=@0 -C "$dir/rootfs" -cf "$layer" .
  sum=$(sha256sum "$layer")
  printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":{%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"%s"}]}\n' \
    "$arch" "$config" "${sum%% *}" "$name" > "$dir/archive/config"
  sum=$(sha256sum "$dir/archive/config")
  mv "$dir/archive/config" "$dir/archive/${sum%% *}.json"
  tags=
  for tag in "$@"; do
    tags="$tags${tags:+,}\"docker.io/library/$tag:latest\""
  done
  printf '[{"Config":"%s.json","RepoTags":[%s],"Layers":["layer/layer.tar"]}]\n' "${sum%% *}" "$tags" \
    > "$dir/archive/manifest.json"
  tar --numeric-owner -C "$dir/archive" -cf "$NSCTL_TEST_DIR/image/$name.tar" "${sum%% *}.json" layer manifest.json
  rm -rf --one-file-system -- "$dir/archive"
}
