"""A stranger verifies a certificate; its code stays in the browser."""

from city import LEARNER, elsewhere
from story import OnDesktop, OnPhone

GREEN = "return getComputedStyle(document.querySelector('h1')).color"
OK = {"rgb(26, 104, 70)"}
COURSE = [
    ["姓名", "身份证号", "认定形式", "编号", "课程名称", "学习平台", "科目", "专题", "课程年度", "课程学时", "考试", "考试合格日期"],
    ["岳明远", LEARNER, "线上课程", "K-900", "新材料应用", "泰安示例学习平台", "专业科目", "", "2022", "10", "合格", "2022-07-02"],
]


def altered(code):
    """The code with one character changed in the middle, where the facts are."""
    place = len(code) // 2
    return code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1:]


class Stranger:
    def setUp(self):
        super().setUp()
        self.number = self.city.certificate()
        self.file, link = self.city.printed(self.number)
        self.place, self.code = link.split("/v/")[1].split("#")

    def follow(self, place=None, code=None):
        """Opens the address of the QR code, on this site."""
        # An address that differs only after # would not be loaded again.
        self.browser.visit("about:blank")
        self.visit(f"/v/{place or self.place}#{self.code if code is None else code}")

    def verdict(self, title, name=None, status=200):
        self.browser.see(title)
        self.assertEqual(self.browser.heading, title)
        self.assertEqual(self.browser.js(GREEN) in OK, title == "有效", "green says valid, and nothing else does")
        if name:
            self.audit("stranger-" + name, status)

    def test_the_printed_code_is_valid_and_not_sent_to_the_server(self):
        self.browser.requests()
        self.follow()
        self.browser.see("二维码里签名的，与登记的完全一致。")
        self.assertNotIn("登记的内容", self.browser.text, "one list says it all")
        self.verdict("有效", "valid")
        self.assertIn("999999********0018", self.browser.text.replace(" ", ""))
        self.assertNotIn(self.code, self.browser.url, "it does not linger in the address")
        sent = self.browser.requests()
        self.assertTrue(any(f"/v/{self.place}" in request for request in sent), "requests were not seen")
        self.assertFalse(any(self.code[:40] in request for request in sent), "the code left the browser")
        self.assertIn('"route":"/v/{0}"', self.city.log(), "the log was not seen")
        self.assertNotIn(self.code[:40], self.city.log())

    def test_the_component_samples_are_accessible(self):
        self.visit("/style")
        self.audit("style")
        self.visit("/style/confirmation")
        self.audit("style-confirmation")

    def test_altered_and_unknown_codes_are_reported(self):
        self.follow(code=altered(self.code))
        self.verdict("内容被改动", "altered")
        self.follow(place=self.city.certificate(self.city.qualified()[1]).replace("-", ""))
        self.browser.see("二维码里签名的内容")
        self.browser.see("登记的内容")
        self.verdict("内容被改动", "of-another")
        self.follow(code=self.code[:100])
        self.verdict("现在不能核验", "cut-off")
        self.visit("/v/AAAAAAAAAAAAAAAA")
        self.verdict("没有这张证书", "unknown", status=404)
        _, link = elsewhere().printed(elsewhere().certificate())
        self.follow(*link.split("/v/")[1].split("#"))
        self.verdict("不是本网站能核验的证书", "unknown-key", status=404)

    def test_superseded_and_revoked_certificates_are_reported(self):
        self.city.take("more.csv", COURSE)
        self.follow()
        self.verdict("有效")
        self.city.run("certificate", "issue", "--year", "2022")
        self.follow()
        self.verdict("已被新证书取代", "superseded")
        self.city.take("less.csv", [COURSE[0], COURSE[1][:9] + ["5"] + COURSE[1][10:]])
        self.follow()
        self.verdict("登记的结果已变更", "changed")
        self.city.run("certificate", "revoke", self.number, "--reason", "信息有误")
        self.follow()
        self.verdict("已作废", "revoked")
        self.browser.see("信息有误")

    def test_an_invalid_number_is_refused(self):
        self.visit("/verify")
        self.assertEqual(self.browser.texts("main input"), [""], "one field at first sight")
        self.assertNotIn("已作废", self.browser.text)
        self.audit("stranger-verify")
        self.browser.press("核验会给出哪些答复")
        self.assertEqual(len(self.browser.texts("tbody th")), 7)
        self.audit("stranger-answers")
        self.browser.fill("证书编号", "MCMT-2GJ4")
        self.browser.follow("核验")
        self.browser.see("这不是证书编号")
        self.audit("stranger-no-number", status=404)

    def test_by_number_facts_are_masked_and_a_name_can_be_checked(self):
        self.visit("/")
        self.browser.fill("证书编号", self.number)
        self.browser.follow("核验")
        self.browser.arrive("/v/.*")
        self.verdict("有效", "number")
        self.assertNotIn("岳明远", self.browser.text)
        self.guess("岳明远", "您填的姓名与登记的一致。", "right-name")
        for name in ("岳明", "岳明元", "王明远", "明远", "远明岳"):
            self.guess(name, "您填的姓名与登记的不一致。")
        self.guess("岳明远", "今天已经填错过 5 次姓名", "no-more-names")

    def guess(self, name, answer, picture=None):
        self.browser.fill("证书上的姓名", name)
        self.browser.follow("核对")
        self.browser.see(answer)
        if picture:
            self.audit("stranger-" + picture)

    def test_a_file_is_verified(self):
        self.visit("/verify")
        self.browser.press("有下载的证书文件，上传核验")
        self.browser.attach("下载的证书（PDF）", self.file)
        self.browser.follow("上传核验")
        self.browser.arrive("/verify/file")
        self.verdict("有效", "file")
        other = self.city.folder / "other.pdf"
        other.write_bytes(self.file.read_bytes()[:2000])
        self.visit("/verify")
        self.browser.press("有下载的证书文件，上传核验")
        self.browser.attach("下载的证书（PDF）", other)
        self.browser.follow("上传核验")
        self.browser.arrive("/verify/file")
        self.browser.see("证书核验")
        self.assertFalse(self.browser.has(".xs-verdict.is-ok"))
        self.audit("stranger-broken-file", status=400)


class OfflinePage:
    """The offline page on a device without a network."""

    def setUp(self):
        super().setUp()
        self.number = self.city.certificate()
        _, link = self.city.printed(self.number)
        self.code = link.split("#")[1]

    def open_file(self):
        page = self.city.folder / "verify.html"
        self.city.run("verify-page", str(page))
        self.city.close()
        self.browser.visit(page.as_uri())
        self.browser.go_offline()
        self.browser.see("二维码的内容")

    def ask(self, text, title, name=None):
        self.browser.fill("二维码的内容，或证书编号", text)
        self.browser.press("核验")
        self.browser.see(title)
        self.assertEqual(self.browser.texts("[data-slot=verdict] h2"), [title])
        if name:
            self.audit("apart-" + name)

    def test_the_offline_page_gives_the_same_results_with_their_age(self):
        self.open_file()
        self.browser.see("证书的状态截至")
        self.browser.see("不到 1 小时前")
        self.audit("apart")
        self.ask(self.code, "有效", "valid")
        self.assertIn("岳明远", self.browser.text)
        self.ask(altered(self.code), "内容被改动", "altered")
        self.ask(self.number, "现在不能核验")
        self.ask("什么", "现在不能核验")

    def test_an_old_offline_page_reports_nothing_as_valid(self):
        self.open_file()
        self.browser.js("Date.now = () => new Date().getTime() + 31 * 86_400_000")
        self.ask(self.code, "现在不能核验")
        self.browser.see("31 天前")
        self.ask(altered(self.code), "内容被改动")

    def test_the_offline_page_knows_earlier_revocations(self):
        self.city.take("more.csv", COURSE)
        self.city.run("certificate", "issue", "--year", "2022")
        other = self.city.certificate(self.city.qualified()[1])
        self.city.run("certificate", "revoke", other, "--reason", "信息有误")
        _, link = self.city.printed(other)
        self.open_file()
        self.ask(link.split("#")[1], "已作废", "revoked")
        self.ask(other, "已作废")
        self.ask(self.code, "登记的结果已变更", "superseded")


class StrangerOnDesktop(Stranger, OnDesktop):
    pass


class StrangerOnPhone(Stranger, OnPhone):
    pass


class OfflinePageOnDesktop(OfflinePage, OnDesktop):
    pass


class OfflinePageOnPhone(OfflinePage, OnPhone):
    pass
