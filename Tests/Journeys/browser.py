"""A browser as a person uses it: what is clicked, filled and read is named by the words on the page."""

import base64
import json
import os
import re
import time

from driver import ELEMENT, DriverError, call

DESK, PHONE = 1280, 375
TAB, ENTER, SPACE = "\ue004", "\ue007", " "

# A link, button or fold that can be seen, by its whole text.
NAMED = """
const plain = node => node.textContent.replace(/\\s+/g, ' ').trim()
return [...document.querySelectorAll('a, button, summary')]
  .find(node => node.checkVisibility() && plain(node) === arguments[0]) ?? null
"""

# What a label names: the control itself, so that a label that names nothing is noticed.
LABELLED = """
return [...document.querySelectorAll('label')]
  .find(label => label.checkVisibility() && label.textContent.trim() === arguments[0])?.control ?? null
"""

FETCH = """
const [address, done] = arguments
fetch(address, { credentials: 'same-origin' }).then(async answer => {
  const bytes = new Uint8Array(await answer.arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  done([answer.status, answer.headers.get('content-type'), btoa(text)])
}).catch(error => done([0, String(error), '']))
"""

# The page itself and all that it asked for: bytes as they came over the wire, headers too.
WEIGHT = """
const all = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
return [all.reduce((sum, entry) => sum + entry.transferSize, 0), all.length]
"""


def wait(condition, what, limit=30):
    """The first true answer of a condition."""
    end = time.monotonic() + limit
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s for {what}")
        time.sleep(0.05)


def options(width, scripts):
    """A phone is emulated, since no window is as narrow as one. Without scripts, those of pages alone do not run."""
    # What glides moves away from under a click; whoever asked for no motion reads the same page.
    words = ["--headless=new", "--disable-dev-shm-usage", "--lang=zh-CN", "--no-first-run",
             "--force-prefers-reduced-motion"]
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    found = {"args": words, "prefs": {"profile.managed_default_content_settings.javascript": 1 if scripts else 2}}
    if width >= 500:
        return {**found, "args": [*words, f"--window-size={width},900"]}
    # The driver waits for ever for what a tap does where no script runs; there a mouse clicks.
    metrics = {"width": width, "height": 812, "pixelRatio": 2, "touch": scripts}
    return {**found, "mobileEmulation": {"deviceMetrics": metrics}}


class Browser:
    """One browser with cookies of its own."""

    def __init__(self, width, scripts=True):
        self.width = width
        wanted = {
            "browserName": "chrome", "goog:chromeOptions": options(width, scripts),
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        self.base = "/session/" + call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def close(self):
        call("DELETE", self.base)

    def post(self, path, **body):
        return call("POST", self.base + path, body)

    def js(self, script, *values):
        return self.post("/execute/sync", script=script, args=list(values))

    def js_later(self, script, *values):
        """A script that calls its last argument when it is done."""
        return self.post("/execute/async", script=script, args=list(values))

    def cdp(self, command, **parameters):
        return self.post("/goog/cdp/execute", cmd=command, params=parameters)

    def go_offline(self):
        self.cdp("Network.enable")
        self.cdp("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def darken(self):
        """The colours that an evening's setting asks for."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    # What it shows.

    def visit(self, address):
        self.post("/url", url=address)

    @property
    def url(self):
        return call("GET", self.base + "/url")

    @property
    def path(self):
        return self.js("return location.pathname")

    @property
    def status(self):
        return self.js("return performance.getEntriesByType('navigation')[0].responseStatus")

    @property
    def text(self):
        """What can be read in the body of the page."""
        return self.js("return document.querySelector('main').innerText")

    @property
    def heading(self):
        return self.js("return document.querySelector('h1')?.innerText ?? ''")

    def texts(self, selector):
        return self.js(
            "return [...document.querySelectorAll(arguments[0])].filter(node => node.checkVisibility())"
            ".map(node => node.innerText.trim())", selector)

    def has(self, selector):
        return bool(self.texts(selector))

    def lacks(self, selector):
        """Whether a page is there, all of it, without this."""
        try:
            return self.js("return document.readyState === 'complete'") and not self.has(selector)
        except DriverError:
            return False

    def see(self, words, limit=30):
        """Waits until the page says something."""
        try:
            wait(lambda: words in self.steady_text(), words, limit)
        except AssertionError as error:
            raise AssertionError(f"{error}, but {self.path} says: {self.steady_text()[:600]}") from None

    def steady_text(self):
        """The text, or nothing while the page is being replaced by another."""
        try:
            return self.text
        except DriverError:
            return ""

    def arrive(self, path):
        """Waits until a page is there, all of it; the path, or path and query, is a pattern."""
        def is_there():
            try:
                state, *where = self.js(
                    "return [document.readyState, location.pathname, location.pathname + location.search]")
            except DriverError:
                return False
            return state == "complete" and any(re.fullmatch(path, address) for address in where)
        wait(is_there, f"{path}, not {self.path}")

    # What a person does.

    def element(self, script, words):
        found = wait(lambda: self.js(script, words), f"“{words}” on {self.path}", 5)
        return found[ELEMENT]

    def press(self, words):
        """Clicks a link, a button or a fold."""
        self.post(f"/element/{self.element(NAMED, words)}/click")

    def follow(self, words):
        """Presses what leads to another page, or to this one again, and waits for that."""
        self.leave(lambda: self.press(words))

    def leave(self, act):
        """Does what replaces the page. A phone's tap is answered before anything moves, so the old page is marked."""
        self.js("window.isOld = true")
        act()
        wait(self.is_new, f"what comes after {self.path}")

    def is_new(self):
        try:
            return self.js("return !window.isOld && document.readyState === 'complete'")
        except DriverError:
            return False

    def offers(self, words):
        return self.js(NAMED, words) is not None

    def click(self, selector):
        self.post(f"/element/{self.element('return document.querySelector(arguments[0])', selector)}/click")

    def fill(self, label, text):
        field = self.element(LABELLED, label)
        self.post(f"/element/{field}/clear")
        self.post(f"/element/{field}/value", text=text)

    def attach(self, label, path):
        self.post(f"/element/{self.element(LABELLED, label)}/value", text=str(path))

    def choose(self, label, title):
        """Takes an option of a list."""
        field = self.js(LABELLED, label)
        option = self.js(
            "return [...arguments[0].options].find(option => option.text === arguments[1])", field, title)
        self.post(f"/element/{option[ELEMENT]}/click")

    def tick(self, label):
        self.post(f"/element/{self.element(LABELLED, label)}/click")

    def go_to(self, title):
        """By the main navigation, which a phone folds into a menu."""
        self.open_menu()
        self.press(title)

    def open_menu(self):
        """What a phone folds; answers where the own name then is."""
        if self.width >= 768:
            return ".xs-account"
        self.click(".xs-menu summary")
        return ".xs-menu"

    def open_filters(self):
        """The filters of a list, which a phone folds as well."""
        if self.width < 576:
            self.click(".xs-narrow > summary")

    def key(self, value):
        strokes = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self.post("/actions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def type(self, text):
        """Types where the focus is."""
        for letter in text:
            self.key(letter)

    # Windows.

    def new_window(self):
        """Opens a window and leads there; answers how to come back to the first."""
        first = call("GET", self.base + "/window")
        self.post("/window", handle=self.post("/window/new", type="tab")["handle"])
        return lambda: self.post("/window", handle=first)

    # What stands behind the page.

    def fetch(self, address):
        """What the browser would download: status, type, bytes."""
        status, kind, text = self.js_later(FETCH, address)
        return status, kind, base64.b64decode(text)

    def download(self, words):
        """The file that a link leads to."""
        status, _, data = self.fetch(self.link(words))
        if status != 200:
            raise AssertionError(f"“{words}” answers {status}")
        return data

    def link(self, words):
        """The address that a link leads to."""
        return self.js("return arguments[0].href", {ELEMENT: self.element(NAMED, words)})

    def weight(self):
        """Bytes over the wire and requests of this view of the page."""
        return self.js(WEIGHT)

    def console(self):
        """What was complained of since it was last asked."""
        return [(entry["level"], entry["message"]) for entry in self.log("browser")]

    def requests(self):
        """Every request since it was last asked, with all that was sent in it."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = ("Network.requestWillBeSent", "Network.requestWillBeSentExtraInfo")
        return [without_fragment(message["params"]) for message in messages if message["method"] in sent]

    def log(self, kind):
        return self.post("/se/log", type=kind)

    def paper(self):
        """The page as it is printed, as PDF."""
        return base64.b64decode(self.cdp("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"])

    def screenshot(self, path):
        """The whole page, however long it is."""
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": self.width, "height": min(size["height"], 6000), "scale": 1}
        found = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(found["data"]))


def without_fragment(sent):
    """A request as it leaves: what follows # stays in the browser, and the log keeps it apart."""
    request = {**sent.get("request", {}), "urlFragment": ""}
    return json.dumps([request, sent.get("headers", {})], ensure_ascii=False)
