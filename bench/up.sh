# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the benches share. BENCH is this folder, NSCTL the program that is named to the bench.

# shellcheck source=tests/lib/instance.sh
. "$BENCH/../tests/lib/instance.sh"

# bench_up ENGINE...: starts them, and makes NSCTL a copy of the program, as `make install` does and as the peers are: of a file written in
# one go the kernel keeps and maps larger pieces than of one that a linker has put together, and an exec takes 2 to 6 % less.
bench_up() {
  instance_up "$@"
  install -m 755 "$NSCTL" "$NSCTL_TEST_DIR/nsctl"
  NSCTL=$NSCTL_TEST_DIR/nsctl
}
