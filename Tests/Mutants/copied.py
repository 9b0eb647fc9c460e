"""A copy of the project with mutants compiled in."""

import pathlib
import re
import subprocess
import sys

import sites

MUTANT = pathlib.Path(__file__).with_name("Mutant.swift").read_text()
PRECEDENCE = {
    **dict.fromkeys(sites.RELATIONAL, "Comparison"), **dict.fromkeys(["+", "-"], "Addition"),
    **dict.fromkeys(["*", "/", "%"], "Multiplication"), **dict.fromkeys(["+=", "-="], "Assignment"),
    "&&": "LogicalConjunction", "||": "LogicalDisjunction",
}


def build(folder, mutants):
    """Builds the copy with all mutants that compile; returns those, in the order of their numbers."""
    while True:
        write(folder / "tree", mutants)
        failed = compiled(folder)
        if not failed:
            return mutants
        for around in [0, 3, 12]:
            kept = [site for site in mutants if not any(concerns(site, place, around) for place in failed)]
            if len(kept) < len(mutants):
                break
        else:
            sys.exit("mutants: the copy does not build: " + "; ".join(f"{path}:{line}" for path, line in failed))
        mutants = kept


def concerns(site, place, around):
    """Whether an error's place belongs to a site. The compiler names a changed line, rarely one near it."""
    path, line = place
    return site.path == path and site.line - around <= line <= site.last + around


def compiled(folder):
    """The places of the compiler's errors: `(path, line)`."""
    command = ["swift", "build", "--build-tests", "-j", "2", "--scratch-path", str(folder / "build")]
    result = subprocess.run(command, cwd=folder / "tree", capture_output=True, text=True)
    if result.returncode == 0:
        return []
    (folder / "log").write_text(result.stdout + result.stderr)
    tree = re.escape(str(folder / "tree"))
    found = re.findall(rf"(?m)^{tree}/(\S+?):(\d+):\d+: error:", result.stdout + result.stderr)
    if not found:
        sys.exit(f"mutants: the copy does not build, see {folder}/log")
    return {(path, int(line)) for path, line in found}


def write(tree, mutants):
    """Writes only the files whose contents differ, so that only those are compiled."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    paths = [path for path in map(pathlib.Path, listed.stdout.splitlines()) if path.exists()]
    texts = {str(path): path.read_bytes() for path in paths}
    for path in {site.path for site in mutants}:
        own = [(number, site) for number, site in enumerate(mutants) if site.path == path]
        texts[path] = mutated(texts[path].decode(), own).encode()
    for room in {site.path.split("/")[1] for site in mutants}:
        texts[f"Sources/{room}/Mutant.swift"] = declared(room, mutants).encode()
    for path in [*tree.rglob("*.swift")]:
        if str(path.relative_to(tree)) not in texts:
            path.unlink()
    for path, text in texts.items():
        target = tree / path
        if not target.exists() or target.read_bytes() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)


def mutated(text, numbered):
    edits = [
        (start, end, change.format(id=number, op=sites.arrows(number)))
        for number, site in numbered for start, end, change in site.edits
    ]
    # From the end, so that earlier offsets stay valid; of two edits at one place the replacement comes first.
    for start, end, change in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        text = text[:start] + change + text[end:]
    return text


def declared(room, mutants):
    """The declarations of `Mutant` and of the operators of a module."""
    lines = [MUTANT]
    for number, site in enumerate(mutants):
        if site.operator and site.path.startswith(f"Sources/{room}/"):
            lines += operator(number, *site.operator)
    return "\n".join(lines) + "\n"


def operator(number, old, meaning):
    name, on = old + sites.arrows(number), f"Mutant.on({number})"
    if old == "!":
        return [f"prefix operator {name}", f"prefix func {name} (a: Bool) -> Bool {{ {on} ? a : !a }}"]
    new, head = sites.INFIX[old], f"infix operator {name}: {PRECEDENCE[old]}Precedence"
    if meaning == "== nil":
        types = ["<T>(a: T?, b: _OptionalNilComparisonType) -> Bool"]
    elif old in sites.RELATIONAL:
        types = [f"<T: {'Equatable' if old in ('==', '!=') else 'Comparable'}>(a: T, b: T) -> Bool"]
    elif old in sites.BOOLEAN:
        return [
            head, f"func {name} (a: Bool, b: @autoclosure () throws -> Bool) rethrows -> Bool {{",
            f"    {on} ? try a {new} b() : try a {old} b()", "}",
        ]
    elif old in ("+=", "-="):
        types = ["<T: BinaryInteger>(a: inout T, b: T)", "(a: inout CreditHours, b: CreditHours)"]
    else:
        types = ["<T: BinaryInteger>(a: T, b: T) -> T"]
        types += ["(a: CreditHours, b: CreditHours) -> CreditHours"] if old in "+-" else []
    if old in ("+=", "-="):
        return [head] + [f"func {name} {type} {{ if {on} {{ a {new} b }} else {{ a {old} b }} }}" for type in types]
    return [head] + [f"func {name} {type} {{ {on} ? a {new} b : a {old} b }}" for type in types]
