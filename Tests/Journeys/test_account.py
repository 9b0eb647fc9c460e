"""Passwords and sessions: guesses lock nobody out, first passwords are replaced, signing out ends the session."""

import re

from city import LEARNER
from story import OnDesktop, OnPhone

OWN = "Wenhe-river-2026"


class Account:
    def prepare(self):
        told = self.city.run("account", "add", "--role", "employer", "--login", "works", "--unit", self.works())
        self.first = re.search(r"初始密码 (\w{4}-\w{4}-\w{4})", told)[1]

    def works(self):
        return str(self.city.unit("泰安示例机械有限公司"))

    def test_a_person_changes_to_a_second_role(self):
        self.city.run("account", "grant", "--person", "1", "--role", "employer", "--unit", self.works())
        self.sign_in()
        head = self.browser.open_menu()
        self.browser.leave(lambda: self.browser.click(f"{head} a[href='/account']"))
        self.browser.arrive("/account")
        self.audit("account-roles")
        self.browser.follow("切换到这个身份")
        self.browser.arrive("/")
        self.visit("/people")
        self.browser.see("泰安示例机械有限公司管理的专业技术人员")

    def test_guessing_locks_the_guesser_and_nobody_else(self):
        own = self.open_browser()
        self.sign_in(browser=own, back="/me")
        own.visit(self.site + "/me")
        self.leave(own)
        self.visit("/sign-in?back=/me")
        for _ in range(5):
            self.fill_sign_in(password="Wrong-guess-1")
            self.browser.see("账号或密码不对")
        self.assertEqual(self.browser.js("return document.querySelector('#password').value"), "")
        self.assertEqual(self.browser.js("return document.querySelector('#login').value"), LEARNER)
        self.audit("account-wrong", status=403)
        self.fill_sign_in()
        self.browser.see("请 15 分钟后再试")
        self.audit("account-locked", status=429)
        self.sign_in(browser=own, back="/me")
        self.assertEqual(own.path, "/me/2022")

    def leave(self, browser):
        """Signs out, from the header or the phone's menu."""
        browser.open_menu()
        browser.follow("退出")

    def test_a_first_password_must_be_changed_first(self):
        self.sign_in("works", "/people", self.first)
        self.assertEqual(self.browser.path, "/account/password")
        self.audit("account-first")
        self.visit("/people")
        self.assertEqual(self.browser.path, "/account/password")
        self.change(self.first, "short", "short")
        self.browser.see("密码未修改")
        self.audit("account-weak", status=400)
        self.change(self.first, OWN, OWN + "?")
        self.browser.see("密码未修改")
        self.change(self.first, OWN, OWN)
        self.visit("/people")
        self.assertEqual(self.browser.heading, "人员")
        self.leave(self.browser)
        self.visit("/sign-in")
        self.fill_sign_in("works", self.first)
        self.browser.see("账号或密码不对")

    def change(self, old, new, again):
        for label, text in (("原密码", old), ("新密码", new), ("再填一次新密码", again)):
            self.browser.fill(label, text)
        self.browser.follow("修改密码")

    def test_signing_out_ends_the_session(self):
        self.sign_in(back="/me")
        own = self.browser.path
        self.leave(self.browser)
        self.assertEqual(self.browser.path, "/")
        self.visit(own)
        self.assertEqual(self.browser.path, "/sign-in")
        self.browser.js("history.back()")
        self.browser.arrive("/")
        self.assertNotIn("岳明远", self.browser.js("return document.body.innerText"))

    def test_typed_text_is_kept_after_the_session_ends(self):
        self.sign_in("bureau", "/notices/new")
        self.audit("account-notice")
        self.browser.fill("标题", "关于 2026 年度学时登记的通知")
        self.browser.fill("正文", "请各单位在 12 月 20 日以前报送。")
        back = self.browser.new_window()
        self.visit("/")
        self.leave(self.browser)
        back()
        self.browser.follow("发布")
        self.assertEqual(self.browser.heading, "登录")
        self.audit("account-signed-out", status=self.browser.status)
        self.fill_sign_in("bureau")
        self.browser.see("已保留您填写的内容")
        self.browser.see("请各单位在 12 月 20 日以前报送。")
        self.assertEqual(self.browser.texts(".xs-kept dt"), ["标题", "正文"])
        self.audit("account-kept")
        self.browser.follow("继续提交")
        self.browser.see("关于 2026 年度学时登记的通知")
        self.audit("account-notice-published")
        self.visit("/notices")
        self.audit("account-notices")
        self.browser.see("关于 2026 年度学时登记的通知")
        self.visit("/")
        self.browser.see("关于 2026 年度学时登记的通知")

    def test_a_return_path_to_another_site_is_ignored(self):
        self.sign_in(back="//example.org/me")
        self.assertEqual(self.browser.url, self.site + "/")


class AccountOnDesktop(Account, OnDesktop):
    pass


class AccountOnPhone(Account, OnPhone):
    pass
