"""The base of every journey: a city, a site, a browser of a given width, and an audit of each page."""

import unittest

import audit
from browser import DESKTOP, PHONE, Browser, wait
from city import LEARNER, PASSWORD, copy, settled


class Story(unittest.TestCase):
    """A test of one story. Faults of pages are collected, so that one fault does not hide later ones."""

    width = DESKTOP
    scripts = True

    def setUp(self):
        self.faults = []
        self.city = copy(self.beginning())
        self.addCleanup(self.city.close)
        self.prepare()
        self.site = self.city.serve()
        self.browser = self.open_browser()

    def beginning(self):
        """The city at the start of the story."""
        return settled()

    def prepare(self):
        """Prepares the city before it is served."""

    def open_browser(self):
        browser = Browser(self.width, self.scripts)
        self.addCleanup(browser.close)
        return browser

    def tearDown(self):
        if self.faults:
            self.fail("pages:\n" + "\n".join(self.faults))

    def audit(self, name, status=200, browser=None):
        """Checks the page and takes a screenshot."""
        browser = browser or self.browser
        path = audit.shots() / f"{name}-{self.width}.png"
        browser.screenshot(path)
        self.faults += [f"{path.stem} {browser.path}: {fault}" for fault in audit.complaints(browser, status)]

    def visit(self, path):
        self.browser.visit(self.site + path)

    def sign_in(self, login=LEARNER, back="/", password=PASSWORD, browser=None):
        """Signs in through the form of a protected page, and arrives at that page."""
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
        """Waits on a job's page until the job is done, and reloads sooner than the page does by itself."""
        def is_over():
            if self.browser.lacks("progress"):
                return True
            self.browser.visit(self.browser.url)
            return False
        wait(is_over, "the end of the job", limit)


class OnDesktop(Story):
    """A story at the width of a desktop screen."""

    width = DESKTOP


class OnPhone(Story):
    """A story at the width of a phone."""

    width = PHONE
