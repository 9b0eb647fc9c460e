#!/usr/bin/env python3
"""Changes Policy and Registry in one place at a time and counts how many changes their suites notice.

    bin/test --mutants          a sample of 200 with the seed 1: at least 85 % are noticed
    bin/test --mutants 7        with another seed: at least 80 %

The sample is compiled into one copy of the project (.build/mutants) and a mutant is turned on by XUESHI_MUTANT. A
first run of each suite records which places it reaches; a mutant is then tried by those suites, quick ones first,
until one fails, crashes or takes too long.
"""

import collections
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

import copied
import sites

ROOMS = ["Policy", "Registry"]
"""A target with further suites that reach these places. They are run last."""
OTHERS = ["Attack"]
SAMPLE, SPARE, SIDE_BY_SIDE, QUICK = 200, 40, 2, 4
FOLDER = pathlib.Path(".build/mutants").resolve()
PROGRAM = FOLDER / "build/debug/xueshiPackageTests.xctest"
EQUIVALENT = pathlib.Path(__file__).with_name("equivalent.txt")


def chosen(seed):
    """All mutants in the order of the seed, without the equivalent ones.

    The order depends on the seed and each mutant's own code, so a code change leaves the rest of the sample.
    """
    known, seen, found = equivalents(), collections.Counter(), []
    for room in ROOMS:
        for path in sorted(pathlib.Path("Sources", room).rglob("*.swift")):
            found += sites.sites(str(path), path.read_text())
    ranks = {}
    for site in found:
        seen[site.key] += 1
        ranks[id(site)] = hashlib.sha256(repr((seed, site.key, seen[site.key])).encode()).digest()
    unused = known - {site.key for site in found}
    if unused:
        sys.exit("equivalent.txt names what is not in the code: " + "; ".join(": ".join(key) for key in sorted(unused)))
    return sorted((site for site in found if site.key not in known), key=lambda site: ranks[id(site)])


def equivalents():
    """The entries `path: change: line` of the list; their reasons are indented below."""
    lines = EQUIVALENT.read_text().splitlines()
    return {tuple(line.split(": ", 2)) for line in lines if line and not line.startswith((" ", "#"))}


def suites(rooms):
    listed = subprocess.run(
        [PROGRAM, "--testing-library", "swift-testing", "--list-tests"], capture_output=True, text=True, check=True)
    names = {line.split("/")[0] for line in listed.stdout.splitlines()}
    return sorted(name for name in names if name.split(".")[0] in [room + "Tests" for room in rooms])


def run(names, within, **environment):
    """Runs suites; returns `passed`, `failed`, `crashed` or `took too long`, and the seconds."""
    words = "|".join(re.escape(name) for name in names)
    command = [PROGRAM, "--testing-library", "swift-testing", "--filter", f"^({words})/"]
    started = time.monotonic()
    # The first failure of a mutant is enough, so the output is read as it comes.
    with subprocess.Popen(
        command, cwd=FOLDER / "tree", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=os.environ | environment, start_new_session=True) as process:
        watch = concurrent.futures.ThreadPoolExecutor(1).submit(outcome, process)
        try:
            seen = watch.result(timeout=within)
        except concurrent.futures.TimeoutError:
            seen = "took too long"
        end(process)
    return seen, time.monotonic() - started


def outcome(process):
    for line in process.stdout:
        if re.search(r"✘.* recorded an issue|Fatal error", line):
            return "failed"
    return "passed" if process.wait() == 0 else "crashed"


def end(process):
    """Ends a process of this run with its children."""
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass


def reached(names, count):
    """The suites that reach each mutant's place, the quick ones first."""
    times, places = {}, collections.defaultdict(list)
    for name in names:
        note = FOLDER / "seen"
        note.unlink(missing_ok=True)
        seen, times[name] = run([name], 900, XUESHI_MUTANTS_SEEN=str(note))
        if seen != "passed":
            sys.exit(f"mutants: {name} {seen} without any mutant")
        for number in set(note.read_text().split()) if note.exists() else []:
            places[int(number)].append(name)
    return {number: sorted(places[number], key=times.get) for number in range(count)}, times


def tried(number, names, times):
    """The result of the suites for a mutant, and the suites that gave it."""
    for part in parts(names, times):
        within = 20 + 5 * sum(times[name] for name in part)
        seen, _ = run(part, within, XUESHI_MUTANT=str(number))
        if seen != "passed":
            return f"{seen} in {', '.join(part)}"
    return None


def parts(names, times):
    """The quick suites, then the slow ones, which most mutants do not need; those of other modules last."""
    rank = lambda name: (name.split(".")[0] in [room + "Tests" for room in ROOMS], times[name] < QUICK)
    parts = [[name for name in names if rank(name) == (own, quick)] for own in (True, False) for quick in (True, False)]
    return [part for part in parts if part]


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    started = time.monotonic()
    mutants = copied.build(FOLDER, chosen(seed)[: SAMPLE + SPARE])[:SAMPLE]
    built = time.monotonic()
    places, times = reached(suites(ROOMS), len(mutants))
    further, more = reached(suites(OTHERS), len(mutants))
    places = {number: names + further[number] for number, names in places.items()}
    times |= more
    print(f"mutants: {len(times)} suites reach {sum(map(bool, places.values()))} of {len(mutants)} places", flush=True)
    verdicts = []
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for verdict in pool.map(lambda number: tried(number, places[number], times), range(len(mutants))):
            verdicts.append(verdict)
            if verdict is None:
                number = len(verdicts) - 1
                print(f"not {'noticed' if places[number] else 'reached'}: {mutants[number]}", flush=True)
    noticed = len(verdicts) - verdicts.count(None)
    late = sum(verdict.startswith("took") for verdict in verdicts if verdict)
    ended = time.monotonic()
    print(f"mutants: seed={seed} tried={len(verdicts)} noticed={noticed} by-time-out={late} "
          f"percent={100 * noticed / len(verdicts):.1f} build-minutes={(built - started) / 60:.0f} "
          f"run-minutes={(ended - built) / 60:.0f}")
    sys.exit(noticed < len(verdicts) * (85 if seed == 1 else 80) / 100)


if __name__ == "__main__":
    main()
