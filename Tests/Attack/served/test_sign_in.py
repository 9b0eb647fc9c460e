"""A flood of sign-ins from one address does not block others."""

import asyncio
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Load"))

from served import Crowded, Served, city, most, say  # noqa: E402
from wire import Gone, Wire, once, post  # noqa: E402

CROWD = 130
LOGINS = [city.LEARNER, "bureau", "feicheng"]


def sign_in(login, password, *headers):
    return post("/sign-in", f"login={login}&password={password}", *headers)


class Flood:
    """Connections of one address that guess passwords without pause until they are stopped."""

    def __init__(self, site, source="127.0.0.1"):
        (self.site, self.source, self.statuses, self.over) = (site, source, {}, asyncio.Event())

    async def guess(self, turn):
        wire, count = await Wire.open(self.site, self.source), 0
        while not self.over.is_set():
            try:
                answer = await wire.ask(sign_in(f"nobody{turn}x{count}", "wrong"))
            except Gone:
                return
            count += 1
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1

    @property
    def looked_at(self):
        return self.statuses.get(403, 0)

    async def __aenter__(self):
        self.tasks = [asyncio.create_task(self.guess(turn)) for turn in range(CROWD)]
        # The flood has begun when the queue is full and requests are refused.
        while not sum(self.statuses.values()) > CROWD:
            await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_):
        self.over.set()
        await asyncio.gather(*self.tasks)


class SignInTests(Crowded):
    @classmethod
    def setUpClass(cls):
        most(1000)
        cls.site = Served(city.template())
        cls.addClassCleanup(cls.site.close)

    async def device(self, login):
        answer = await once(self.site, sign_in(login, city.PASSWORD), "127.0.0.1")
        self.assertEqual(answer.status, 303)
        return next(cookie for cookie in answer.cookies() if cookie.startswith("device="))

    async def test_a_flood_blocks_neither_other_addresses_nor_known_devices(self):
        devices = [await self.device(login) for login in LOGINS]
        turns = []

        async def right(login, source, *headers):
            before = flood.looked_at
            answer = await once(self.site, sign_in(login, city.PASSWORD, *headers), source)
            turns.append(flood.looked_at - before)
            return answer.status

        async with Flood(self.site) as flood:
            others = [right(LOGINS[turn % 3], f"127.0.0.{turn + 2}") for turn in range(9)]
            known = [right(login, "127.0.0.1", f"Cookie: {device}") for login, device in zip(LOGINS, devices)]
            statuses = await asyncio.gather(*others, *known)
        self.assertEqual(statuses, [303] * 12)
        self.assertGreater(flood.statuses.get(429, 0), 0, "the flood is turned away at once")
        # Each request waits for the others and as many of the flood: an address has one turn in each round.
        self.assertLess(max(turns), 30, turns)
        say(f"flood {flood.statuses}, guesses looked at while one waited: {sorted(turns)}")
