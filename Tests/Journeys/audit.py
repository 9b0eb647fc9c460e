"""What every page must satisfy, whoever is led to it."""

import functools
import os
import pathlib

from city import ROOT

MOST_BYTES, MOST_REQUESTS = 150_000, 10
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

AXE = """
const [tags, done] = arguments
axe.run({ runOnly: { type: 'tag', values: tags }, preload: false }).then(found => done(
  found.violations.map(fault => `${fault.id}: ${fault.nodes.map(node => node.target.join(' ')).join(', ')}`)))
"""

# Written into the page itself; the policy of the site forbids it, so it would do nothing.
INLINE = """
const handlers = node => [...node.attributes].some(({ name }) => name === 'style' || name.startsWith('on'))
return [...document.querySelectorAll('*')]
  .filter(node => handlers(node) || node.matches('style, script:not([src])'))
  .map(node => node.outerHTML.slice(0, 80))
"""


@functools.cache
def axe():
    """The source of axe-core."""
    path = pathlib.Path(os.environ.get("XUESHI_AXE") or ROOT / ".build/axe/axe.min.js")
    if not path.is_file():
        raise FileNotFoundError(f"no {path}: bin/prepare tests fetches it")
    return path.read_text(encoding="utf-8")


@functools.cache
def shots():
    """Where pictures of the pages go; the folder stays."""
    folder = pathlib.Path(os.environ.get("XUESHI_SHOTS") or ROOT / ".build/shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def complaints(browser, status=200):
    """What is wrong with the page that the browser shows."""
    # The console first: what axe does to a page is no fault of the page.
    found = errors(browser, status) + structure(browser, status) + width(browser) + weight(browser)
    # One file for a device without a network has all of it inside; the site has none.
    if browser.url.startswith("http"):
        found += [f"inline, against the policy: {node}" for node in browser.js(INLINE)]
    return found + [f"axe {fault}" for fault in accessibility(browser)]


def errors(browser, status):
    """Everything on the console but the browser's own note that a page has the status that is expected of it."""
    own = f"responded with a status of {status}"
    told = [message for level, message in browser.console() if level in ("SEVERE", "WARNING")]
    return [f"console: {message}" for message in told if status == 200 or own not in message]


def structure(browser, status):
    found = [] if browser.status == status else [f"status {browser.status}, not {status}"]
    headings = len(browser.js("return [...document.querySelectorAll('h1')].map(node => node.innerText)"))
    if headings != 1:
        found.append(f"{headings} headings of the first order")
    if not browser.js("return document.title.endsWith(' · 学时')"):
        found.append("no title")
    return found


def width(browser):
    wide, inner = browser.js("return [document.documentElement.scrollWidth, innerWidth]")
    found = [] if wide <= inner else [f"{wide} px wide, so it scrolls sideways"]
    return found if inner == browser.width else found + [f"laid out for {inner} px, not {browser.width}"]


def weight(browser):
    size, requests = browser.weight()
    found = [] if size <= MOST_BYTES else [f"{size} bytes over the wire"]
    return found if requests <= MOST_REQUESTS else found + [f"{requests} requests"]


def accessibility(browser):
    browser.js(axe())
    found = browser.js_later(AXE, TAGS)
    browser.console()
    return found
