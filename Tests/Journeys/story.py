"""What every journey has: a city, a site, a browser of a width, and an audit of each page it comes by."""

import unittest

import audit
from browser import DESK, PHONE, Browser, wait
from city import LEARNER, PASSWORD, copy, settled


class Story(unittest.TestCase):
    """A test of one story. Faults of pages are gathered, so that one does not hide the rest of the way."""

    width = DESK
    scripts = True

    def setUp(self):
        self.faults = []
        self.city = copy(self.beginning())
        self.addCleanup(self.city.close)
        self.prepare()
        self.site = self.city.serve()
        self.browser = self.open_browser()

    def beginning(self):
        """The city that the story begins in."""
        return settled()

    def prepare(self):
        """What is done in the city before it is served."""

    def open_browser(self):
        browser = Browser(self.width, self.scripts)
        self.addCleanup(browser.close)
        return browser

    def tearDown(self):
        if self.faults:
            self.fail("pages:\n" + "\n".join(self.faults))

    def audit(self, name, status=200, browser=None):
        """Looks at the page from all sides, and takes its picture."""
        browser = browser or self.browser
        path = audit.shots() / f"{name}-{self.width}.png"
        browser.screenshot(path)
        self.faults += [f"{path.stem} {browser.path}: {fault}" for fault in audit.complaints(browser, status)]

    def visit(self, path):
        self.browser.visit(self.site + path)

    def sign_in(self, login=LEARNER, back="/", password=PASSWORD, browser=None):
        """Fills the form that a closed door leads to, and comes to what is behind it."""
        browser = browser or self.browser
        browser.visit(f"{self.site}/sign-in?back={back}")
        self.fill_sign_in(login, password, browser)
        self.assertNotEqual(browser.path, "/sign-in", browser.text)

    def fill_sign_in(self, login=LEARNER, password=PASSWORD, browser=None):
        browser = browser or self.browser
        browser.fill("身份证号、手机号或登录名", login)
        browser.fill("密码", password)
        browser.leave(lambda: browser.click("main form[action='/sign-in'] button"))

    def job_ends(self, limit=30):
        """Waits on a job's page until it is done; the page would look again by itself, only not as soon."""
        def is_over():
            if self.browser.lacks("progress"):
                return True
            self.browser.visit(self.browser.url)
            return False
        wait(is_over, "the end of the job", limit)


class AtDesk(Story):
    """The width of a desk's screen."""

    width = DESK


class OnPhone(Story):
    """The width of a phone."""

    width = PHONE
