"""HTTP/1.1 by hand: what is sent is exactly what a test says, be it wrong."""

import asyncio
import contextlib
import socket
import time

PATIENCE = 60


class Gone(Exception):
    """The connection ended before its answer."""


class Answer:
    """A status, headers by their names in small letters, and a body."""

    def __init__(self, status, headers, body):
        (self.status, self.headers, self.body) = (status, headers, body)

    def cookies(self):
        """What is to be kept, as `name=value`."""
        return [value.split(";")[0] for name, value in self.headers if name == "set-cookie"]

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)


class Wire:
    """One connection."""

    opened = []

    def __init__(self, reader, writer):
        (self.reader, self.writer) = (reader, writer)
        self.loop = asyncio.get_running_loop()
        self.opened.append(self)

    @classmethod
    def close_all(cls):
        """What a test leaves open, however it ended."""
        while cls.opened:
            cls.opened.pop().close()

    @staticmethod
    async def open(site, source=None):
        local = (source, 0) if source else None
        return Wire(*await asyncio.wait_for(
            asyncio.open_connection(site.host, site.port, local_addr=local), PATIENCE))

    async def ask(self, request):
        self.send(request)
        return await self.answer()

    def send(self, data):
        self.writer.write(data)

    async def answer(self):
        """The next answer; it has a length, as all of this site have."""
        try:
            return await asyncio.wait_for(self._answer(), PATIENCE)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Gone(str(error)) from None

    async def _answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = [line.split(":", 1) for line in head[1:] if line]
        headers = [(name.lower(), value.strip()) for name, value in pairs]
        answer = Answer(int(head[0].split()[1]), headers, b"")
        answer.body = await self.reader.readexactly(int(answer.header("content-length") or 0))
        return answer

    async def rest(self, patience):
        """All that still comes, and whether the server ended the connection."""
        got = b""
        with contextlib.suppress(ConnectionError):
            try:
                async with asyncio.timeout(patience):
                    while part := await self.reader.read(65_536):
                        got += part
            except TimeoutError:
                return got, False
        return got, True

    def close(self):
        # What an earlier test left open went with its loop.
        if not self.loop.is_closed():
            self.writer.transport.abort()


def get(path, *headers):
    return request("GET", path, *headers)


def request(method, path, *headers):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def post(path, body, *headers):
    form = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return request("POST", path, *form, *headers) + body.encode()


async def once(site, data, source=None):
    """One request on a connection of its own."""
    wire = await Wire.open(site, source)
    try:
        return await wire.ask(data)
    finally:
        wire.close()


def crowd(site, count, said):
    """So many connections, as plain sockets: a loop that watches thousands would measure itself."""
    plain = []
    for _ in range(count):
        plain.append(socket.create_connection((site.host, site.port), PATIENCE))
        plain[-1].sendall(said)
    return plain


def is_over(plain):
    """Whether the server ended it; it has nothing else to say."""
    plain.setblocking(False)
    try:
        plain.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


class Times:
    """How long answers took, and which requests got none."""

    def __init__(self):
        (self.seconds, self.answers, self.lost) = ([], [], [])

    def at(self, share):
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self):
        statuses = {}
        for answer in self.answers:
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
        p50, p99 = (f"{self.at(share) * 1000:.0f} ms" for share in (0.5, 0.99))
        return f"{len(self.answers)} answers {statuses}, {len(self.lost)} lost, p50 {p50}, p99 {p99}"


async def flow(site, rate, requests):
    """Sends each of `(key, data, source)` at its time, however long others take; answers times and who said what."""
    (times, told, idle, loop) = (Times(), [], {}, asyncio.get_running_loop())
    begun = loop.time()

    async def one(key, data, source):
        sent, pool = time.monotonic(), idle.setdefault(source, [])
        try:
            wire = pool.pop() if pool else await Wire.open(site, source)
            answer = await wire.ask(data)
        except (Gone, OSError, TimeoutError) as error:
            times.lost.append((key, repr(error)))
            return
        pool.append(wire)
        times.seconds.append(time.monotonic() - sent)
        times.answers.append(answer)
        told.append((key, answer))

    async with asyncio.TaskGroup() as group:
        for turn, item in enumerate(requests):
            # The pace of an open loop is time itself, not a condition.
            await asyncio.sleep(max(0, begun + turn / rate - loop.time()))
            group.create_task(one(*item))
    for wire in (wire for pool in idle.values() for wire in pool):
        wire.close()
    return times, told


async def others(site, seconds=4, rate=100):
    """How everybody else is served meanwhile: the first page and the health route."""
    asked = [("", get("/" if turn % 2 else "/health"), None) for turn in range(seconds * rate)]
    times, _ = await flow(site, rate, asked)
    return times
