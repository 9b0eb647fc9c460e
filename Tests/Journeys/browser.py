"""A browser as a person uses it: elements are named by the texts on the page."""

import base64
import json
import os
import re
import time

from driver import ELEMENT, DriverError, call

DESKTOP, PHONE = 1280, 375
TAB, ENTER, SPACE = "\ue004", "\ue007", " "

# A visible link, button or fold with this whole text.
NAMED = """
const plain = node => node.textContent.replace(/\\s+/g, ' ').trim()
return [...document.querySelectorAll('a, button, summary')]
  .find(node => node.checkVisibility() && plain(node) === arguments[0]) ?? null
"""

# The control of a label, so that a label without a control is noticed.
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

# The page and all its resources: bytes over the wire, including headers.
WEIGHT = """
const all = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
return [all.reduce((sum, entry) => sum + entry.transferSize, 0), all.length]
"""


def wait(condition, what, limit=30):
    """Waits for the first true value of a condition and returns it."""
    end = time.monotonic() + limit
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s for {what}")
        time.sleep(0.05)


def options(width, scripts):
    """A phone is emulated because no window is as narrow. `scripts` only affects the scripts of pages."""
    # Moving elements can miss a click; without motion the page is the same.
    words = ["--headless=new", "--disable-dev-shm-usage", "--lang=zh-CN", "--no-first-run",
             "--force-prefers-reduced-motion"]
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    found = {"args": words, "prefs": {"profile.managed_default_content_settings.javascript": 1 if scripts else 2}}
    if width >= 500:
        return {**found, "args": [*words, f"--window-size={width},900"]}
    # Without scripts the driver waits forever after a tap, so a mouse is used.
    metrics = {"width": width, "height": 812, "pixelRatio": 2, "touch": scripts}
    return {**found, "mobileEmulation": {"deviceMetrics": metrics}}


class Browser:
    """A browser with its own cookies."""

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
        """Runs a script that calls its last argument when it is done."""
        return self.post("/execute/async", script=script, args=list(values))

    def cdp(self, command, **parameters):
        return self.post("/goog/cdp/execute", cmd=command, params=parameters)

    def go_offline(self):
        self.cdp("Network.enable")
        self.cdp("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def darken(self):
        """Turns dark mode on."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    # Reading

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
        """The text in the main part of the page."""
        return self.js("return document.querySelector('main').innerText")

    @property
    def heading(self):
        return self.js("return document.querySelector('h1')?.innerText ?? ''")

    def texts(self, selector):
        return self.js(
            "return [...document.querySelectorAll(arguments[0])].filter(node => node.checkVisibility())"
            ".map(node => (node.innerText ?? node.textContent).trim())", selector)

    def has(self, selector):
        return bool(self.texts(selector))

    def lacks(self, selector):
        """Whether a page is completely loaded and lacks this."""
        try:
            return self.js("return document.readyState === 'complete'") and not self.has(selector)
        except DriverError:
            return False

    def see(self, words, limit=30):
        """Waits until the page shows a text."""
        try:
            wait(lambda: words in self.steady_text(), words, limit)
        except AssertionError as error:
            raise AssertionError(f"{error}, but {self.path} says: {self.steady_text()[:600]}") from None

    def steady_text(self):
        """The text; empty while the page is being replaced."""
        try:
            return self.text
        except DriverError:
            return ""

    def arrive(self, path):
        """Waits until a page is completely loaded; `path` is a pattern for the path, or path and query."""
        def is_there():
            try:
                state, *where = self.js(
                    "return [document.readyState, location.pathname, location.pathname + location.search]")
            except DriverError:
                return False
            return state == "complete" and any(re.fullmatch(path, address) for address in where)
        wait(is_there, f"{path}, not {self.path}")

    # Acting

    def element(self, script, words):
        found = wait(lambda: self.js(script, words), f"“{words}” on {self.path}", 5)
        return found[ELEMENT]

    def press(self, words):
        """Clicks a link, a button or a fold."""
        self.tap(self.element(NAMED, words))

    def tap(self, element):
        """Clicks an element after moving it to the middle, as people do where the bar of a phone covers it."""
        self.js("arguments[0].scrollIntoView({ block: 'center' })", {ELEMENT: element})
        self.post(f"/element/{element}/click")

    def follow(self, words):
        """Presses an element that loads a page, and waits for the page."""
        self.leave(lambda: self.press(words))

    def leave(self, act):
        """Runs an act that replaces the page. A tap returns before the page changes, so the old page is marked."""
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
        self.tap(self.element("return document.querySelector(arguments[0])", selector))

    def fill(self, label, text):
        field = self.element(LABELLED, label)
        self.post(f"/element/{field}/clear")
        self.post(f"/element/{field}/value", text=text)

    def attach(self, label, path):
        self.post(f"/element/{self.element(LABELLED, label)}/value", text=str(path))

    def choose(self, label, title):
        """Selects an option of a list."""
        field = self.js(LABELLED, label)
        option = self.js(
            "return [...arguments[0].options].find(option => option.text === arguments[1])", field, title)
        self.post(f"/element/{option[ELEMENT]}/click")

    def tick(self, label):
        self.tap(self.element(LABELLED, label))

    def go_to(self, title):
        """Follows the main navigation, which is a menu on a phone."""
        self.open_menu()
        self.press(title)

    def open_menu(self):
        """Opens the menu on a phone; returns the selector of the user's name."""
        if self.width >= 768:
            return ".xs-account"
        self.click(".xs-menu summary")
        return ".xs-menu"

    def open_filters(self):
        """Opens the filters of a list, which are folded on a phone."""
        if self.width < 576:
            self.click(".xs-narrow > summary")

    def key(self, value):
        strokes = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self.post("/actions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def type(self, text):
        """Types into the focused element."""
        for letter in text:
            self.key(letter)

    # Windows

    def new_window(self):
        """Opens a window and switches to it; returns a function that switches back."""
        first = call("GET", self.base + "/window")
        self.post("/window", handle=self.post("/window/new", type="tab")["handle"])
        return lambda: self.post("/window", handle=first)

    # Files and requests

    def fetch(self, address):
        """Fetches an address in the browser: status, type, bytes."""
        status, kind, text = self.js_later(FETCH, address)
        return status, kind, base64.b64decode(text)

    def download(self, words):
        """The file behind a link."""
        status, _, data = self.fetch(self.link(words))
        if status != 200:
            raise AssertionError(f"“{words}” answers {status}")
        return data

    def link(self, words):
        """The address of a link."""
        return self.js("return arguments[0].href", {ELEMENT: self.element(NAMED, words)})

    def weight(self):
        """The bytes over the wire and the number of requests of this page view."""
        return self.js(WEIGHT)

    def console(self):
        """The console messages since the last call."""
        return [(entry["level"], entry["message"]) for entry in self.log("browser")]

    def requests(self):
        """Every request since the last call, with everything that was sent in it."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = ("Network.requestWillBeSent", "Network.requestWillBeSentExtraInfo")
        return [without_fragment(message["params"]) for message in messages if message["method"] in sent]

    def log(self, kind):
        return self.post("/se/log", type=kind)

    def paper(self):
        """The printed page as PDF."""
        return base64.b64decode(self.cdp("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"])

    def screenshot(self, path):
        """A screenshot of the page, up to 6000 pixels high."""
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": self.width, "height": min(size["height"], 6000), "scale": 1}
        found = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(found["data"]))


def without_fragment(sent):
    """A request without the part after #, which the browser does not send and the log stores separately."""
    request = {**sent.get("request", {}), "urlFragment": ""}
    return json.dumps([request, sent.get("headers", {})], ensure_ascii=False)
