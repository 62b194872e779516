#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""measure.py ROUNDS QUIET [FILE SIZE]: reads "label<TAB>command[<TAB>share[<TAB>stdin[<TAB>stopped]]]" lines, runs them in turn,
prints medians and ratios.

The commands take turns, so that a busy moment of the machine hits all of them, and in another order each time. QUIET seconds of nothing
before each; or "itself": the same command once more, untimed, as it follows itself back to back, for what one leaves behind (an engine
that cleans up after its exec) is to fall on nobody else. RATIO is to the first one.
A third field is how many times this command's median the first one, or the one behind an @, may take at most: "met" or "not met".
Standard input is the file of the fourth field, else /dev/null. A fifth field names processes (PIDs, joined by commas) that stand still
while the command runs, and go on behind it whatever happens. With FILE each median is appended there, for bounds.py:
"SIZE<TAB>label<TAB>seconds".
A command that fails ends the measurement: a time of something else would be worth nothing.
"""
import contextlib
import os
import random
import signal
import statistics
import sys
import time


def run(argv, stdin):
    """Runs one command to its end; gives seconds."""
    begin = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, stdin or "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"measure: status {status}: {' '.join(argv)}")
    return took


def stands_still(pid):
    """No thread of the process runs any more: a stop takes its time to reach all."""
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat", encoding="utf-8", errors="replace") as file:
            if file.read().rpartition(") ")[2][0] != "T":
                return False
    return True


@contextlib.contextmanager
def stopped(pids):
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        end = time.monotonic() + 5
        while not all(stands_still(pid) for pid in pids):
            if time.monotonic() > end:
                sys.exit(f"measure: {pids} cannot be stopped")
            time.sleep(0.001)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def verdict(medians, first, label, wanted):
    if not wanted:
        return ""
    wanted, _, other = wanted.partition("@")
    share = medians[other or first] / medians[label]
    return f"{share:>9.2f} {float(wanted):>8.2f}  {'met' if share <= float(wanted) else 'not met'}"


def main():
    rounds, before = int(sys.argv[1]), sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows = [(line.rstrip("\n").split("\t") + ["", "", ""])[:5] for line in sys.stdin if line.strip()]
    times = {row[0]: [] for row in rows}
    order = random.Random(1)
    for turn in range(rounds + 1):
        for label, command, _, stdin, pids in order.sample(rows, len(rows)):
            with stopped([int(pid) for pid in pids.split(",") if pid]):
                if before == "itself":
                    run(command.split(), stdin)
                else:
                    time.sleep(float(before))
                took = run(command.split(), stdin)
            if turn:  # the first round fills caches
                times[label].append(took)
    medians = {label: statistics.median(taken) for label, taken in times.items()}
    first = rows[0][0]
    print(f"{'COMMAND':<28} {'MEDIAN':>10} {'RATIO':>8} {'SHARE':>9} {'AT MOST':>8}")
    for label, _, wanted, _, _ in rows:
        median = medians[label]
        print(f"{label:<28} {median * 1e3:>7.2f} ms {median / medians[first]:>7.2f}x "
              f"{verdict(medians, first, label, wanted)}".rstrip())
        if len(sys.argv) > 4:
            with open(sys.argv[3], "a", encoding="ascii") as file:
                file.write(f"{sys.argv[4]}\t{label}\t{median}\n")


if __name__ == "__main__":
    main()
