"""A doubled list costs at most 2.5 times the instructions, counted by valgrind: two kinds, or all with --long."""

import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_files import LONG, book, city, say  # noqa: E402


def sheet(rows):
    return book({"xl/worksheets/s.xml": f"<w>{rows}</w>"})


def styles(text):
    return book({"xl/styles.xml": f"<s>{text}</s>"})


# Inputs by size, which is doubled.
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


class Growth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # valgrind cannot read this debug information.
        cls.folder = tempfile.TemporaryDirectory(prefix="xueshi-growth.")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.program = cls.folder.name + "/xueshi"
        subprocess.run(["strip", "-g", "-o", cls.program, city.program()], check=True)

    def count(self, data):
        tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            file.seek(0)
            done = subprocess.run(
                [*tool, self.program, "read-sheet"], stdin=file, capture_output=True, check=False, timeout=600)
        return int(re.search(rb"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(b",", b""))

    def test_sheets_are_read_in_linear_time(self):
        seed = random.randrange(1000)
        names = sorted(SHEETS) if LONG else random.Random(seed).sample(sorted(SHEETS), 2)
        # The instructions of an empty run are subtracted.
        base = self.count(b"a\n")
        for name in names:
            with self.subTest(name, seed=seed):
                one, two = (max(1, self.count(SHEETS[name](size)) - base) for size in (500, 1000))
                say(f"{name}: {one:,} and {two:,} instructions")
                self.assertLess(two, 2.5 * max(one, base / 20), name)
