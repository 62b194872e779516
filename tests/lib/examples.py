#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# examples.py FILE FOLDER: the examples of README.md (what stands behind a prompt in its code blocks) or of a manual page (the
# section EXAMPLES). FOLDER/NNN.command is what is typed, NNN.output what is shown below it.
import re
import sys


def from_readme(text):
    """The lines of each code block, a block behind the other."""
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            inside = not inside
            yield None
        elif inside:
            yield line


def from_manual(text):
    """The literal lines of EXAMPLES, as mandoc shows them."""
    section, inside = "", False
    for line in text.splitlines():
        if line.startswith(".Sh "):
            section = line[4:]
        elif section != "EXAMPLES":
            continue
        elif line.startswith(".Dl "):
            yield None
            yield plain(line[4:])
        elif line.startswith(".Bd "):
            inside = True
            yield None
        elif line.startswith(".Ed"):
            inside = False
            yield None
        elif inside:
            yield plain(line)


def plain(line):
    return line.replace("\\-", "-").replace("\\&", "").replace("\\(aq", "'").replace("\\e", "\\")


def examples(lines):
    """[command, [output]]: a prompt begins one, > goes on with it. A prompt of the REPL is left as it is."""
    found = []
    for line in lines:
        prompt = None if line is None else re.match(r"(?:\$|#|nsctl[^#]*#) ", line)
        if line is None:
            found.append(None)
        elif prompt:
            keep = line if line.startswith("nsctl") else line[prompt.end():]
            found.append([keep, []])
        elif found and found[-1] and line.startswith(">") and not found[-1][1]:
            found[-1][0] += "\n" + line[1:]
        elif found and found[-1]:
            found[-1][1].append(line)
    return [one for one in found if one]


def main(path, folder):
    text = open(path, encoding="utf-8").read()
    lines = from_readme(text) if path.endswith(".md") else from_manual(text)
    for i, (command, output) in enumerate(examples(lines)):
        for name, value in (("command", command), ("output", "\n".join(output))):
            with open(f"{folder}/{i:03}.{name}", "w", encoding="utf-8") as file:
                file.write(value + "\n")


main(*sys.argv[1:])
