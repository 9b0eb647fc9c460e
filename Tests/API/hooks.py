"""Each connection uses its own address and each call the next token, because the API limits requests by address and by
token."""

import itertools
import json
import os

import schemathesis
from urllib3.connection import HTTPConnection

turn = itertools.count()
tokens = itertools.cycle(os.environ.get("XUESHI_TOKENS", "").split())
plain = HTTPConnection.connect


def connect(self):
    number = next(turn)
    self.source_address = (f"127.0.{number // 250 % 250 + 1}.{number % 250 + 1}", 0)
    plain(self)


HTTPConnection.connect = connect


if os.environ.get("XUESHI_TOKENS"):

    @schemathesis.auth(refresh_interval=None)
    class Tokens:
        def get(self, _case, _context):
            return next(tokens)

        def set(self, case, token, _context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    """Serializes one line, because the schema describes one."""
    return value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
