"""The administrator reads the state of the system, and looks after accounts and tokens."""

import re

from city import LEARNER, template
from story import OnDesktop, OnPhone


class Administration:
    def beginning(self):
        return template()

    def prepare(self):
        self.city.run("account", "add", "--role", "administrator", "--login", "admin", "--name", "系统管理员", "--demo")

    def test_the_state_of_the_system(self):
        self.sign_in("admin", "/administration/state")
        self.browser.see("系统状态")
        self.browser.see("SQLite")
        self.audit("admin-state")

    def test_an_account_is_locked_and_opened_again(self):
        self.sign_in("admin", "/administration/accounts")
        self.audit("admin-accounts")
        self.browser.fill("按登录名查找", "nobody")
        self.browser.follow("查找")
        self.browser.see("没有这个登录名的账号")
        self.audit("admin-no-account", status=400)
        self.browser.fill("按登录名查找", LEARNER)
        self.browser.follow("查找")
        self.browser.see("岳明远")
        self.assertNotIn(LEARNER, self.browser.url)
        self.audit("admin-account")
        learner = self.open_browser()
        self.sign_in(back="/me", browser=learner)
        self.browser.follow("停用账号")
        self.audit("admin-lock")
        self.browser.follow("确认停用")
        self.browser.see("已停用")
        self.audit("admin-locked")
        learner.visit(self.site + "/me")
        self.assertEqual(learner.path, "/sign-in")
        self.browser.fill("办理原因", "本人书面申请")
        self.browser.follow("启用，给初始密码")
        self.browser.see("只显示这一次")
        self.audit("admin-first-password")
        word = self.browser.texts("#once")[0]
        self.sign_in(back="/me", password=word, browser=learner)
        self.assertEqual(learner.path, "/account/password")

    def test_roles_are_granted_and_revoked(self):
        self.sign_in("admin", "/administration/accounts")
        self.browser.follow("系统管理员")
        self.browser.follow("取消身份：系统管理员")
        self.audit("admin-revoke")
        self.browser.follow("确认取消")
        self.browser.see("这是最后一个系统管理员")
        self.audit("admin-last", status=422)
        self.visit("/administration/accounts")
        self.browser.follow("feicheng")
        self.browser.choose("身份", "用人单位")
        self.browser.fill("单位或主管部门", "没有的单位")
        self.browser.follow("授予")
        self.browser.see("没有这个名称的单位")
        self.browser.fill("单位或主管部门", "泰安示例机械有限公司")

    def test_tokens_are_shown_once(self):
        self.sign_in("admin", "/administration/tokens")
        self.audit("admin-no-tokens")
        self.browser.fill("账号的登录名", "feicheng")
        self.browser.fill("用途", "学习平台报送学时")
        self.browser.follow("发放")
        self.browser.see("只显示这一次")
        self.audit("admin-token")
        self.assertTrue(re.fullmatch("xt_[0-9a-f]{64}", self.browser.texts("#once")[0]))
        self.visit("/administration/tokens")
        self.assertTrue(self.browser.lacks("#once"))
        self.browser.follow("停用令牌学习平台报送学时")
        self.audit("admin-end-token")
        self.browser.follow("确认停用")
        self.browser.see("没有有效的令牌")


class AdministrationOnDesktop(Administration, OnDesktop):
    pass


class AdministrationOnPhone(Administration, OnPhone):
    pass
