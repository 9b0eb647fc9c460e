"""The bureau manages people, imports lists and settles a year; an officer elsewhere sees only her own region."""

import io
import json
import zipfile

import sheets
from browser import wait
from city import LEARNER, NEIGHBOUR, ROOT, id_number, template
from story import OnDesktop, OnPhone

SEARCH = "按姓名、人员编号、身份证号或单位名称查找"
UNIT = "泰安示例机械有限公司"
COLUMNS = ["姓名", "身份证号", "单位名称", "单位性质", "行政区划", "任职起始日期"]
NEWCOMERS = [
    COLUMNS,
    ["牟汶东", id_number("19900412", 101), UNIT, "企业", "370902", "2020-03-01"],
    ["柴汶西", "999999199104130000", UNIT, "企业", "370902", "2020-03-01"],
    ["瀛汶南", id_number("19920414", 103), "泰安示例新设计院", "企业", "没有这个区", "2020-03-01"],
]


class Officer:
    def beginning(self):
        return template()

    def done(self, state, name=None):
        """Waits on a job's page until it is done."""
        self.browser.arrive(r"/jobs/\d+")
        self.job_ends()
        self.browser.see(state)
        self.assertEqual(self.browser.texts(".xs-state"), [state])
        if name:
            self.audit("officer-" + name)

    def search(self, words):
        self.browser.fill(SEARCH, words)
        self.browser.follow("查找")
        self.browser.arrive("/people/search")

    def test_people_are_found_by_filter_name_and_number(self):
        self.sign_in("bureau", "/people")
        self.audit("officer-people")
        self.browser.open_filters()
        self.browser.choose("结果", "未达标")
        self.browser.follow("筛选")
        self.browser.arrive("/people.*state=short.*")
        states = set(self.browser.texts("td .xs-state"))
        self.assertTrue(states and states <= {"未达标", "不作硬性要求"}, states)
        self.audit("officer-filtered")
        self.browser.requests()
        self.search("岳明远")
        self.audit("officer-found")
        self.search(LEARNER)
        self.assertEqual(self.browser.texts("tbody th"), ["岳明远"])
        self.ask_in_no_address(LEARNER, "%E5%B2%B3%E6%98%8E%E8%BF%9C")
        self.search("没有这个人")
        self.browser.see("没有找到“没有这个人”")
        self.audit("officer-found-nobody")
        self.search("岳明远")
        self.browser.follow("岳明远")
        self.browser.arrive("/people/1/years/2022")
        self.browser.see("人员编号 1")
        self.audit("officer-year")

    def ask_in_no_address(self, *secrets):
        """Search terms are posted: they are in no address and no line of the log."""
        sent = [json.loads(request)[0] for request in self.browser.requests()]
        addresses = [request["url"] for request in sent if "url" in request]
        self.assertTrue(any(address.endswith("/people/search") for address in addresses), "requests were not seen")
        for secret in secrets:
            self.assertFalse(any(secret in text for text in [*addresses, self.city.log()]))

    def test_a_person_is_given_a_login(self):
        self.sign_in("bureau", "/people/2/years/2022")
        self.browser.follow("登录账号")
        self.browser.arrive("/people/2/login")
        self.browser.see("还没有账号")
        self.audit("officer-no-login")
        self.browser.follow("开通账号")
        self.browser.see("请填写办理原因")
        self.audit("officer-no-reason", status=400)
        self.browser.fill("办理原因", "本人持身份证到窗口办理")
        self.browser.follow("开通账号")
        self.browser.see("只显示这一次")
        self.audit("officer-login")
        word = self.browser.texts("#once")[0]
        self.assertIn("first password given", self.city.log())
        self.assertNotIn(word, self.city.log())
        self.browser.follow("返回")
        self.browser.follow("登录账号")
        self.browser.see("本人还没有设置自己的密码")
        own = self.open_browser()
        self.sign_in(NEIGHBOUR, "/me", word, own)
        self.assertEqual(own.path, "/account/password", "a first password opens its change alone")

    def test_an_account_with_another_role_gets_no_password_here(self):
        self.city.run("account", "grant", "--person", "1", "--role", "employer", "--unit", str(self.city.unit(UNIT)))
        self.sign_in("bureau", "/people/1/login")
        self.browser.see("只能由系统管理员重设")
        self.audit("officer-other-roles")

    def test_the_people_of_a_unit_are_sorted(self):
        self.sign_in("bureau", f"/people?unit={self.city.unit(UNIT)}")
        self.browser.open_filters()
        self.browser.choose("排列", "姓名拼音")
        self.browser.follow("筛选")
        self.browser.arrive("/people.*sort=name.*")
        names = self.browser.texts("tbody th")
        self.assertGreater(len(names), 1)
        self.assertLess(names.index("王二平"), names.index("岳明远"), "W stands before Y")
        self.audit("officer-sorted")

    def test_a_long_list_is_paged_by_name(self):
        self.sign_in("bureau", "/people")
        self.browser.open_filters()
        self.browser.choose("排列", "姓氏")
        self.browser.follow("筛选")
        self.browser.arrive("/people.*sort=name.*")
        names = self.browser.texts("tbody th")
        self.assertGreater(len(set(names)), 1)
        self.assertEqual(names, sorted(names))
        self.audit("officer-by-name")

    def test_the_list_is_exported_as_a_workbook(self):
        self.sign_in("bureau", "/people?state=qualified")
        shown = self.browser.texts("tbody th")
        self.browser.follow("导出这份名单")
        wait(lambda: self.browser.lacks("progress"), "the page that looks again by itself")
        self.done("已完成", "exported")
        head, *people = sheets.rows(self.browser.download("下载 人员-2022.xlsx"))
        self.assertEqual(head[:8], ["人员编号", "姓名", "单位", "地区", "单位性质", "职称级别", "结果", "政策"])
        self.assertFalse([row[3] for row in people if row[3].isdigit()], "a region has its name")
        self.assertEqual(sorted(row[1] for row in people), sorted(shown))
        self.browser.go_to("任务")
        self.browser.arrive("/jobs")
        self.browser.see("导出人员")
        self.audit("officer-jobs")

    def test_a_list_with_faults_is_corrected_and_imported(self):
        self.sign_in("bureau", "/import")
        self.audit("officer-import")
        self.dry_run(sheets.write(self.city.folder / "新进人员.csv", NEWCOMERS))
        self.done("已完成，2 行有误", "rehearsed")
        self.browser.see("3 行：1 行可导入，2 行有误")
        self.assertEqual(self.people("牟汶东"), 0, "a dry run writes nothing")
        self.browser.follow("导入 1 行")
        self.browser.see("导入人员：新进人员.csv")
        self.done("已完成，2 行有误", "imported")
        self.assertEqual([self.people(row[0]) for row in NEWCOMERS[1:]], [1, 0, 0])
        failed = sheets.rows(self.browser.download("下载有误的 2 行"))
        self.browser.follow("上传改好的表")
        self.browser.arrive("/import")
        self.dry_run(sheets.write(self.city.folder / "改好的.csv", self.mended(failed)))
        self.done("已完成")
        self.browser.follow("导入 2 行")
        self.done("已完成")
        self.assertEqual([self.people(row[0]) for row in NEWCOMERS[1:]], [1, 1, 1])

    def test_reducing_hours_needs_consent(self):
        self.sign_in("bureau", "/import")
        self.hours("30")
        self.done("已完成")
        self.browser.follow("导入 2 行")
        self.done("已完成")
        self.visit("/import")
        self.hours("20")
        self.done("已完成，有待处理", "taking-rehearsed")
        self.browser.see("会减少已登记学时")
        self.browser.see("名单里减少已登记学时的行太多")
        self.browser.click("input[name=agreed]")
        self.browser.follow("正式导入")
        self.done("已完成", "taking-agreed")
        self.browser.see("更正，原计 30 学时，现计 20 学时")

    def hours(self, hours):
        """A list of two courses of this many hours."""
        head = ["身份证号", "认定形式", "编号", "课程名称", "学习平台", "科目", "课程年度", "课程学时", "考试", "考试合格日期"]
        courses = [
            [LEARNER, "线上课程", f"甲-{turn}", f"示例课程 {turn}", "泰安示例学习平台", "专业科目", "2022", hours, "合格", "2022-06-01"]
            for turn in (1, 2)]
        self.dry_run(sheets.write(self.city.folder / f"学时 {hours}.csv", [head, *courses]))

    def dry_run(self, path):
        self.browser.attach("名单文件", path)
        self.browser.follow("上传并试导入")

    def mended(self, rows):
        """The returned rows with the errors corrected and the reasons unchanged."""
        right = {"999999199104130000": id_number("19910413", 102), "没有这个区": "370902"}
        self.assertEqual([row[rows[0].index("姓名")] for row in rows[1:]], ["柴汶西", "瀛汶南"])
        return [[right.get(cell, cell) for cell in row] for row in rows]

    def people(self, name):
        return self.city.ask("SELECT count(*) FROM person WHERE name = ?", name)[0][0]

    def test_a_file_that_is_no_list_is_refused(self):
        self.sign_in("bureau", "/import")
        note = self.city.folder / "便条.txt"
        note.write_text("不是名单", encoding="utf-8")
        self.dry_run(note)
        self.browser.see("这不是 Excel 文件，实际是 .txt 文件")
        self.audit("officer-no-list", status=400)

    def test_a_year_is_settled_and_certificates_are_issued(self):
        self.sign_in("bureau", "/years")
        self.audit("officer-years")
        self.browser.follow("预览2022年度结算")
        self.done("已完成", "preview")
        self.browser.see("这是预览，还没有结算。")
        self.browser.follow("确认结算2022年度")
        self.done("已完成", "settled")
        self.browser.follow("颁发2022年度证书")
        self.done("已完成", "issued")
        self.browser.follow("看合格的人员")
        self.browser.arrive("/people.*state=qualified.*")
        self.assertEqual(set(self.browser.texts("td .xs-state")), {"合格"})
        self.visit("/people?state=short")
        self.assertIn("不合格", self.browser.texts("td .xs-state"), "the time is over")
        self.visit("/years")
        self.browser.see("已结算")
        self.audit("officer-years-settled")
        self.bundle(self.city.unit(UNIT))

    def bundle(self, unit):
        self.visit(f"/people?unit={unit}&year=2022")
        self.audit("officer-unit")
        self.browser.follow("打包下载本单位证书")
        self.done("已完成", "bundled")
        words = next(text for text in self.browser.texts("main a") if text.startswith("下载"))
        with zipfile.ZipFile(io.BytesIO(self.browser.download(words))) as bundle:
            names = bundle.namelist()
            self.assertTrue(any("岳明远" in name or name.endswith("-1.pdf") for name in names), names)
            self.assertTrue(all(bundle.read(name).startswith(b"%PDF") for name in names))

    def test_the_figures_of_the_city_add_up(self):
        self.sign_in("bureau", "/figures")
        self.browser.see("按地区")
        self.audit("officer-figures")
        total = int(self.browser.texts("tfoot td")[1])
        parts = [int(text) for text in self.browser.texts("table tbody td:nth-child(3)")]
        self.assertEqual(sum(parts[:len(self.browser.texts("[aria-label=按地区] tbody tr"))]), total)


class OtherRegion:
    """An officer of 肥城."""

    def test_an_officer_sees_only_the_own_region(self):
        self.sign_in("feicheng", "/people")
        self.audit("elsewhere-people")
        self.search("梁父石")
        self.assertIn("梁父石", self.browser.texts("tbody th"))
        self.search("岳明远")
        self.browser.see("没有找到“岳明远”")
        self.search(LEARNER)
        self.browser.see("没有找到")
        self.visit("/people/1/years/2022")
        self.browser.see("您管理的单位里没有这个人")
        self.audit("elsewhere-not-found", status=404)
        self.visit("/years")
        self.audit("elsewhere-years", status=403)

    search = Officer.search


class Policies:
    """Everybody can read published policies and the changes of a new version."""

    def beginning(self):
        return template()

    def prepare(self):
        text = (ROOT / "Policies/taian/2022.yaml").read_text(encoding="utf-8")
        path = self.city.folder / "2022.yaml"
        path.write_text(text.replace("继续教育\n", "继续教育（修订）\n", 1), encoding="utf-8")
        notice = (ROOT / "Policies/taian/2022.notice.txt").read_text(encoding="utf-8")
        (self.city.folder / "2022.notice.txt").write_text(notice.replace("不少于90学时", "不少于九十学时"), encoding="utf-8")
        self.city.run("policy", "publish", str(path))

    def test_a_policy_shows_its_changes(self):
        self.visit("/policies")
        self.audit("policies")
        self.browser.follow("泰安市 2022 年度专业技术人员继续教育（修订）")
        self.browser.arrive("/policies/taian-2022")
        self.browser.press("申报时填写：")
        self.browser.see("课程名称：文字")
        self.assertFalse(self.browser.has(".xs-fold .xs-fold"), "the examples are folded")
        self.audit("policy")
        self.beside()
        self.browser.follow("修改内容")
        self.browser.arrive("/policies/taian-2022/changes/.*")
        self.assertIn("（修订）", " ".join(self.browser.texts("ins")))
        self.assertTrue(self.browser.texts("del"))
        self.assertIn("不少于九十学时", " ".join(self.browser.texts("ins")), "the text of the notice belongs to the version")
        self.audit("policy-changes")
        self.visit("/policies/taian-2022/notice?version=1")
        self.browser.see("这是政策第 1 版所附的原文")
        self.browser.see("不少于90学时")

    def beside(self):
        """The rules stand beside their passage on a desk, and below it on a phone."""
        left, right = self.browser.js(
            "const row = [...document.querySelectorAll('.xs-beside')].find(row => row.innerText.includes('每年累计应'))\n"
            "return [...row.children].map(part => ({ x: part.getBoundingClientRect().x, y: part.getBoundingClientRect().y,"
            " text: part.innerText }))")
        self.assertIn("公需科目：至少 30 学时", right["text"])
        if self.width > 992:
            self.assertGreater(right["x"], left["x"])
        else:
            self.assertGreater(right["y"], left["y"])


class OfficerOnDesktop(Officer, OnDesktop):
    def test_a_job_continues_after_a_restart(self):
        self.sign_in("bureau", "/import")
        people = [["汶上民", id_number("19850101", turn), UNIT, "企业", "370902", "2020-03-01"] for turn in range(900)]
        self.dry_run(sheets.write(self.city.folder / "大名单.csv", [COLUMNS, *people]))
        self.done("已完成")
        self.browser.follow("导入 900 行")
        self.browser.arrive(r"/jobs/\d+")
        wait(self.came, "the first rows")
        self.city.kill()
        self.assertLess(self.came(), 900, "it was to be killed at its work")
        self.site = self.city.serve()
        self.visit(self.browser.path)
        self.job_ends(90)
        self.browser.see("已完成")
        self.assertEqual(self.came(), 900)

    def came(self):
        """The number of imported people of the long list."""
        return self.city.ask("SELECT count(*) FROM person WHERE name = '汶上民'")[0][0]


class OfficerOnPhone(Officer, OnPhone):
    pass


class OtherRegionOnDesktop(OtherRegion, OnDesktop):
    pass


class OtherRegionOnPhone(OtherRegion, OnPhone):
    pass


class PoliciesOnDesktop(Policies, OnDesktop):
    pass


class PoliciesOnPhone(Policies, OnPhone):
    pass
