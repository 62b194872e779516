#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of nsctl-output(7) against what is printed.

grammar.py PAGE kinds                 the kinds that the page has, one a line
grammar.py PAGE check json|jsonl|yaml < DOCUMENT
                                      prints the kind and how many items there are; says on stderr what differs, status 1

A block of the page is the lines between .Bd -literal and .Ed below an .Ss: KEY TYPE and, behind two blanks, a remark; two
blanks of indent a level. A page that cannot be read so is an error, so that it stays readable.
"""

import json
import re
import sys

KEY = re.compile(r"^( *)([a-zA-Z][a-zA-Z0-9]*)(?: +(.*))?$")
WORDS = re.compile(r'^("[^"]*")( "[^"]*")*$')
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
SIMPLE = {
    "text": lambda v: isinstance(v, str),
    "number": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "time": lambda v: isinstance(v, str) and TIME.match(v),
    "value": lambda v: isinstance(v, (str, int, bool)) or isinstance(v, list) and all(isinstance(x, str) for x in v),
}


class Wrong(Exception):
    pass


class Key:
    """A key with its type: `kind` is a simple one, "words", "object", "map", "item" or "error"."""

    def __init__(self, name, level, text):
        self.name, self.level, self.keys = name, level, []
        self.null = text.endswith("?")
        text = text[:-1] if self.null else text
        self.list = text.startswith("[") and text.endswith("]")
        text = text[1:-1] if self.list else text
        self.words = self.of = None
        if WORDS.match(text):
            self.kind, self.words = "words", re.findall(r'"([^"]*)"', text)
        elif text in SIMPLE or text in ("object", "item", "error"):
            self.kind = text
        elif re.match(r"^[A-Z][a-z]+$", text):
            self.kind, self.of = "object", text  # an item of that kind
        elif text == "{text: text}":
            self.kind = "map"
        else:
            raise Wrong(f"{name}: there is no type {text!r}")


def plain(line):
    """A line as mandoc shows it."""
    return line.replace("\\e", "\\").replace("\\&", "").replace("\\-", "-")


def parse_block(blocks, title):
    """The keys of the outermost level."""
    flat, lines = [], blocks[title]
    for line in lines:
        match = KEY.match(line)
        if not match:
            more = line.strip()
            if not more.startswith('"') or not flat or flat[-1][2][-1:] not in ('"',):
                raise Wrong(f"cannot read the line {line!r}")
            flat[-1][2] += " " + more  # more of the words
            continue
        indent, name, rest = match.groups()
        if len(indent) % 2:
            raise Wrong(f"odd indent: {line!r}")
        # a remark stands behind two blanks
        flat.append([name, len(indent) // 2, re.split(r"  +", rest or "object")[0]])
    top, open_keys, before = [], [], {}
    for name, level, text in flat:
        key = Key(name, level, text)
        if key.of:
            key.keys = parse_block(blocks, key.of)
        while open_keys and open_keys[-1].level >= level:
            open_keys.pop()
        if level != len(open_keys):
            raise Wrong(f"{name} is too deep")
        (open_keys[-1].keys if open_keys else top).append(key)
        open_keys.append(key)
    share(top, None)
    return top


def share(keys, above):
    """An object without keys has those of the object above it."""
    for key in keys:
        if key.kind == "object" and not key.keys:
            if not above:
                raise Wrong(f"{key.name}: an object without keys")
            key.keys = above
        share(key.keys, None)
        above = key.keys or above


def parse_page(path):
    blocks, title, lines = {}, None, None
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith(".Sh "):
            title = "" if line == ".Sh DOCUMENTS" else None
        elif line.startswith(".Ss ") and title is not None:
            title = line[4:]
        elif line.startswith(".Bd -literal") and title:
            if title in blocks:
                raise Wrong(f"{title} has two blocks")
            lines = []
        elif line == ".Ed":
            if lines is not None:
                blocks[title] = lines
            lines = None
        elif lines is not None:
            lines.append(plain(line))
    return blocks


def check(keys, value, where, out):
    if not isinstance(value, dict):
        out.append(f"{where} is no object")
        return
    want, have = [k.name for k in keys], list(value)
    if want != have:
        missing = [k for k in want if k not in have]
        other = [k for k in have if k not in want]
        why = f"lacks {missing}, has {other}" if missing or other else f"has the order {have}"
        out.append(f"{where} {why}")
    for key in keys:
        if key.name in value:
            check_value(key, value[key.name], f"{where}.{key.name}", out)


def check_value(key, value, where, out):
    if value is None:
        if not key.null:
            out.append(f"{where} is null")
    elif key.list:
        if not isinstance(value, list):
            out.append(f"{where} is no list")
            return
        for i, one in enumerate(value):
            check_one(key, one, f"{where}[{i}]", out)
    else:
        check_one(key, value, where, out)


def check_one(key, value, where, out):
    if key.kind == "object":
        check(key.keys, value, where, out)
    elif key.kind == "map":
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            out.append(f"{where} is no map of texts")
    elif key.kind == "words":
        if value not in key.words:
            out.append(f"{where} is {value!r}, none of {key.words}")
    elif not SIMPLE[key.kind](value):
        out.append(f"{where} is {value!r}, no {key.kind}")


def read(text, form):
    if form == "yaml":
        import yaml

        class Loader(yaml.SafeLoader):
            pass

        # a time is text in the grammar, and written without quotes or with: both are read as text
        Loader.yaml_implicit_resolvers = {
            c: [r for r in rows if r[0] != "tag:yaml.org,2002:timestamp"]
            for c, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }
        return yaml.load(text, Loader)
    return json.loads(text)


def check_document(blocks, document, out):
    """The kind and the number of items."""
    kind = document.get("kind")
    if kind in blocks and any(line.startswith("apiVersion") for line in blocks[kind]):
        check(parse_block(blocks, kind), document, kind, out)
        return kind, 1
    item = kind[:-4] if isinstance(kind, str) and kind.endswith("List") else None
    if item not in blocks:
        raise Wrong(f"the page has no kind {kind!r}")
    envelope = parse_block(blocks, "The document")
    keys = parse_block(blocks, item)
    for key in envelope:
        if key.kind == "item":
            key.kind, key.keys = "object", keys
        elif key.kind == "error":
            key.kind = "object"
    check(envelope, document, kind, out)
    if document["metadata"]["complete"] != (not document["errors"]):
        out.append("metadata.complete does not say whether there are errors")
    return item, len(document["items"])


def check_lines(blocks, text, out):
    kinds, n = set(), 0
    error = next(k for k in parse_block(blocks, "The document") if k.kind == "error").keys
    for line in text.splitlines():
        item = json.loads(line)
        kind = next(iter(item.items()))
        if kind[0] != "kind":
            raise Wrong("kind is not the first key of a line")
        del item["kind"]
        if kind[1] == "Error":
            check(error, item, "Error", out)
            continue
        if kind[1] not in blocks:
            raise Wrong(f"the page has no kind {kind[1]!r}")
        check(parse_block(blocks, kind[1]), item, f"line {n}", out)
        kinds.add(kind[1])
        n += 1
    if len(kinds) > 1:
        out.append(f"lines of several kinds: {sorted(kinds)}")
    return kinds.pop() if kinds else "-", n


def main(argv):
    blocks = parse_page(argv[1])
    if argv[2] == "kinds":
        for kind in blocks:
            if kind != "The document":
                parse_block(blocks, kind)
                print(kind)
        return 0
    out = []
    text = sys.stdin.buffer.read().decode("utf-8")  # strictly: what is not UTF-8 fails
    kind, n = check_lines(blocks, text, out) if argv[3] == "jsonl" else check_document(
        blocks, read(text, argv[3]), out)
    for line in out[:20]:
        print(line, file=sys.stderr)
    print(kind, n)
    return 1 if out else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv))
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(1)
