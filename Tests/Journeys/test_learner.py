"""A professional reads the year, searches for missing hours, and downloads the certificate."""

from decimal import Decimal

from city import LEARNER, template
from story import OnDesktop, OnPhone


def figure(text):
    """The figure at the end of a text, without the words for screen readers."""
    return text.split()[-1]


def hundredths(text):
    return int(Decimal(figure(text)) * 100)


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
        self.assertEqual(self.browser.heading, "合格 · 证书已颁发")
        self.assertEqual(self.browser.texts(".xs-years [aria-current]"), ["2022年度"])
        self.audit("learner-year")
        self.unfold_the_paper()
        self.take_the_certificate()
        self.open_the_clause()

    def unfold_the_paper(self):
        self.assertFalse(self.browser.has(".xs-reasons"))
        place = self.browser.texts(".xs-line summary").index(self.line_of("泰山石材"))
        self.browser.click(f".xs-ledger > li:nth-child({place + 1}) summary")
        steps = "\n".join(self.browser.texts(".xs-reasons li"))
        self.assertIn("二（三）3", steps)
        self.assertIn("按作者数 3 均分", steps)
        self.audit("learner-line")

    def open_the_clause(self):
        name = "return document.querySelector('.xs-line[open] .xs-reasons a.xs-clause').ariaLabel"
        self.assertEqual(self.browser.js(name), "依据：通知二（三）3")
        self.browser.leave(lambda: self.browser.click(".xs-line[open] .xs-reasons a.xs-clause"))
        self.browser.arrive("/policies/taian-2022/notice")
        marked = self.browser.texts(":target")
        self.assertEqual(len(marked), 1)
        self.assertTrue(marked[0].startswith("3.发表学术、技术论文"), marked)
        plain, mark = (self.browser.js(f"return getComputedStyle({place}).backgroundColor")
                       for place in ["document.body", "document.querySelector(':target')"])
        self.assertNotEqual(plain, mark, "the clause is to be seen at once")
        self.audit("policy-source")

    def line_of(self, words):
        return next(line for line in self.browser.texts(".xs-line summary") if words in line)

    def take_the_certificate(self):
        status, kind, data = self.browser.fetch(self.browser.link("下载（PDF）"))
        self.assertEqual((status, kind, data[:4]), (200, "application/pdf", b"%PDF"))

    def test_the_columns_of_the_list_add_up(self):
        self.sign_in(back="/me/2022")
        rows = self.browser.texts(".xs-line b.xs-sum")
        total = self.browser.texts(".xs-totals > li:last-child b.xs-sum")[0]
        self.assertEqual(sum(hundredths(row) for row in rows), hundredths(total))
        self.assertEqual(self.browser.texts(".xs-bars > li:last-child .xs-bar-head b")[0].split()[0], figure(total))

    def test_the_code_of_the_certificate_fills_a_phone(self):
        self.sign_in(back="/me/2022")
        self.browser.follow("出示二维码")
        self.browser.arrive("/me/certificates/[A-Z2-7]{16}/code")
        number = self.browser.path.split("/")[3]
        self.browser.see(f"/v/{number}")
        self.browser.see("有效")
        share = self.browser.js(
            "return document.querySelector('svg.xs-code').getBoundingClientRect().width / innerWidth")
        self.assertGreater(share, 0.85 if self.width < 576 else 0.3)
        self.audit("learner-code")
        self.browser.follow("返回2022年度")
        self.browser.arrive("/me/2022")

    def test_five_years_are_on_one_page(self):
        self.sign_in(back="/me/2022")
        self.browser.follow("五年一览")
        self.browser.arrive("/me/years")
        self.assertEqual(self.browser.texts("tbody th"), ["2022", "2021", "2020", "2019", "2018"])
        self.assertTrue(self.browser.has("svg.xs-code"))
        self.audit("learner-five-years")
        self.browser.follow("2021")
        self.browser.arrive("/me/2021")

    def test_an_officer_reads_five_years_of_a_person(self):
        self.sign_in("bureau", "/people/1/years/2022")
        self.browser.follow("五年一览")
        self.browser.arrive("/people/1/years")
        self.browser.see("岳明远")
        self.audit("officer-five-years")
        self.browser.follow("2022")
        self.browser.arrive("/people/1/years/2022")

    def test_the_credit_status_page_finds_an_item(self):
        self.sign_in(back="/me")
        self.browser.follow("学时去哪了")
        self.browser.arrive("/me/where")
        self.browser.see("泰山石材锯切机理研究")
        self.browser.see("智能制造技术应用")
        self.browser.see("计入2022年度")
        self.assertFalse(self.browser.has("main form"), "few items need no search")
        self.audit("learner-where")
        self.visit("/me/where?words=石材")
        self.browser.see("查到 1 项")
        self.assertNotIn("智能制造技术应用", self.browser.text)
        self.audit("learner-where-found")
        self.ask_for("没有这门课")
        self.browser.see("没有收到“没有这门课”")
        self.audit("learner-where-nothing")

    def ask_for(self, words):
        self.browser.fill("课程、论文、奖项的名称，或其中几个字", words)
        self.browser.follow("查找")

    def test_a_year_without_hours_shows_what_is_missing(self):
        self.sign_in(back="/me/2018")
        self.browser.see("公需科目还差 30 学时")
        self.browser.see("再学一门公需科目的线上课程即可，30 学时")
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
        self.assertIn("重复，已计 24", again)
        self.browser.click("#entry-1-4 summary")
        self.audit("learner-twice")
        self.browser.press("第 2 笔")
        self.assertIn("智能制造技术应用", self.browser.texts("li:target")[0])
        self.audit("learner-twice-target")

    def test_refused_items_are_listed(self):
        self.sign_in(back="/me/2022")
        self.browser.see("学时明细，共 7 项")
        self.browser.see("有 2 项已报送，未计入")
        self.browser.see("《数据安全》未计入：考试不合格。")
        self.browser.see("您要做：到“泰安示例学习平台”完成考试，完成后由平台重新报送。")
        self.assertEqual(len(self.browser.texts(".xs-waiting > li")), 2, "the paper needs no act")
        self.audit("learner-waiting")
        self.browser.js("document.querySelectorAll('.xs-line').forEach(line => line.open = true)")
        self.browser.see("同一成果已登记为“泰山石材锯切机理研究”（2022-06-01），不重复登记 二（三）3，见第 3 笔")
        self.visit("/me/2021")
        self.assertNotIn("未认定", self.browser.text)
        self.visit("/me/where?words=安全")
        self.browser.see("“数据安全”（2022-08-01，系统管理员 ")
        self.browser.see("完成后由平台重新报送")
        self.audit("learner-where-refused")
        self.browser.leave(lambda: self.browser.click("main strong a.xs-clause"))
        self.browser.arrive("/policies/taian-2022/notice")
        self.assertEqual(len(self.browser.texts(":target")), 1)
        self.visit("/me/where?words=石材")
        self.browser.see("不用重新报送。打开2022年度第 3 笔")
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
