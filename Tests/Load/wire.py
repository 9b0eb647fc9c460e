"""A minimal HTTP/1.1 client that sends exactly the given bytes, even malformed ones."""

import asyncio
import contextlib
import socket
import time

PATIENCE = 60


class Gone(Exception):
    """The connection ended before the response."""


class Answer:
    """A response: status, headers with lower-case names, and body."""

    def __init__(self, status, headers, body):
        (self.status, self.headers, self.body) = (status, headers, body)

    def cookies(self):
        """The cookies that are set, as `name=value`."""
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
        """Closes all connections that a test has left open."""
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
        """The next response; it has a content length, as all responses of this site."""
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
        """The remaining bytes, and whether the server closed the connection."""
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
        # Connections of an earlier test ended with its loop.
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
    """Sends one request on a new connection."""
    wire = await Wire.open(site, source)
    try:
        return await wire.ask(data)
    finally:
        wire.close()


def crowd(site, count, said):
    """Plain sockets, because an event loop with thousands of connections would affect the measurement."""
    plain = []
    for _ in range(count):
        plain.append(socket.create_connection((site.host, site.port), PATIENCE))
        plain[-1].sendall(said)
    return plain


def is_over(plain):
    """Whether the server closed the connection, which gets no data."""
    plain.setblocking(False)
    try:
        plain.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


class Times:
    """The durations of responses, and the requests without one."""

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
    """Sends each of `(key, data, source)` at a fixed rate; returns the times and the responses with their keys."""
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
            # An open loop sends by time and does not wait for responses.
            await asyncio.sleep(max(0, begun + turn / rate - loop.time()))
            group.create_task(one(*item))
    for wire in (wire for pool in idle.values() for wire in pool):
        wire.close()
    return times, told


async def others(site, seconds=4, rate=100):
    """The times of normal requests meanwhile: the home page and the health route."""
    asked = [("", get("/" if turn % 2 else "/health"), None) for turn in range(seconds * rate)]
    times, _ = await flow(site, rate, asked)
    return times
