#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bounds.py MEDIANS < BOUNDS: holds measured medians against what they should be; status 1 when one is not held.

MEDIANS is what measure.py wrote. A bound is a line "LABEL@SIZE<TAB>FACTOR<TAB>LABEL@SIZE": the first takes at most FACTOR
times as long as the second. What was not measured (an engine that is not here) is said and does not count.
"""
import sys


def main():
    medians = {}
    with open(sys.argv[1], encoding="ascii") as file:
        for line in file:
            size, label, seconds = line.rstrip("\n").split("\t")
            medians[f"{label}@{size}"] = float(seconds)
    failed = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        left, factor, right = line.rstrip("\n").split("\t")
        if left not in medians or right not in medians:
            print(f"skip   {left} against {right}: not measured")
            continue
        ratio = medians[left] / medians[right]
        held = ratio <= float(factor)
        failed |= not held
        print(f"{'ok' if held else 'FAILED':<6} {left} takes {ratio:.3f} of {right}, at most {float(factor):.3f}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
