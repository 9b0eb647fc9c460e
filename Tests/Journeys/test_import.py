"""An officer imports a list as a conversation, and closes a year step by step; the clicks of a newcomer are counted."""

import io
import zipfile

import sheets
from city import LEARNER, id_number, template
from story import OnDesktop, OnPhone

UNIT = "泰安示例机械有限公司"
COLUMNS = ["姓名", "身份证号", "单位名称", "单位性质", "行政区划", "任职起始日期"]
NEWCOMERS = [
    COLUMNS,
    ["牟汶东", id_number("19900412", 101), UNIT, "企业", "370902", "2020-03-01"],
    ["柴汶西", "999999199104130000", UNIT, "企业", "370902", "2020-03-01"],
    ["瀛汶南", id_number("19920414", 103), "泰安示例新设计院", "企业", "没有这个区", "2020-03-01"],
]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(*names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        for name in names:
            book.writestr(name, "x")
    return data.getvalue()


# What an officer may take for a list: the name, the content, and what the page says.
OTHER_FILES = [
    ("改名的.xlsx", b"%PDF-1.4 ...", "这不是 Excel 文件，实际是 PDF 文件。请用电子表格软件打开原来的名单，另存为 .xlsx 再上传"),
    ("表格.docx", zipped("[Content_Types].xml", "word/document.xml"), "这不是 Excel 文件，实际是 Word 文档"),
    ("照片.xlsx", PNG, "这不是 Excel 文件，实际是图片"),
    ("便条.txt", "不是名单".encode(), "这不是 Excel 文件，实际是 .txt 文件"),
    ("名单.zip", zipped("名单.csv"), "这不是 Excel 文件，实际是压缩包。请先解压"),
    ("旧的.xls", OLE + "Workbook".encode("utf-16-le"), "这是旧版 .xls 文件，无法读取"),
    ("加密.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "这个工作簿加了密码，无法读取。请在电子表格软件中打开，取消密码"),
    ("空的.xlsx", b"", "选择的文件是空的"),
]


class Newcomer:
    """An officer whose clicks are counted from login on."""

    def beginning(self):
        return template()

    def setUp(self):
        super().setUp()
        self.clicks = 0

    def click(self, words):
        """Follows a link or button, as one click of a newcomer."""
        self.clicks += 1
        self.browser.follow(words)

    def go(self, title):
        """Follows the main navigation, as one click; on a phone its menu is opened first."""
        self.clicks += 1
        self.browser.leave(lambda: self.browser.go_to(title))

    def done(self, state, name=None):
        self.browser.arrive(r"/jobs/\d+")
        self.job_ends()
        self.assertEqual(self.browser.texts(".xs-state"), [state], self.browser.text)
        if name:
            self.audit(name)

    def marked(self):
        """The marked items of the navigation, which a phone shows in its menu."""
        return self.browser.js(
            "return [...document.querySelectorAll('header nav [aria-current=page]')]"
            ".map(node => node.textContent.trim())")


class Import(Newcomer):
    def send(self, name, rows):
        """Chooses a list, as one click, and does its dry run."""
        self.clicks += 1
        self.browser.attach("名单文件", sheets.write(self.city.folder / name, rows))
        self.click("上传并试导入")

    def people(self, name):
        return self.city.ask("SELECT count(*) FROM person WHERE name = ?", name)[0][0]

    def test_a_newcomer_imports_a_list_with_two_bad_rows(self):
        self.sign_in("bureau")
        self.go("导入")
        self.audit("import-start")
        self.send("新进人员.csv", NEWCOMERS)
        self.done("已完成，2 行有误", "import-tried")
        self.assertEqual(set(self.marked()), {"导入"})
        self.browser.see("3 行：1 行可导入，2 行有误")
        self.browser.see("按表头认出这是人员名单。")
        rows = self.browser.js(
            "return [...document.querySelectorAll('.xs-faults tbody tr')]"
            ".map(row => [...row.children].map(cell => cell.textContent.trim()))")
        self.assertEqual([row[:3] for row in rows], [
            ["3", "身份证号", "999999********0000"], ["4", "行政区划", "没有这个区"]])
        self.assertNotIn("999999199104130000", self.browser.text)
        self.assertEqual(self.people("牟汶东"), 0, "a dry run writes nothing")
        tried = self.browser.path
        self.click("导入 1 行")
        self.assertLessEqual(self.clicks, 4, "from login")
        self.done("已完成，2 行有误", "import-imported")
        self.assertEqual(set(self.marked()), {"导入"})
        self.browser.see("导入人员：新进人员.csv")
        self.browser.see("3 行：1 行已导入，2 行有误")
        self.assertEqual([self.people(row[0]) for row in NEWCOMERS[1:]], [1, 0, 0])
        self.back_to(tried)
        self.mend()

    def back_to(self, tried):
        """Back after the confirmation: the list is not offered again, and an old page leads to the import."""
        imported = self.browser.path
        self.visit(tried)
        self.browser.see("这份名单已经正式导入")
        self.assertFalse(self.browser.offers("导入 1 行"))
        self.browser.leave(lambda: self.browser.js(
            "const form = document.createElement('form'); form.method = 'post'; form.action = arguments[0];"
            "document.body.append(form); form.submit()", tried.replace("/jobs/", "/import/") + "/confirmation"))
        self.browser.arrive(imported)

    def mend(self):
        """The rows with their reasons are mended in the workbook, and uploaded again."""
        failed = sheets.rows(self.browser.download("下载有误的 2 行"))
        self.assertEqual(failed[0][:3], ["原因", *COLUMNS[:2]])
        right = {"999999199104130000": id_number("19910413", 102), "没有这个区": "370902"}
        self.browser.follow("上传改好的表")
        self.send("改好的.csv", [[right.get(cell, cell) for cell in row] for row in failed])
        self.done("已完成")
        self.browser.see("2 行全部可导入")
        self.browser.follow("导入 2 行")
        self.done("已完成")
        self.assertEqual([self.people(row[0]) for row in NEWCOMERS[1:]], [1, 1, 1])
        self.browser.follow("看人员名单")
        self.browser.arrive("/people")

    def test_the_same_file_twice_and_a_button_pressed_twice(self):
        self.sign_in("bureau", "/import")
        path = sheets.write(self.city.folder / "一人.csv", NEWCOMERS[:2])
        self.browser.attach("名单文件", path)
        self.browser.leave(lambda: self.browser.js(
            "const button = document.querySelector('main form button'); button.click(); button.click()"))
        self.done("已完成")
        first = self.browser.path
        self.browser.leave(lambda: self.browser.js(
            "const button = document.querySelector('main form button'); button.click(); button.click()"))
        self.done("已完成")
        self.browser.see("1 行已导入")
        self.assertEqual(self.people("牟汶东"), 1)
        self.assertEqual(self.jobs(), 2, "one dry run, one import")
        self.visit("/import")
        self.browser.attach("名单文件", path)
        self.browser.follow("上传并试导入")
        self.done("已完成", "import-same")
        self.browser.see("1 行没有变化")
        self.browser.see("名单和登记的一样，没有要导入的行。")
        other = self.open_browser()
        self.sign_in("feicheng", first, browser=other)
        other.see("没有这项任务，或者它不是您提交的")
        self.audit("import-of-another", status=404, browser=other)

    def jobs(self):
        return self.city.ask("SELECT count(*) FROM job")[0][0]

    def test_files_that_are_no_lists(self):
        self.sign_in("bureau", "/import")
        for turn, (name, content, words) in enumerate(OTHER_FILES):
            path = self.city.folder / name
            path.write_bytes(content)
            self.browser.attach("名单文件", path)
            self.browser.follow("上传并试导入")
            self.browser.see(words)
            self.assertEqual(self.browser.path, "/import")
            if turn == 0:
                self.audit("import-refused", status=400)
        self.assertEqual(self.jobs(), 0)

    def test_a_list_whose_headers_do_not_tell(self):
        self.sign_in("bureau", "/import")
        rows = [["姓名", "身份证号", "内容"], ["岳明远", LEARNER, "某项"]]
        self.send("说不清.csv", rows)
        self.done("已完成，有待处理", "import-unknown")
        self.browser.see("表头看不出名单里是什么")
        self.browser.tick("人员：姓名、身份证号、单位、职称")
        self.browser.follow("试导入")
        self.done("已完成")
        self.browser.see("试导入人员：说不清.csv")
        self.browser.see("1 行没有变化")

    def test_a_list_of_papers_is_recognised(self):
        """All its columns are those of papers, and no column says so."""
        self.sign_in("bureau", "/import")
        head, row = self.papers()
        self.send("论文.csv", [head, row])
        self.done("已完成")
        self.browser.see("按表头认出这是学时清单（论文）。")
        self.browser.see("1 行可导入")
        self.browser.follow("导入 1 行")
        self.done("已完成")
        self.browser.see("导入论文：论文.csv")

    def papers(self):
        """The columns of the template's sheet of papers, with the sample of the template for the learner."""
        book = self.browser.download("下载学时模板")
        head, sample = sheets.sheet(book, "论文")[:2]
        titles = [title.rstrip("*") for title in head]
        row = {**dict(zip(titles, sample)), "姓名": "岳明远", "身份证号": LEARNER, "编号": "甲-1"}
        kept = [title for title in titles if title not in ("备注", "更正原因", "证件类型")]
        return kept, [row.get(title, "") for title in kept]

    def test_many_bad_rows_are_paged(self):
        self.sign_in("bureau", "/import")
        bad = [["牟汶东", "999999199104130000", UNIT, "企业", "370902", "2020-03-01"]] * 120
        self.send("都有误.csv", [COLUMNS, *bad])
        self.done("已完成，120 行有误", "import-paged")
        self.browser.see("120 行全部有误")
        self.browser.see("第 1—50 条，共 120 条")
        self.browser.follow("下一页")
        self.browser.follow("下一页")
        self.browser.see("第 101—120 条，共 120 条")
        self.assertFalse(self.browser.offers("下一页"))
        self.browser.follow("上一页")
        self.browser.see("第 51—100 条，共 120 条")


class Years(Newcomer):
    def test_a_newcomer_settles_and_issues(self):
        self.sign_in("bureau")
        self.go("年度")
        self.audit("years-open")
        self.assertEqual(self.steps(), ["预览 还没有预览", "结算 还没有结算", "颁发 结算以后颁发"])
        self.click("预览2022年度结算")
        self.done("已完成", "years-preview")
        self.assertEqual(set(self.marked()), {"年度"})
        self.browser.see("不能撤销")
        figures = self.browser.texts(".xs-sentence")[0]
        self.assertRegex(figures, r"^\d+ 人：合格 \d+，未达标 \d+")
        self.confirmed(figures)
        self.click("确认结算2022年度")
        self.done("已完成", "years-settled")
        self.browser.see("颁发以后不能收回")
        self.click("颁发2022年度证书")
        self.assertLessEqual(self.clicks, 4, "from login")
        self.done("已完成", "years-issued")
        self.all_done(int(self.browser.texts(".xs-sentence")[0].split()[1]))

    def steps(self):
        """The steps of 2022 as a screen reader reads them."""
        return self.browser.js(
            "return [...document.querySelectorAll('[aria-labelledby=year-2022] li')].map(step =>"
            " [...step.querySelectorAll('b, [aria-label], span')]"
            ".map(part => part.ariaLabel ?? part.textContent.trim())"
            ".join(' '))")

    def confirmed(self, figures):
        """The confirmation that is reached from the page of the years repeats the same figures."""
        back = self.browser.path
        self.visit("/years")
        self.assertTrue(self.steps()[0].startswith("预览 已办 已预览"), self.steps())
        self.assertIn(figures, self.steps()[0])
        self.assertEqual(self.main(), ["结算2022年度"])
        self.browser.follow("结算2022年度")
        self.browser.see(figures)
        self.audit("years-confirmation")
        self.browser.follow("取消")
        self.visit(back)

    def main(self):
        return [words.replace("\n", "") for words in self.browser.texts("main .btn-primary")]

    def all_done(self, issued):
        self.visit("/years")
        self.audit("years-done")
        preview, settled, certificates = self.steps()
        self.assertTrue(settled.startswith("结算 已办 已结算："), settled)
        self.assertEqual(certificates, f"颁发 已办 已颁发 {issued}/{issued}")
        self.assertFalse([words for words in self.main() if "2022" in words], "what is done is no main act")
        self.assertTrue(self.browser.offers("补充结算2022年度"))
        self.visit("/years/2022/certificates")
        self.browser.see(f"应颁发 {issued} 张，已颁发 {issued} 张，这次颁发 0 张。")
        self.audit("years-issue")

    def test_settling_pressed_twice_is_one_settlement(self):
        self.sign_in("bureau", "/years/2022/settlement")
        self.browser.see("登记的人员共")
        self.browser.leave(lambda: self.browser.js(
            "const button = document.querySelector('main form button'); button.click(); button.click()"))
        self.done("已完成")
        self.assertEqual(self.city.ask("SELECT count(*) FROM job WHERE kind = 'settle'")[0][0], 1)


class ImportOnDesktop(Import, OnDesktop):
    pass


class ImportOnPhone(Import, OnPhone):
    pass


class YearsOnDesktop(Years, OnDesktop):
    pass


class YearsOnPhone(Years, OnPhone):
    pass
