"""Malformed requests that no browser sends: they are refused or the connection ends, without other effects."""

import asyncio

from served import Crowded, Served, city
from wire import Wire, get, once, post, request

FORM = "Content-Type: application/x-www-form-urlencoded"
# A second request, hidden where another parser of the same bytes would find it.
HIDDEN = b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def body(*headers):
    return request("POST", "/sign-in", FORM, *headers)


REFUSED = {
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2 unasked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another version": b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "a method that is none": request("BREW", "/health"),
    "lines without CR": b"GET /health HTTP/1.1\nHost: localhost\n\n",
    "a NUL in a header": get("/health", "X: a\0b"),
    "a folded header": get("/health", "X: a\r\n b"),
    "a space before the colon": get("/health", "X : a"),
    "length, then chunked": body("Content-Length: 5", "Transfer-Encoding: chunked") + HIDDEN,
    "chunked, then length": body("Transfer-Encoding: chunked", "Content-Length: 5") + HIDDEN,
    "chunked is not last": body("Transfer-Encoding: chunked, identity") + HIDDEN,
    "unknown coding": body("Transfer-Encoding: xchunked") + HIDDEN,
    "two lengths": body("Content-Length: 5", "Content-Length: 6") + b"abcdef",
    "a negative length": body("Content-Length: -5"),
    "a length with a sign": body("Content-Length: +5") + b"abcde",
    "a length beyond all": body("Content-Length: 99999999999999999999999"),
    "a chunk without a size": body("Transfer-Encoding: chunked") + b"5\r\nlogin\r\nZZ\r\n",
    "a chunk size beyond all": body("Transfer-Encoding: chunked") + b"fffffffffffffffff\r\n",
    "a large header": get("/health", "X: " + "a" * 200_000),
    "many headers": get("/health", *["X: a"] * 5000),
    "a long address": get("/" + "a" * 200_000),
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "an empty host": b"GET /health HTTP/1.1\r\nHost:\r\n\r\n",
    "two hosts": get("/health", "Host: elsewhere"),
    "a large form": post("/sign-in", "a" * 1_000_000, "Connection: close"),
}

# HTTP/1.0 is not included, because NIO's codec does not pass on the version.
ENDED = {
    "close": get("/health", "Connection: close"),
    "Close": get("/health", "Connection: Close"),
    "close among others": get("/health", "Connection: keep-alive, close"),
}


class HostileTests(Crowded):
    @classmethod
    def setUpClass(cls):
        cls.site = Served(city.template())
        cls.addClassCleanup(cls.site.close)

    async def asyncTearDown(self):
        self.assertEqual((await once(self.site, get("/health"))).status, 200)
        self.assertIsNone(self.site.process.poll())

    async def sent(self, data):
        """The statuses of all responses, and whether the server closed the connection within five seconds."""
        wire = await Wire.open(self.site)
        wire.send(data)
        got, is_over = await wire.rest(5)
        wire.close()
        heads = [line for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
        return [int(line.split()[1]) for line in heads], is_over

    async def test_malformed_requests_are_refused_and_the_connection_is_closed(self):
        names, data = zip(*REFUSED.items())
        for name, (statuses, is_over) in zip(names, await asyncio.gather(*map(self.sent, data))):
            with self.subTest(name):
                self.assertLessEqual(len(statuses), 1)
                self.assertTrue(all(400 <= status < 500 for status in statuses), statuses)
                self.assertTrue(is_over, "nothing after it can be trusted")

    async def test_a_connection_closes_when_the_client_requests_it(self):
        for name, data in ENDED.items():
            with self.subTest(name):
                self.assertEqual(await self.sent(data), ([200], True))

    async def test_pipelined_requests_get_responses_in_order(self):
        wire = await Wire.open(self.site)
        paths = ["/health", "/nowhere", "/sign-in", "/verify"] * 50
        wire.send(b"".join(get(path) for path in paths) + post("/nowhere", "abc") + get("/health"))
        statuses = [(await wire.answer()).status for _ in range(len(paths) + 2)]
        self.assertEqual(statuses, [200, 404, 200, 200] * 50 + [404, 200])
        wire.close()

    async def test_too_many_requests_get_a_retry_after(self):
        wire = await Wire.open(self.site, "127.0.2.1")
        answers = [await wire.ask(post("/v/none/name", "name=none")) for _ in range(70)]
        # The count restarts if a minute ends in between.
        turned = [answer for answer in answers if answer.status == 429]
        self.assertGreater(len(turned), 0)
        self.assertTrue(all(answer.header("retry-after") for answer in turned), turned[0].headers)

    async def test_interrupted_bodies_leave_no_open_request(self):
        for _ in range(100):
            wire = await Wire.open(self.site)
            wire.send(post("/sign-in", "login=nobody&password=wrong")[:-5])
            await wire.writer.drain()
            wire.close()
        figures = await once(self.site, get("/metrics"))
        while b"xueshi_open_requests 1\n" not in figures.body:
            figures = await once(self.site, get("/metrics"))
        self.assertEqual(self.site.city.log().count('"unforeseen"'), 0)
