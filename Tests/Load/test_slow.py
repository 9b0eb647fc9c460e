"""Slow clients, on bad lines or on purpose."""

import asyncio
import re
import socket
import time

from served import Crowded, Served, city, most, say
from wire import Wire, crowd, get, once, others, post

SLOW = 200
# More than the server handles at once.
MANY = 2100
HEAD, BODY = 20, 120
# Deadlines are checked at intervals.
MARGIN = 20
BOUND = 1.0


class SlowTests(Crowded):
    def setUp(self):
        self.site = Served(city.template())
        self.addCleanup(self.site.close)
        self.begun = time.monotonic()

    async def drip(self, wire, data):
        """Sends a byte a second until the server closes the connection; returns the seconds until then."""
        begun = time.monotonic()
        for byte in data:
            wire.send(bytes([byte]))
            _, is_over = await wire.rest(1)
            if is_over:
                break
        wire.close()
        return time.monotonic() - begun

    async def asset(self):
        """Size and path of the largest asset of the home page."""
        page = await once(self.site, get("/"))
        paths = re.findall(rb'(?:href|src)="(/[^"]+\.(?:css|js))"', page.body)
        sized = [(len((await once(self.site, get(path.decode()))).body), path.decode()) for path in paths]
        return max(sized)

    async def deaf(self, path):
        """A connection that sends a request and reads nothing. Small segments keep the kernel's buffers small."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (self.site.host, self.site.port))
        plain.send(get(path))
        return plain

    async def test_slow_clients_are_disconnected_and_delay_nobody(self):
        size, path = await self.asset()
        before, sockets = self.site.memory(), self.site.sockets()
        deaf = [await self.deaf(path) for _ in range(SLOW)]
        head, body = get("/", "X-Long: " + "a" * 200), "login=nobody&password=" + "a" * 200
        heads = [await Wire.open(self.site) for _ in range(SLOW)]
        bodies = [await Wire.open(self.site) for _ in range(SLOW)]
        for wire in bodies:
            wire.send(post("/sign-in", body)[:-len(body)])
        dripping = [asyncio.create_task(self.drip(wire, head)) for wire in heads]
        dropping = [asyncio.create_task(self.drip(wire, body.encode())) for wire in bodies]
        times = await others(self.site)
        # A second request, after the first response is stuck, must neither restart nor end the deadline.
        for wire in deaf:
            wire.send(get("/health"))
        say(f"{3 * SLOW} slow, one answer of {size} bytes: {times}, memory {before} -> {self.site.memory()} MiB")
        self.assertEqual(times.lost, [])
        self.assertLess(times.at(0.99), BOUND)
        self.assertLess(self.site.memory() - before, 200)
        self.within(await asyncio.gather(*dripping), HEAD)
        self.within(await asyncio.gather(*dropping), BODY)
        held = self.site.sockets() - sockets
        say(f"of {SLOW} that read nothing {held} are held after {time.monotonic() - self.begun:.0f} s")
        self.assertLess(held, SLOW // 10, "what nobody reads is not kept for ever")
        for wire in deaf:
            wire.close()

    def within(self, seconds, deadline):
        say(f"ended after {min(seconds):.0f} to {max(seconds):.0f} s, by a deadline of {deadline} s")
        self.assertGreater(min(seconds), deadline - 2)
        self.assertLess(max(seconds), deadline + MARGIN)

    async def test_many_slow_bodies_block_nobody(self):
        count = most(MANY)
        plain = crowd(self.site, count, post("/sign-in", "login=nobody&password=wrong")[:-1])
        times = await others(self.site, seconds=2)
        say(f"{count} bodies that lack a byte: {times}, memory {self.site.memory()} MiB")
        for wire in plain:
            wire.close()
        self.assertEqual({answer.status for answer in times.answers}, {200})
