"""Checks the API against its OpenAPI document with Schemathesis: every response must match the document."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Journeys"))

import city  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = 100
# Each token may send 120 requests a minute.
TOKENS = 30


def schemathesis():
    """Path of the program in the environment of the tests, or its name."""
    own = city.ROOT / ".build/python/bin/st"
    return str(own) if own.is_file() else "st"


class APITests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = city.copy(city.settled())
        cls.addClassCleanup(cls.city.close)
        cls.address = cls.city.serve()
        permits = ["--permit", "people:read", "--permit", "hours:write"]
        cls.tokens = [
            cls.city.run("account", "token", "--login", "bureau", *permits).split()[0] for _ in range(TOKENS)]

    def configuration(self):
        """A configuration with existing values, so that not only missing objects are requested."""
        person = self.city.qualified()[0]
        known = {
            "path.person": person, "path.year": 2022, "path.key": "taian-2022",
            "path.number": self.city.certificate(person),
            # Cursors are encrypted, so invented ones are invalid.
            "query.cursor": "",
        }
        path = self.city.folder / "schemathesis.toml"
        lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in known.items()]
        # Rules may refuse well-formed requests.
        accepted = [200, 304, 401, 403, 404, 409, 422, 429, 503]
        lines += ["[checks.positive_data_acceptance]", f"expected-statuses = {accepted}"]
        path.write_text("[parameters]\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return path

    def run_checks(self, *words, tokens=()):
        answer = subprocess.run(
            [schemathesis(), *words, f"{self.address}/api/v1/openapi.json", "--seed", "1", "--no-color",
             "--continue-on-failure", "--max-examples", str(EXAMPLES), "--header", "Connection: close"],
            cwd=self.city.folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "XUESHI_TOKENS": " ".join(tokens)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=80)
        if answer.returncode:
            self.fail(answer.stdout[-20_000:] + answer.stderr[-5_000:])
        return answer.stdout

    def test_with_a_token_every_response_matches_the_document(self):
        said = self.run_checks("--config-file", str(self.configuration()), "run", tokens=self.tokens)
        self.assertNotIn("Authentication failed", said)

    def test_without_a_token_every_response_matches_the_document(self):
        self.run_checks("run")

    def tearDown(self):
        self.assertEqual(self.city.log().count('"unforeseen"'), 0)


if __name__ == "__main__":
    unittest.main()
