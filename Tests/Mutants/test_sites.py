"""The changes found in a line of Swift, and the changed file."""

import unittest

import copied
import sites

LINES = [
    ("let a = b < c", ["< → <="]),
    ("if a == nil, !b { }", ["== → !=", "! removed"]),
    ("let a: Array<Int> = [] // b < c", []),
    ('let a = "b < 1" + c', []),
    ('let a = "\\(b.map { "x" })" + c + d', ["+ → -"]),
    ("let a = b + 1", ["+ → -", "1 → 2"]),
    ("let a = 0x10 + tuple.0 - $1", ["+ → -", "- → +", "0x10 → 17"]),
    ("let a = 1...5", ["1 → 2", "5 → 4"]),
    ("static func < (a: Self, b: Self) -> Bool { true }", ["true → false"]),
    ("func a() -> Int? { b }", ["nil returned"]),
    ("func a() -> Int? {\n    guard b else { return nil }\n    return c\n}", ["nil returned"]),
    ("func a() -> [Int] {\n    return c\n}", []),
    ("func a() {\n    b.c(\n        d)\n    e.f { g }\n}", ["b.c() removed"]),
    ("let a = b\n    .c(d)", []),
]


class Sites(unittest.TestCase):
    def test_every_kind_of_change_is_found(self):
        for text, changes in LINES:
            with self.subTest(text):
                self.assertEqual(sorted(site.change for site in sites.sites("a.swift", text)), sorted(changes))

    def test_changes_keep_the_line_numbers(self):
        text = "func a(b: Int) -> Int? {\n    c(\n        b)\n    return b < 1 ? 2 : d\n}\n"
        found = list(enumerate(sites.sites("a.swift", text)))
        self.assertEqual(
            copied.mutated(text, found),
            "func a(b: Int) -> Int? {\n    if !Mutant.on(0) { c(\n        b) }\n"
            "    if Mutant.on(1) { return nil }; return b <" + sites.arrows(2) + " Mutant.value(3, 1, 2) ? "
            "Mutant.value(4, 2, 1) : d\n}\n")

    def test_a_mutated_operator_has_its_own_name(self):
        self.assertEqual(
            copied.operator(3, "<", "<"),
            ["infix operator <←↓: ComparisonPrecedence",
             "func <←↓ <T: Comparable>(a: T, b: T) -> Bool { Mutant.on(3) ? a <= b : a < b }"])
