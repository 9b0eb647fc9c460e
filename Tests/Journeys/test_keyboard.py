"""Without a mouse: Tab, Enter, Space and typing are enough, and the focus is visible at each stop."""

from browser import ENTER
from city import LEARNER, PASSWORD
from keyboard import Keyboard
from story import OnDesktop, OnPhone

DOWN = "\ue015"


class ByKeyboard:
    def setUp(self):
        super().setUp()
        self.keys = Keyboard(self.browser, self.faults)

    def follow(self, title):
        """Follows the main navigation, opened first if it is a menu."""
        if self.browser.has(".xs-menu summary"):
            self.keys.space("菜单")
        self.keys.enter(title)

    def write_sign_in(self, login):
        self.browser.arrive("/sign-in")
        self.keys.walk()
        self.keys.write("身份证号、手机号或登录名", login)
        self.keys.write("密码", PASSWORD)
        self.keys.enter("登录")

    def test_a_learner_reaches_the_certificate(self):
        self.visit("/")
        self.keys.walk()
        self.keys.enter("登录，看我的学时")
        self.write_sign_in(LEARNER)
        self.browser.arrive("/me/2022")
        self.keys.walk()
        line = next(text for text in self.browser.js(LINES) if "泰山石材" in text)
        self.keys.space(line)
        self.browser.see("按作者数 3 均分")
        self.keys.to("下载（PDF）")

    def test_the_first_link_skips_the_header(self):
        self.visit("/verify")
        self.assertEqual(self.keys.step(), "跳到正文")
        self.browser.key(ENTER)
        self.assertEqual(self.keys.step(), "首页" if self.browser.has(".breadcrumb") else "证书编号")
        self.assertTrue(self.browser.js("return document.querySelector('main').contains(document.activeElement)"))

    def test_a_stranger_verifies_by_number_and_name(self):
        number = self.city.certificate()
        self.visit("/verify")
        self.keys.walk()
        self.keys.write("证书编号", number)
        self.browser.key(ENTER)
        self.browser.arrive("/v/.*")
        self.browser.see("有效")
        self.keys.walk()
        self.keys.write("证书上的姓名", "岳明远")
        self.browser.key(ENTER)
        self.browser.see("您填的姓名与登记的一致。")

    def test_an_officer_reaches_a_person(self):
        self.visit("/people")
        self.write_sign_in("bureau")
        self.browser.arrive("/people")
        self.keys.walk()
        if self.browser.offers("筛选条件"):
            self.keys.space("筛选条件")
        self.keys.to("结果")
        self.browser.key(DOWN)
        self.keys.enter("筛选")
        self.browser.arrive("/people.*state=qualified.*")
        self.follow("人员")
        self.browser.arrive("/people")
        self.keys.write("按姓名、人员编号、身份证号或单位名称查找", "岳明远")
        self.browser.key(ENTER)
        self.browser.arrive("/people/search")
        self.keys.enter("岳明远")
        self.browser.arrive("/people/1/years/2022")


LINES = "return [...document.querySelectorAll('.xs-line summary')].map(n => n.textContent.replace(/\\s+/g, ' ').trim())"


class KeyboardOnDesktop(ByKeyboard, OnDesktop):
    pass


class KeyboardOnPhone(ByKeyboard, OnPhone):
    pass
