"""Hostile files for the running program, and remains of uploaded files."""

import io
import os
import pathlib
import re
import signal
import stat
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
for room in ("Journeys", "Load"):
    sys.path.insert(0, str(ROOT / "Tests" / room))

import city  # noqa: E402
from served import Served, say  # noqa: E402

LONG = bool(os.environ.get("XUESHI_TEST_LONG"))
SECRET = city.id_number("19850101", 7)


def pdf(objects):
    """A PDF of these objects; the first is the catalogue, the last one has the keywords."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects)
    out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count + 1, count, start)
    return bytes(out)


def stream(head, data):
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (head, len(data), data)


def bomb(keywords, depth=9, width=10):
    """A page that draws a form ten times, which draws another ten times, and so on: 10^9 texts."""
    font = b"/Font << /T 5 0 R >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /XObject << /F 6 0 R >> %s >> >>" % font,
        stream(b"", b"/F Do"), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for level in range(depth):
        is_last = level == depth - 1
        inner = font if is_last else b"/XObject << /F %d 0 R >>" % (7 + level)
        data = b"BT /T 9 Tf 10 10 Td (abc def) Tj ET" if is_last else b"/F Do " * width
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << %s >>" % inner
        objects.append(stream(head, data))
    return pdf([*objects, b"<< /Keywords (%s) >>" % keywords])


def book(parts):
    """A workbook with maximum compression."""
    rest = {
        "xl/workbook.xml": '<w xmlns:r="r"><sheets><sheet name="a" r:id="i"/></sheets></w>',
        "xl/_rels/workbook.xml.rels": '<R><Relationship Id="i" Target="worksheets/s.xml"/></R>',
        "xl/worksheets/s.xml": '<w><row r="1"><c r="A1"><v>1</v></c></row></w>'}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, text in {**rest, **parts}.items():
            file.writestr(name, text)
    return packed.getvalue()


class Client:
    """An HTTP client with cookies."""

    def __init__(self, site, login=None):
        self.base = f"http://{site.host}:{site.port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), Moved)
        if login:
            self.ask("/sign-in", f"login={login}&password={city.PASSWORD}".encode())

    def ask(self, path, body=None, kind="application/x-www-form-urlencoded"):
        """The status, the location and the text of the response."""
        asked = urllib.request.Request(self.base + path, body, {"Content-Type": kind, "Origin": self.base})
        try:
            with self.opener.open(asked, timeout=120) as answer:
                return answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers.get("Location", ""), answer.read().decode(errors="replace")

    def upload(self, path, name, content, **fields):
        parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
        head = "".join(parts) + f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        return self.ask(path, head.encode() + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")

    def job(self, place):
        """The page of a job after it has ended."""
        while True:
            page = self.ask(place)[2]
            if "排队中" not in page and "进行中" not in page:
                return page
            time.sleep(0.05)


class Moved(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def children(process):
    """The ids of all descendants of a process."""
    found = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        found.setdefault(int(words[1]), []).append(int(status.parent.name))
    mine, new = [], [process]
    while new:
        new = [child for parent in new for child in found.get(parent, [])]
        mine += new
    return mine


class Memory(threading.Thread):
    """The peak memory of a server's child processes together, in MiB."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.most, self.count, self.is_over = process, 0, 0, threading.Event()

    def run(self):
        while not self.is_over.is_set():
            held = 0
            mine = children(self.process)
            for child in mine:
                try:
                    status = pathlib.Path(f"/proc/{child}/status").read_text(encoding="ascii", errors="replace")
                except OSError:
                    continue
                found = re.search(r"VmRSS:\s+(\d+)", status)
                held += int(found[1]) // 1024 if found else 0
            self.most, self.count = max(self.most, held), max(self.count, len(mine))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()


class PrintedFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Served(city.settled())
        cls.addClassCleanup(cls.site.close)
        number = cls.site.city.certificate(cls.site.city.qualified()[0])
        cls.genuine, keywords = cls.site.city.printed(number)
        cls.bomb = bomb(keywords.encode())

    def test_a_pdf_of_nested_forms_is_refused_in_time(self):
        client, start = Client(self.site), time.monotonic()
        with Memory(self.site.process.pid) as memory:
            status, _, page = client.upload("/verify/file", "a.pdf", self.bomb)
        say(f"{len(self.bomb)} bytes: {memory.most} MiB, {time.monotonic() - start:.1f} s")
        self.assertEqual(status, 400)
        self.assertIn("可读取的 PDF", page)
        self.assertLess(memory.most, 500)
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(client.upload("/verify/file", "a.pdf", self.genuine.read_bytes())[0], 200)

    def test_many_uploads_start_few_processes_and_get_responses_at_once(self):
        answers, lock = [], threading.Lock()

        def send(address):
            client = Client(self.site)
            start = time.monotonic()
            answer = client.upload("/verify/file", "a.pdf", self.bomb)
            with lock:
                answers.append((*answer, time.monotonic() - start))

        with Memory(self.site.process.pid) as memory:
            threads = [threading.Thread(target=send, args=(turn,)) for turn in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        say(f"8 at once: {memory.most} MiB in {memory.count} processes")
        self.assertLess(memory.most, 1000)
        self.assertLessEqual(memory.count, 4)
        busy = [answer for answer in answers if answer[0] == 503]
        # All requests have one address, which has two places.
        self.assertGreaterEqual(len(busy), 4)
        self.assertIn("process.busy", busy[0][2])

    def test_repeated_uploads_are_limited(self):
        client = Client(self.site)
        statuses = [client.upload("/verify/file", "a.pdf", b"%PDF-1.4")[0] for _ in range(70)]
        self.assertIn(429, statuses)


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Served(city.template())
        cls.addClassCleanup(cls.site.close)

    def setUp(self):
        self.client = Client(self.site, "bureau")

    def refused(self, name, content, reason):
        status, place, _ = self.client.upload("/import", name, content)
        self.assertEqual(status, 303)
        start = time.monotonic()
        with Memory(self.site.process.pid) as memory:
            page = self.client.job(place)
        say(f"{len(content)} bytes: {memory.most} MiB, {time.monotonic() - start:.1f} s")
        self.assertIn("未完成", page)
        self.assertRegex(page, reason)
        self.assertLess(memory.most, 1100)
        return page

    def test_a_workbook_with_a_long_format_is_refused(self):
        code = '"[' * 1_000_000
        self.refused("a.xlsx", book({"xl/styles.xml": f"<s><numFmt numFmtId='1' formatCode='{code}'/></s>"}), "结构异常")

    def test_a_workbook_with_a_long_attribute_is_refused(self):
        parts = {"xl/styles.xml": f"<s a='{'x' * 200_000_000}'/>"}
        self.refused("a.xlsx", book(parts), "结构异常|超过")

    def test_a_workbook_with_many_names_is_refused_within_the_memory_limit(self):
        """All names are different, and the parser keeps each of them."""
        names = "".join(f"<{chr(97 + turn % 26)}{turn}/>" for turn in range(6_000_000 if LONG else 500_000))
        status, place, _ = self.client.upload("/import", "a.xlsx", book({"xl/styles.xml": f"<s>{names}</s>"}))
        self.assertEqual(status, 303)
        with Memory(self.site.process.pid) as memory:
            self.client.job(place)
        say(f"many names: {memory.most} MiB")
        self.assertLess(memory.most, 1100)

    def test_other_accounts_can_import_meanwhile(self):
        """While the files of one account are read, a list of another account is imported."""
        slow = book({"xl/styles.xml": "<s>" + "<a b='1'/>" * (10_000_000 if LONG else 2_000_000) + "</s>"})
        places = [self.client.upload("/import", f"{turn}.xlsx", slow)[1] for turn in range(5)]
        other = Client(self.site, "feicheng")
        text = "姓名,身份证号\n".encode()
        start = time.monotonic()
        page = other.job(other.upload("/import", "b.csv", text)[1])
        say(f"another account's list beside five slow ones: {time.monotonic() - start:.1f} s")
        self.assertIn("完成", page)
        self.assertIn("办完", self.client.ask(places[-1])[2])
        for place in places:
            self.client.job(place)

    def test_memory_of_uploads_is_limited(self):
        # The caches of the database connections are filled first: they are not the memory of uploads.
        readers = [threading.Thread(target=self.client.ask, args=("/people?sort=name",)) for _ in range(30)]
        for thread in readers:
            thread.start()
        for thread in readers:
            thread.join()
        before = self.site.memory()
        content, places = os.urandom(12 << 20), []

        def send(turn):
            places.append(self.client.upload("/import", f"{turn}.csv", content[turn:])[1])

        threads = [threading.Thread(target=send, args=(turn,)) for turn in range(30)]
        most = Resident(self.site)
        with most:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        say(f"30 uploads of 12 MB: {most.most - before} MiB more than {before}")
        self.assertLess(most.most - before, 32)
        # An account has at most 20 open jobs; further uploads were received and refused.
        ordered = [place for place in places if place]
        self.assertGreaterEqual(len(ordered), 20)
        for place in ordered:
            self.client.job(place)


class Resident(threading.Thread):
    """The peak memory of the server process, in MiB."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site, self.most, self.is_over = site, 0, threading.Event()

    def run(self):
        while not self.is_over.is_set():
            self.most = max(self.most, self.site.memory())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()


class StoredFiles(unittest.TestCase):
    """After kill -9 no uploaded file is left in plain text, and other users have no access to any file."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="xueshi-left.")
        self.addCleanup(self.scratch.cleanup)
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = self.scratch.name
        self.addCleanup(lambda: os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before))
        self.site = Served(city.settled())
        self.addCleanup(self.site.close)

    def plain(self, text):
        """The names of files that contain the text."""
        places = [pathlib.Path(self.scratch.name), self.site.city.folder]
        files = [file for place in places for file in place.rglob("*") if file.is_file() and file.suffix != ".pdf"]
        return [file.name for file in files if text in file.read_bytes()]

    def test_no_plain_text_is_left_after_a_kill(self):
        client = Client(self.site, "bureau")
        numbers = [city.id_number(f"1985{month:02}{day:02}", turn) for month in range(1, 13) for day in range(1, 29)
                   for turn in range(1, 31)]
        rows = "".join(f"某人,{number}\n" for number in [SECRET, *numbers])
        content = f"姓名,身份证号\n{rows}".encode()
        _, place, _ = client.upload("/import", f"{SECRET}.csv", content)
        page = ""
        while not re.search(r"已处理 [1-9]", page):
            page = client.ask(place)[2]
            self.assertRegex(page, "排队中|进行中", "the list was taken too soon for this test")
        os.kill(self.site.process.pid, signal.SIGKILL)
        self.site.process.wait()
        for text in (SECRET.encode(), f"某人,{numbers[9998]}".encode()):
            self.assertEqual(self.plain(text), [])
        self.site.city.server = None

    def test_files_are_readable_by_their_owner_only(self):
        folder = self.site.city.folder
        os.chmod(folder / "xueshi.db", 0o644)
        os.chmod(folder, 0o755)
        self.site.city.run("status")
        for file in [folder, *folder.glob("xueshi.db*"), folder / "keys.json", *folder.glob("ledger/*")]:
            self.assertEqual(stat.S_IMODE(file.stat().st_mode) & 0o077, 0, file.name)


class Policies(unittest.TestCase):
    """Foreign files of policies and forms are read or refused quickly."""

    def test_aliases_are_refused(self):
        made = city.copy(city.template())
        text = "".join(f"? &b{turn} [*b{turn - 1}, *b{turn - 1}]\n: x\n" for turn in range(1, 40))
        file = made.folder / "a.yaml"
        for head in ("? &b0 [x, x]\n: x\n", "a: &a {? *a : x}\n", "? &b0 {? &c {? *b0 : x} : y}\n: z\n"):
            file.write_text(head + text, encoding="utf-8")
            for command in (["policy", "check"], ["certificate", "publish"], ["certificate", "sample"]):
                words = [*command, str(file)] + ([str(made.folder / "a.pdf")] if command[1] == "sample" else [])
                start = time.monotonic()
                with self.assertRaises(AssertionError):
                    made.run(*words)
                self.assertLess(time.monotonic() - start, 20)
