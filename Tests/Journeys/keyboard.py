"""A browser without a mouse: the order of the focus, and whether it is visible."""

from browser import ENTER, SPACE, TAB

# The focused control: its name, whether it has a focus ring, whether the ring is visible; null without a control.
FOCUS = """
const node = document.activeElement
if (!node || node === document.body || node === document.documentElement) return null
const plain = text => text.replace(/\\s+/g, ' ').trim()
const style = getComputedStyle(node), box = node.getBoundingClientRect()
const name = node.labels?.length ? node.labels[0].textContent : node.getAttribute('aria-label') ?? node.textContent
return {
  name: plain(name),
  ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  seen: box.width > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
}
"""

# The controls that a mouse can use. Of radio buttons the keyboard stops at one; arrow keys select the others.
USABLE = """
const plain = text => text.replace(/\\s+/g, ' ').trim()
const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')
return [...all].filter(node => node.checkVisibility() && !node.disabled && node.type !== 'radio')
  .map(node => plain(
    node.labels?.length ? node.labels[0].textContent : node.getAttribute('aria-label') ?? node.textContent))
"""

MOST = 200


class Keyboard:
    """Tab, Enter, Space and typing, with a fault for each stop that is not visible."""

    def __init__(self, browser, faults):
        self.browser, self.faults = browser, faults

    def step(self):
        """Presses Tab once; returns the name of the focused control, or nothing if the focus has left the page."""
        self.browser.key(TAB)
        focus = self.browser.js(FOCUS)
        if focus is None:
            return None
        for needed, words in (("ring", "shows no ring"), ("seen", "is out of sight")):
            if not focus[needed]:
                self.faults.append(f"{self.browser.path}: the focus on “{focus['name']}” {words}")
        return focus["name"]

    def to(self, name):
        """Presses Tab until the control with this name has the focus."""
        for _ in range(MOST):
            if self.step() == name:
                return
        raise AssertionError(f"“{name}” is not to be reached by Tab on {self.browser.path}")

    def walk(self):
        """Walks through the page: every usable control is reached, and the focus leaves the page at the end."""
        self.browser.js("document.activeElement.blur(); scrollTo(0, 0)")
        wanted = self.browser.js(USABLE)
        names = []
        while (name := self.step()) is not None:
            names.append(name)
            if len(names) > MOST:
                raise AssertionError(f"the focus is trapped on {self.browser.path}: {names[-3:]}")
        missing = [name for name in set(wanted) if names.count(name) < wanted.count(name)]
        self.faults += [f"{self.browser.path}: Tab does not reach “{name}”" for name in missing]

    def enter(self, name):
        self.to(name)
        self.browser.key(ENTER)

    def space(self, name):
        self.to(name)
        self.browser.key(SPACE)

    def write(self, name, text):
        self.to(name)
        self.browser.type(text)
