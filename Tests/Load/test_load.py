"""Load: many idle connections, and a burst."""

import collections
import time

from served import Crowded, Served, city, most, say
from wire import Wire, crowd, flow, get, is_over, once, others, post

CROWD = 10_000
# An idle connection has buffers and a task. The limit detects leaks; it is not a measurement.
KIB_EACH = 64
NORMAL, BURST = 100, 2000
BOUND = 1.0


class Load(Crowded):
    def setUp(self):
        self.site = Served(city.settled())
        self.addCleanup(self.site.close)

    def served(self, times):
        """Checks that all got the page in time."""
        say(f"others: {times}")
        self.assertEqual(times.lost, [])
        self.assertEqual({answer.status for answer in times.answers}, {200})
        self.assertLess(times.at(0.99), BOUND)


class IdleTests(Load):
    async def test_thousands_of_idle_connections_delay_nobody(self):
        count = most(CROWD)
        await others(self.site, seconds=1)
        before = self.site.memory()
        begun = time.monotonic()
        plain = crowd(self.site, count, get("/health"))
        answers = [wire.recv(65_536) for wire in plain]
        say(f"{count} connections were opened and answered in {time.monotonic() - begun:.0f} s")
        times = await others(self.site)
        after = self.site.memory()
        ended = sum(is_over(wire) for wire in plain)
        say(f"{ended} ended, memory {before} -> {after} MiB")
        for wire in plain:
            wire.close()
        self.assertEqual({answer[:12] for answer in answers}, {b"HTTP/1.1 200"})
        self.served(times)
        self.assertEqual(ended, 0, "an idle connection is kept for a minute")
        self.assertLess(after - before, count * KIB_EACH // 1024)


class FileLimitTests(Load):
    async def test_the_site_recovers_when_no_file_can_be_opened(self):
        self.site.allow(200)
        wires = [await Wire.open(self.site) for _ in range(300)]
        # Accepted connections are served; the others wait.
        self.assertEqual((await wires[0].ask(get("/health"))).status, 200)
        for wire in wires:
            wire.close()
        self.assertEqual((await once(self.site, get("/health"))).status, 200)
        self.assertIsNone(self.site.process.poll())


class BurstTests(Load):
    def setUp(self):
        super().setUp()
        self.numbers = [number for (number,) in self.site.city.ask("SELECT number FROM certificate")]

    async def devices(self):
        """Sign-in requests of known browsers, which are limited separately."""
        found = []
        for login in ["bureau", "feicheng", city.LEARNER]:
            for _ in range(3):
                body = f"login={login}&password={city.PASSWORD}"
                answer = await once(self.site, post("/sign-in", body))
                self.assertIn("session=", ";".join(answer.cookies()))
                device = next(word for word in answer.cookies() if word.startswith("device="))
                found.append(post("/sign-in", body, f"Cookie: {device}"))
        return found

    def burst(self, signing):
        """Three seconds of reads, mixed with writes: guesses and sessions."""
        asked = [(None, get("/" if turn % 2 else "/health"), None) for turn in range(3 * BURST)]
        guesses = [("guess", number) for number in self.numbers for _ in range(3)]
        for turn, key in enumerate(guesses):
            # The limit is thirty a minute for each address.
            source = f"127.0.1.{turn // 25 + 1}"
            asked[turn * len(asked) // len(guesses)] = (key, post(f"/v/{key[1]}/name", "name=none"), source)
        for turn, data in enumerate(signing):
            asked[turn * 500 + 101] = ("session", data, None)
        return asked

    async def test_a_burst_of_twenty_times_the_load_loses_no_acknowledged_request(self):
        signing = await self.devices()
        calm = await others(self.site, rate=NORMAL)
        self.served(calm)
        asked = self.burst(signing)
        times, told = await flow(self.site, BURST, asked)
        say(f"burst of {len(asked)}: {times}, memory {self.site.memory()} MiB")
        self.assertEqual(times.lost, [])
        self.answered(told)
        self.counted(asked, told)
        await self.sessions(told)
        self.served(await others(self.site, rate=NORMAL))

    def answered(self, told):
        """Checks that each request was done, or refused with a retry time."""
        self.assertLessEqual({answer.status for _, answer in told}, {200, 303, 429, 503})
        turned = [answer for _, answer in told if answer.status in (429, 503)]
        self.assertEqual([answer.body for answer in turned if not answer.header("retry-after")][:1], [])

    def counted(self, asked, told):
        """Checks that the database contains exactly the answered guesses."""
        sent = collections.Counter(key[1] for key, _, _ in asked if key and key[0] == "guess")
        said = collections.Counter(
            key[1] for key, answer in told if key and key[0] == "guess" and answer.status == 200)
        kept = dict(self.site.city.ask("SELECT number, guesses FROM verification_guess"))
        say(f"{sum(sent.values())} guesses sent, {sum(said.values())} answered, {sum(kept.values())} kept")
        self.assertGreater(sum(said.values()), 0)
        for number, count in sent.items():
            self.assertTrue(said[number] <= kept.get(number, 0) <= count, number)

    async def sessions(self, told):
        """Checks that each returned session is valid."""
        given = [answer for key, answer in told if key == "session" and answer.status == 303]
        say(f"{len(given)} sessions given")
        self.assertGreater(len(given), 0)
        for answer in given:
            cookies = "; ".join(answer.cookies())
            page = await once(self.site, get("/account/password", f"Cookie: {cookies}"))
            self.assertEqual(page.status, 200)
