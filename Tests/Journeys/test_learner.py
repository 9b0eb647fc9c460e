"""A professional sees the year, asks where hours went, and takes the certificate."""

from story import AtDesk, OnPhone


class Learner:
    def test_home_leads_to_the_own_year(self):
        self.visit("/")
        self.audit("learner-home")
        self.browser.follow("登录，看我的学时")
        self.browser.arrive("/sign-in")
        self.audit("learner-sign-in")
        self.fill_sign_in()
        self.browser.arrive("/me/2022")

    def test_a_closed_door_leads_through_sign_in_and_back(self):
        self.visit("/me")
        self.assertEqual(self.browser.path, "/sign-in")
        self.fill_sign_in()
        self.browser.arrive("/me/2022")

    def test_year_with_clauses_and_certificate(self):
        self.sign_in(back="/me")
        self.assertEqual(self.browser.heading, "2022 年度")
        size = self.browser.js("return parseFloat(getComputedStyle(document.querySelector('h1 b')).fontSize)")
        self.assertGreater(size, 40, "the year is to be seen at once")
        self.audit("learner-year")
        self.unfold_the_paper()
        self.take_the_certificate()

    def unfold_the_paper(self):
        self.assertFalse(self.browser.has(".xs-steps"))
        place = self.browser.texts(".xs-line summary").index(self.line_of("泰山石材"))
        self.browser.click(f".xs-ledger > li:nth-child({place + 1}) summary")
        steps = "\n".join(self.browser.texts(".xs-steps li"))
        self.assertIn("二(三)3", steps)
        self.assertIn("按作者数 3 均分", steps)
        self.audit("learner-line")

    def line_of(self, words):
        return next(line for line in self.browser.texts(".xs-line summary") if words in line)

    def take_the_certificate(self):
        status, kind, data = self.browser.fetch(self.browser.link("下载（PDF）"))
        self.assertEqual((status, kind, data[:4]), (200, "application/pdf", b"%PDF"))

    def test_where_hours_went(self):
        self.sign_in(back="/me")
        self.browser.follow("学时去哪了")
        self.browser.arrive("/me/where")
        self.audit("learner-where")
        self.ask_for("石材")
        self.browser.see("泰山石材锯切机理研究")
        self.browser.see("计入 2022 年度")
        self.audit("learner-where-found")
        self.ask_for("没有这门课")
        self.browser.see("系统里没有收到“没有这门课”")
        self.audit("learner-where-nothing")

    def ask_for(self, words):
        self.browser.fill("课程、论文、奖项的名称，或其中几个字", words)
        self.browser.follow("查一查")

    def test_a_year_without_hours(self):
        self.sign_in(back="/me/2018")
        self.browser.see("公需科目还差 30 学时")
        self.browser.see("线上课程满 30 学时")
        self.audit("learner-empty-year")

    def test_an_officers_page_is_closed(self):
        self.sign_in(back="/people")
        self.browser.see("专业技术人员")
        self.audit("learner-forbidden", status=403)


class LearnerAtDesk(Learner, AtDesk):
    pass


class LearnerOnPhone(Learner, OnPhone):
    pass
