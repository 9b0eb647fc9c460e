"""The server stops while it handles requests."""

import asyncio
import signal
import time

from served import Crowded, Served, city, say
from wire import Gone, Wire, get, others, post

# The service manager kills the process 90 seconds after the signal.
LEAVE = 30


class EndTests(Crowded):
    def setUp(self):
        self.site = Served(city.settled())
        self.addCleanup(self.site.close)

    async def test_requests_sent_before_the_stop_get_responses(self):
        (ended, lost, late, answered) = (asyncio.Event(), [], [], 0)
        signalled = float("inf")

        async def reader():
            nonlocal answered
            wire = await Wire.open(self.site)
            while not ended.is_set():
                sent = time.monotonic()
                try:
                    await wire.ask(get("/"))
                except Gone:
                    (lost if sent < signalled else late).append(sent - signalled)
                    return
                answered += 1

        signing = [await Wire.open(self.site) for _ in range(4)]
        readers = [asyncio.create_task(reader()) for _ in range(50)]
        # These take longest, and are sent again just before the signal.
        for turn, wire in enumerate(signing):
            wire.send(post("/sign-in", f"login=nobody{turn}&password=wrong"))
        await others(self.site, seconds=1, rate=20)
        for turn, wire in enumerate(signing):
            await wire.answer()
            wire.send(post("/sign-in", f"login=nobody{turn}&password=wrong"))
        self.site.process.send_signal(signal.SIGTERM)
        signalled = time.monotonic()
        statuses = [(await wire.answer()).status for wire in signing]
        ended.set()
        await asyncio.gather(*readers)
        code = await asyncio.to_thread(self.site.process.wait, 30)
        say(f"{answered} answered; unanswered: {len(lost)} sent before the signal, {len(late)} after; {statuses}"
            f"; gone {time.monotonic() - signalled:.1f} s after it")
        self.assertEqual(set(statuses), {403})
        self.assertEqual(lost, [])
        self.assertEqual(code, 0)

    async def test_a_slow_client_does_not_delay_the_stop(self):
        idle, head, body = [await Wire.open(self.site) for _ in range(3)]
        await idle.ask(get("/health"))
        head.send(b"GET / HTTP/1.1\r\nHost:")
        body.send(post("/sign-in", "login=nobody&password=wrong")[:-5])
        await others(self.site, seconds=1, rate=20)
        self.site.process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        while self.site.process.poll() is None and time.monotonic() < begun + LEAVE:
            await asyncio.sleep(0.1)
        say(f"{self.site.process.poll()} after {time.monotonic() - begun:.1f} s")
        self.assertEqual(self.site.process.poll(), 0, f"not gone after {LEAVE} s")
