"""A served demo city, and what its process holds."""

import asyncio
import os
import pathlib
import re
import resource
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Journeys"))

import city  # noqa: E402
from wire import Wire  # noqa: E402

# What the client keeps for itself: standard streams, the loop, the log.
SPARE = 200


class Served:
    """One copy of a city with a server on it."""

    def __init__(self, made):
        self.city = city.copy(made)
        address = self.city.serve()
        self.host, port = address.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)
        self.process = self.city.server

    def memory(self):
        """MiB that are in use (VmRSS)."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024

    def sockets(self):
        """How many the server holds. Whether a client's end looks open tells nothing while it does not read."""
        folder = pathlib.Path(f"/proc/{self.process.pid}/fd")
        return sum(os.path.islink(link) and os.readlink(link).startswith("socket:") for link in folder.iterdir())

    def allow(self, files):
        """From now on the server may have so many files and connections open."""
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (files, files))

    def close(self):
        self.city.close()


class Crowded(unittest.IsolatedAsyncioTestCase):
    """A test with thousands of tasks: the loop does not keep the history of each."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)

    async def asyncTearDown(self):
        Wire.close_all()
        await asyncio.sleep(0)


def most(wanted):
    """So many connections both sides may have open here, as near to what is wanted as the limits allow."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - SPARE)


def say(text):
    """A figure that a run has seen; it is no condition."""
    print(f"  {text}", file=sys.stderr, flush=True)
