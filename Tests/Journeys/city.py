"""A demo city, made once per run; each journey has its own copy and server."""

import atexit
import functools
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile

from driver import end

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "taishan-sunrise-2022"
LEARNER = "999999198503120018"
# 汶小溪, who has no account yet.
NEIGHBOUR = "999999199008260026"
PEOPLE = 60
# The texts in header and footer of every page, in full length, so that crowding is noticed.
SIGNS = ["--city", "泰安市专业技术人员继续教育", "--authority", "泰安市人力资源和社会保障局", "--hotline", "0538-0000000"]


@functools.cache
def program():
    """The program under test."""
    places = [os.environ.get("XUESHI_PROGRAM", ""), ".build/release/xueshi", ".build/debug/xueshi"]
    found = [ROOT / place for place in places if place and (ROOT / place).is_file()]
    if not found:
        raise FileNotFoundError("no program: build it, or name it in XUESHI_PROGRAM")
    return str(found[0])


@functools.cache
def scratch():
    """A temporary folder, removed after the run."""
    folder = tempfile.TemporaryDirectory(prefix="xueshi-journeys.")
    atexit.register(folder.cleanup)
    return pathlib.Path(folder.name)


@functools.cache
def template():
    """The initial city: people, policies, a form, three accounts."""
    city = City(scratch() / "city")
    city.run("demo", "--people", str(PEOPLE))
    city.run("certificate", "publish", "Certificates/taian.yaml")
    city.run("account", "add", "--role", "professional", "--person", "1", "--demo")
    city.run("account", "add", "--role", "bureau", "--login", "bureau", "--unit", "1", "--demo")
    feicheng = city.unit("肥城市人力资源和社会保障局")
    city.run("account", "add", "--role", "authority", "--login", "feicheng", "--unit", str(feicheng), "--demo")
    return city


@functools.cache
def settled():
    """The same city after 2022: settled, with all due certificates issued."""
    city = copy(template())
    city.run("settle", "--year", "2022")
    city.run("certificate", "issue", "--year", "2022")
    return city


@functools.cache
def elsewhere():
    """Another city with its own keys, where a person has a certificate."""
    city = City(scratch() / "elsewhere")
    city.run("demo", "--people", "5")
    city.run("certificate", "publish", "Certificates/taian.yaml")
    city.run("settle", "--year", "2022")
    city.run("certificate", "issue", "--year", "2022", "--person", "1")
    return city


def copy(city):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="copy.", dir=scratch()))
    shutil.copytree(city.folder, folder, dirs_exist_ok=True)
    return City(folder)


class City:
    """A data folder and the commands on it."""

    def __init__(self, folder):
        self.folder = folder
        self.server = None

    def run(self, *words, code=0):
        """Runs a command that must end with this code; returns its output, parsed if it is JSON."""
        done = subprocess.run(
            [program(), *words, "--data", str(self.folder)], cwd=ROOT, env=surroundings(), text=True,
            stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120)
        if done.returncode != code:
            raise AssertionError(f"xueshi {' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if "--json" in words else done.stdout

    def take(self, name, rows, code=0):
        """Writes a list of hours and imports it; with the code 1 some rows are refused."""
        path = self.folder / name
        path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
        self.run("import", "hours", str(path), code=code)

    def certificate(self, person=1):
        """The number of a person's certificate."""
        return self.run("certificate", "list", str(person), "--json")["lines"][-1].split()[0]

    def qualified(self):
        """The numbers of people with a certificate."""
        return [number for (number,) in self.ask("SELECT DISTINCT person FROM certificate ORDER BY person")]

    def printed(self, number):
        """The PDF of a certificate, and the text of its QR code."""
        path = self.folder / f"{number}.pdf"
        self.run("certificate", "print", number, str(path))
        found = subprocess.run(["pdfinfo", str(path)], text=True, capture_output=True, check=True).stdout
        return path, re.search(r"^Keywords:\s+(\S+)$", found, re.MULTILINE)[1]

    def unit(self, name):
        """The number of a unit or authority, which no command prints."""
        return self.ask("SELECT number FROM organisation WHERE name = ?", name)[0][0]

    def somebody(self, region, inside=True):
        """The number of a person whose unit is in a region today, or outside of it."""
        return self.ask(
            "SELECT e.person FROM employment e JOIN organisation o ON o.number = e.organisation"
            f" GROUP BY e.person HAVING count(*) = 1 AND (max(o.region) = ?) = {int(inside)} LIMIT 1", region)[0][0]

    def ask(self, question, *values):
        connection = sqlite3.connect(f"file:{self.folder}/xueshi.db?mode=ro", uri=True)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()

    def serve(self):
        """Serves the city on a free port; returns the address."""
        words = [program(), "serve", "--port", "0", "--log-requests", "--data", str(self.folder), *SIGNS]
        with open(self.folder / "serve.log", "w", encoding="utf-8") as log:
            self.server = subprocess.Popen(
                words, cwd=ROOT, env=surroundings(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                text=True)
        atexit.register(self.close)
        address = self.server.stdout.readline().strip()
        if not address.startswith("http"):
            raise AssertionError("the site did not start: " + self.log())
        return address

    def log(self):
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def kill(self):
        """Kills the server, like a power cut."""
        self.server.kill()
        self.server.wait()
        self.close()

    def close(self):
        if self.server:
            end(self.server)
            self.server.stdout.close()
            self.server = None
            atexit.unregister(self.close)


def surroundings():
    return {**os.environ, "LANG": "zh_CN.UTF-8"}


def id_number(birth, turn):
    """An ID number of the invented range 999999, with its check character."""
    body = f"999999{birth}{turn:03}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights)) % 11]
