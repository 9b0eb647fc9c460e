"""Twice as much input costs at most 2.5 times as many instructions, counted by valgrind; with --long."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_files import book, city, say  # noqa: E402


def sheet(rows):
    return book({"xl/worksheets/s.xml": f"<w>{rows}</w>"})


def styles(text):
    return book({"xl/styles.xml": f"<s>{text}</s>"})


# What is read, of a size that is doubled.
SHEETS = {
    "an open quotation in a format": lambda size: styles("<numFmt numFmtId='1' formatCode='%s'/>" % ('"[' * size * 25)),
    "a long attribute": lambda size: styles("<a b='%s'/>" % ("x" * size * 1000)),
    "many styles": lambda size: styles("<cellXfs>" + "<xf numFmtId='14'/>" * size * 15 + "</cellXfs>"),
    "attributes": lambda size: styles("<a %s/>" % "".join(f"a{turn}='' " for turn in range(size * 5))),
    "comments": lambda size: styles("<!-- - -->" * size * 20),
    "cells": lambda size: sheet("<row><c t='str'><v>_x0041_ a</v></c></row>" * size * 5),
    "references": lambda size: sheet("<row><c t='str'><v>%s</v></c></row>" % ("&#20013;" * size * 5)),
    "quotes": lambda size: b'a,"' + b'""' * size * 15 + b'"\n',
    "empty cells": lambda size: b"," * size * 100,
    "lines": lambda size: b"a,b\r\n" * size * 20,
    "GB18030": lambda size: b"a,\x82\x35\x81\x35\n" * size * 10,
}
POLICIES = {
    "keys": lambda size: "".join(f"k{turn}: v\n" for turn in range(size * 3)),
    "a list": lambda size: "a: [" + "b, " * size * 8 + "]",
    "a long word": lambda size: "a: " + "b" * size * 80,
    "open brackets": lambda size: "[" * size * 80,
    "comments": lambda size: "# a\n" * size * 30,
    "aliases": lambda size: "a: &a b\n" + "? *a\n: x\n" * size * 10,
}


@unittest.skipUnless(os.environ.get("XUESHI_TEST_LONG"), "with --long")
class Growth(unittest.TestCase):
    def count(self, words, data):
        words = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", city.program(), *words]
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            file.seek(0)
            done = subprocess.run(words, stdin=file, capture_output=True, check=False, timeout=600)
        return int(re.search(rb"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(b",", b""))

    def grow(self, name, words, make, nothing):
        base = self.count(words, nothing)
        # What starting costs is not the reader's.
        one, two = (max(1, self.count(words, make(size)) - base) for size in (500, 1000))
        say(f"{name}: {one:,} and {two:,} instructions")
        self.assertLess(two, 2.5 * max(one, base / 20), name)

    def test_sheets(self):
        for name, make in SHEETS.items():
            with self.subTest(name):
                self.grow(name, ["read-sheet"], make, b"a\n")

    def test_policies(self):
        for name, make in POLICIES.items():
            with self.subTest(name):
                self.grow(name, ["policy", "check", "/dev/stdin"], lambda size: make(size).encode(), b"a: b\n")
