"""The WebDriver server: one chromedriver for the whole run, on a free port, ended with it."""

import atexit
import functools
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class DriverError(Exception):
    """An error from WebDriver."""


@functools.cache
def address():
    """The address of chromedriver; the first call starts it."""
    process = subprocess.Popen(
        [shutil.which("chromedriver") or "chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
    atexit.register(end, process)
    for line in process.stdout:
        found = re.search(r"successfully on port (\d+)", line)
        if found:
            return f"http://127.0.0.1:{found[1]}"
    raise DriverError("chromedriver did not start")


def end(process):
    """Ends a process and waits until it is gone."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def call(method, path, body=None):
    """Sends one command and returns its value."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        address() + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        fault = json.load(error)["value"]
        raise DriverError(f"{fault['error']}: {fault['message'].splitlines()[0]}") from None
