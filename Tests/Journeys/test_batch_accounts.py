"""An authority opens the logins of a whole unit: check, open, print the codes, and a person signs in with one."""

import base64
import subprocess

import sheets
from city import LEARNER, NEIGHBOUR, id_number, template
from story import OnDesktop, OnPhone

# The unit of the neighbour, where nobody has an account yet.
UNIT = "泰安示例中学"
OWN = "Wenhe-river-2026"


class BatchAccounts:
    def beginning(self):
        return template()

    def prepare(self):
        path = self.city.folder / "colleagues.csv"
        rows = [f"{name},{id_number('19900412', turn)},{UNIT},事业单位,370911,聘用关系,2020-03-01"
                for turn, name in enumerate(("牟汶东", "柴汶西", "瀛汶南"), 101)]
        path.write_text("姓名,身份证号,单位名称,单位性质,行政区划,人员关系,任职起始日期\n" + "\n".join(rows) + "\n", "utf-8")
        self.city.run("import", "people", str(path))

    def unit_list(self):
        """The list of the unit's people, on which the officer begins."""
        self.sign_in("bureau", f"/people?unit={self.city.unit(UNIT)}")
        self.browser.see(UNIT)

    def job(self, heading):
        self.browser.arrive(r"/jobs/\d+")
        self.job_ends()
        self.browser.see(heading)

    def figures(self):
        return dict(zip(self.browser.texts(".xs-facts dt"), self.browser.texts(".xs-facts dd")))

    def download(self, path):
        """Sends the form with this end of its action, and returns the file and its headers."""
        return self.browser.js_later(
            "const done = arguments[arguments.length - 1];"
            "const form = document.querySelector(`form[action$='${arguments[0]}']`);"
            "fetch(form.action, {method: 'POST', body: new URLSearchParams()}).then(async answer => {"
            " const bytes = new Uint8Array(await answer.arrayBuffer());"
            " let text = ''; for (const byte of bytes) text += String.fromCharCode(byte);"
            " done([answer.status, answer.headers.get('Cache-Control'), btoa(text)]); });", path)

    def file(self, path):
        status, kept, data = self.download(path)
        self.assertEqual((status, kept), (200, "no-store"))
        return base64.b64decode(data)

    def test_a_unit_gets_its_logins(self):
        self.unit_list()
        self.browser.follow("开通本单位账号")
        self.browser.see("为谁开通")
        self.audit("batch-start")
        self.browser.follow("核对，看能开通多少个")
        self.browser.see("请填写办理原因")
        self.audit("batch-no-reason", status=400)
        self.browser.fill("办理原因", "单位统一开通")
        self.browser.follow("核对，看能开通多少个")
        self.job("将开通")
        self.audit("batch-checked")
        checked = self.figures()
        people = int(checked["将开通"].split()[0])
        self.browser.follow(f"开通 {people} 个账号")
        self.job("去下载登录码")
        self.audit("batch-opened")
        self.assertEqual(self.figures()["已开通"], f"{people} 人")
        self.browser.follow("去下载登录码")
        self.browser.see("不要发到群里")
        self.audit("batch-codes")
        slips = self.file("/slips")
        self.assertTrue(slips.startswith(b"%PDF"))
        path = self.city.folder / "slips.pdf"
        path.write_bytes(slips)
        text = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
        rows = sheets.rows(self.file("/sheet"))
        self.assertEqual(rows[0], ["单位", "姓名", "登录名", "登录码", "网址", "有效期至"])
        self.assertEqual(len(rows) - 1, people)
        for row in rows[1:]:
            self.assertIn(row[3], text)
            self.assertNotIn(row[3], self.browser.text)
        self.own_password(next(row[3] for row in rows if row[1] == "汶小溪"))
        self.revoked(people)

    def own_password(self, code):
        """A person signs in with the code, in capitals and without hyphens, and sets a password."""
        person = self.open_browser()
        self.sign_in(NEIGHBOUR, "/me", code.upper().replace("-", " "), person)
        self.assertEqual(person.path, "/account/password")
        self.audit("batch-first-sign-in", browser=person)
        for label, text in (("原密码", code), ("新密码", OWN), ("再填一次新密码", OWN)):
            person.fill(label, text)
        person.follow("修改密码")
        person.visit(self.site + "/account")
        person.see("单位统一开通")
        person.open_menu()
        person.follow("退出")
        person.visit(self.site + "/sign-in")
        self.fill_sign_in(NEIGHBOUR, code, person)
        person.see("账号或密码不对")

    def revoked(self, people):
        self.visit("/people/logins")
        self.browser.see("单位统一开通")
        self.audit("batch-list")
        self.browser.follow("作废没有用过的登录码，单位统一开通")
        self.browser.see(f"{people - 1} 个")
        self.audit("batch-revoke")
        self.browser.follow("确认作废")
        self.browser.see("已作废")
        self.audit("batch-revoked")

    def test_a_list_is_checked_first(self):
        self.sign_in("bureau", "/people")
        self.browser.follow("批量开通账号")
        self.audit("batch-upload")
        path = self.city.folder / "list.csv"
        path.write_text(f"姓名,身份证号\n岳明远,{LEARNER}\n汶小溪,{NEIGHBOUR}\n不知名,{id_number('19900101', 777)}\n", "utf-8")
        self.browser.fill("办理原因", "窗口登记")
        self.browser.follow("核对，看能开通多少个")
        self.browser.see("没有选择人员")
        self.audit("batch-nobody", status=400)
        self.browser.attach("人员名单", path)
        self.browser.follow("核对，看能开通多少个")
        self.job("第 4 行")
        self.assertEqual(self.figures()["将开通"], "1 人")
        self.assertEqual(self.figures()["已有账号，未变动"], "1 人")
        self.audit("batch-list-checked")
        # Back after signing out shows no result.
        self.browser.open_menu()
        self.browser.follow("退出")
        self.browser.js("history.back()")
        self.browser.see("登录")
        self.assertNotIn("将开通", self.browser.text)


class BatchAccountsOnDesktop(BatchAccounts, OnDesktop):
    pass


class BatchAccountsOnPhone(BatchAccounts, OnPhone):
    pass
