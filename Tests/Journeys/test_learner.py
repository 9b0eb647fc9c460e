"""A professional reads the year, searches for missing hours, and downloads the certificate."""

from city import LEARNER, template
from story import OnDesktop, OnPhone


class Learner:
    def test_the_home_page_links_to_the_own_year(self):
        self.visit("/")
        self.audit("learner-home")
        self.browser.follow("登录，看我的学时")
        self.browser.arrive("/sign-in")
        self.audit("learner-sign-in")
        self.fill_sign_in()
        self.browser.arrive("/me/2022")

    def test_a_protected_page_returns_after_signing_in(self):
        self.visit("/me")
        self.assertEqual(self.browser.path, "/sign-in")
        self.fill_sign_in()
        self.browser.arrive("/me/2022")

    def test_the_year_shows_clauses_and_the_certificate(self):
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

    def test_the_credit_status_page_finds_an_item(self):
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

    def test_a_year_without_hours_shows_what_is_missing(self):
        self.sign_in(back="/me/2018")
        self.browser.see("公需科目还差 30 学时")
        self.browser.see("线上课程满 30 学时")
        self.audit("learner-empty-year")

    def test_a_page_for_officers_is_forbidden(self):
        self.sign_in(back="/people")
        self.browser.see("专业技术人员")
        self.audit("learner-forbidden", status=403)


class SubmittedTwice:
    """A course and a paper are submitted again, and two exams were failed."""

    def beginning(self):
        return template()

    def prepare(self):
        head = "姓名 身份证号 认定形式 编号 课程名称 学习平台 科目 课程年度 课程学时 考试 考试合格日期 题目 刊物级别 刊号 作者数 发表日期"
        courses = [("K-902", "智能制造技术应用", "合格", "2022-07-02"), ("K-903", "数据安全", "不合格", "2022-08-01"),
                   ("K-904", "网络安全", "不合格", "2022-09-01")]
        rows = [[number, name, "泰安示例学习平台", "专业科目", "2022", "24", exam, day, "", "", "", "", ""]
                for number, name, exam, day in courses]
        paper = ["L-902", *[""] * 7, "泰山石材锯切机理研究", "国内国家级", "CN 37-0001/T", "3", "2022-06-01"]
        items = [["岳明远", LEARNER, "线上课程", *row] for row in rows] + [["岳明远", LEARNER, "论文", *paper]]
        self.city.take("again.csv", [head.split(), *items], code=1)

    def test_an_uncounted_entry_links_to_the_counted_one(self):
        self.sign_in(back="/me/2022")
        lines = self.browser.texts(".xs-line summary")
        again = next(line for line in lines if "第 4 笔" in line)
        self.assertIn("智能制造技术应用", again)
        self.assertIn("登记 24，不计入", again)
        self.browser.click("#entry-1-4 summary")
        self.audit("learner-twice")
        self.browser.press("第 2 笔")
        self.assertIn("智能制造技术应用", self.browser.texts("li:target")[0])
        self.audit("learner-twice-target")

    def test_refused_items_are_listed(self):
        self.sign_in(back="/me/2022")
        self.browser.see("没有认定的，共 3 项")
        self.browser.see("数据安全")
        self.browser.see("网络安全")
        self.browser.see("同一成果已登记为“泰山石材锯切机理研究”（2022-06-01），不重复登记（二(三)3），见第 3 笔")
        self.visit("/me/2021")
        self.assertNotIn("没有认定的", self.browser.text)
        self.visit("/me/where?words=安全")
        self.browser.see("“数据安全”（2022-08-01，系统管理员 ")
        self.browser.see("请报送单位重新报送")
        self.audit("learner-where-refused")
        self.visit("/me/where?words=石材")
        self.browser.see("不用重新报送。打开 2022 年度第 3 笔")
        self.assertNotIn("报送单位", self.browser.text)
        self.audit("learner-where-entered")


class LearnerOnDesktop(Learner, OnDesktop):
    pass


class LearnerOnPhone(Learner, OnPhone):
    pass


class SubmittedTwiceOnDesktop(SubmittedTwice, OnDesktop):
    pass


class SubmittedTwiceOnPhone(SubmittedTwice, OnPhone):
    pass
