"""Checks that every page must pass."""

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

# Inline styles and scripts, which the site's content security policy blocks.
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
    """The folder of the screenshots; it is kept after the run."""
    folder = pathlib.Path(os.environ.get("XUESHI_SHOTS") or ROOT / ".build/shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def complaints(browser, status=200):
    """The faults of the current page."""
    # The console is read first, because axe itself may cause messages.
    found = errors(browser, status) + structure(browser, status) + width(browser) + weight(browser)
    # The offline page contains everything inline; pages of the site must not.
    if browser.url.startswith("http"):
        found += [f"inline, against the policy: {node}" for node in browser.js(INLINE)]
    return found + [f"axe {fault}" for fault in accessibility(browser)]


def errors(browser, status):
    """All console messages except the browser's note about an expected status."""
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
