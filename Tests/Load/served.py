"""A demo city with a server, and the resources of its process."""

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

# Descriptors that the client needs: standard streams, the loop, the log.
SPARE = 200


class Served:
    """A copy of a city with its server."""

    def __init__(self, made):
        self.city = city.copy(made)
        address = self.city.serve()
        self.host, port = address.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)
        self.process = self.city.server

    def memory(self):
        """The memory of the server in MiB (VmRSS)."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024

    def sockets(self):
        """The server's number of sockets. A client that does not read cannot tell whether it is closed."""
        folder = pathlib.Path(f"/proc/{self.process.pid}/fd")
        return sum(os.path.islink(link) and os.readlink(link).startswith("socket:") for link in folder.iterdir())

    def allow(self, files):
        """Limits the open files and connections of the server."""
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (files, files))

    def close(self):
        self.city.close()


class Crowded(unittest.IsolatedAsyncioTestCase):
    """A test with thousands of tasks, without the loop's debug mode, which records each task."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)

    async def asyncTearDown(self):
        Wire.close_all()
        await asyncio.sleep(0)


def most(wanted):
    """The number of connections that both sides may open, at most `wanted`."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - SPARE)


def say(text):
    """Prints a measured figure, which is not checked."""
    print(f"  {text}", file=sys.stderr, flush=True)
