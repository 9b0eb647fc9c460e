"""Attacks on the running program over the network, one class of attacks in each file."""

import os
import unittest


class Ready(unittest.TestCase):
    def test_the_program_was_built(self):
        self.assertTrue(os.access(os.environ["XUESHI_PROGRAM"], os.X_OK))
