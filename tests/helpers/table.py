#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a table that a terminal shows against what should stand in it.

table.py EXPECTED WIDTH MARK [right=A,B] [whole=C,D] [any=E] < TABLE

EXPECTED is a file of tab separated texts, the headings in the first line (null or nothing: "-" or "?"). Each cell that is shown is
one of these, or the beginning of it and MARK; those of `right` (numbers, which stand at the right of their columns) and of
`whole` are never cut, those of `any` are not looked at. A column that is not shown though it has texts must be named in the
sentence below the table. No line is longer than WIDTH. Lines that go on, and "  HEADING: text" below a row, belong to the row.
Prints what is wrong, and how many cells were cut; false when anything is wrong.
"""

import re
import sys


def read_expected(name):
    lines = open(name, encoding="utf-8").read().splitlines()
    heads = lines[0].split("\t")
    return heads, [dict(zip(heads, line.split("\t"))) for line in lines[1:]]


def columns_of(heading):
    return [(match.group(), match.start(), match.end()) for match in re.finditer(r"\S+", heading)]


def cells_of(line, columns, right):
    """The text of each column: numbers are the last words of what stands between two columns that begin at the left."""
    cells, at = {}, 0
    while at < len(columns):
        end = at + 1
        while end < len(columns) and columns[end][0] in right:
            end += 1
        begin = 0 if at == 0 else columns[at][1]
        text = line[begin:columns[end][1] if end < len(columns) else None]
        words = text.rsplit(None, end - at - 1) if end - at > 1 else [text]
        names = [name for name, _, _ in columns[at:end]]
        cells.update(zip(names, [""] * (len(names) - len(words)) + [word.strip() for word in words]))
        at = end
    return cells


def rows_of(lines, columns, right, heads, count):
    """The rows with all that belongs to them, and the lines below the table."""
    rows, below, below_at = [], None, 0
    first_is_right = columns[0][0] in right
    for at, line in enumerate(lines):
        named = re.match(r"  ([A-Z-]+): +(.*)", line)
        if named and named.group(1) in heads and rows:
            below, below_at = named.group(1), named.start(2)
            rows[-1][below] = named.group(2)
        elif line.startswith(" ") and not first_is_right and rows:
            if below and line[:below_at].strip() == "":
                rows[-1][below] += line[below_at:]
            else:
                for name, text in cells_of(line, columns, right).items():
                    rows[-1][name] += text
        elif len(rows) == count:
            return rows, lines[at:]
        else:
            below = None
            rows.append(cells_of(line, columns, right))
    return rows, []


def close(text):
    return text.replace(" ", "")


def check_cell(shown, want, mark, whole):
    """None: wrong; else whether it was cut."""
    if want in ("", "null"):
        return False if shown in ("-", "?", "") else None
    if close(shown) == close(want):
        return False
    if shown.endswith(mark) and not whole and close(want).startswith(close(shown[: -len(mark)])):
        return True
    return None


def main():
    expected, width, mark = sys.argv[1:4]
    options = dict(word.split("=", 1) for word in sys.argv[4:])
    right, whole, ignored = (set(options.get(name, "").split(",")) for name in ("right", "whole", "any"))
    heads, wanted = read_expected(expected)
    lines = sys.stdin.read().replace("\r", "").splitlines()
    columns = columns_of(lines[0])
    rows, sentences = rows_of(lines[1:], columns, right, heads, len(wanted))
    # the other sentences below a table are as long as they are
    table = lines[: len(lines) - len(sentences)]
    wrong = [f"longer than {width}: {line}" for line in table if len(line) > int(width)]
    wrong += [f"unknown heading {name}" for name, _, _ in columns if name not in heads]
    if len(rows) != len(wanted):
        wrong.append(f"{len(rows)} rows, not {len(wanted)}")
    cut, shown = 0, {name for name, _, _ in columns}.union(*rows)
    for row, want in zip(rows, wanted):
        for name, text in row.items():
            result = False if name in ignored else check_cell(text, want.get(name, ""), mark, name in right | whole)
            if result is None:
                wrong.append(f"{name}: {text!r}, not {want.get(name)!r}")
            cut += bool(result)
    said = " ".join(line for line in sentences if line.startswith("No room for "))
    for name in heads:
        filled = any(want.get(name) not in ("", "null") for want in wanted)
        if name not in shown and filled and not re.search(rf"[ ,]{name}[,:]", said):
            wrong.append(f"{name} is not shown, and nothing says so")
    print("\n".join(wrong) if wrong else f"{cut} cut")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
