"""A unit lists people of other units; the authority over both decides, and the unit reads the result."""

import sheets
from city import NEIGHBOUR, id_number, template
from story import OnDesktop, OnPhone

UNIT = "泰安示例机械有限公司"
REASON = "本人没有调动，已向双方单位核实。"
LIST = [
    ["姓名", "身份证号", "单位名称", "任职起始日期"],
    ["汶小溪", NEIGHBOUR, UNIT, "2024-03-01"],
    # The number is 傅云亭's.
    ["吴明霞", "999999199306170053", UNIT, "2024-03-01"],
    ["牟汶东", id_number("19900412", 101), UNIT, "2024-03-01"],
]


class Requests:
    def beginning(self):
        return template()

    def prepare(self):
        unit = self.city.unit(UNIT)
        self.city.run("account", "add", "--role", "employer", "--login", "works", "--unit", str(unit), "--demo")

    def units(self, name):
        return self.city.ask(
            "SELECT o.name FROM employment e JOIN person p ON p.number = e.person"
            " JOIN organisation o ON o.number = e.organisation WHERE p.name = ? AND e.to_day > '2026'", name)

    def send(self):
        """The unit does a dry run of its list and imports it."""
        self.sign_in("works", "/import")
        self.browser.attach("名单文件", sheets.write(self.city.folder / "新调入.csv", LIST))
        self.browser.follow("上传并试导入")
        self.browser.arrive(r"/jobs/\d+")
        self.job_ends()
        self.assertNotIn("傅云亭", self.browser.text)
        self.browser.follow("导入 3 行")
        self.browser.see("导入人员：新调入.csv")
        self.job_ends()
        self.audit("requests-job")
        self.assertNotIn("傅云亭", self.browser.text)

    def test_a_request_to_the_authority_is_sent_and_resolved(self):
        before = self.units("傅云亭"), self.units("汶小溪")
        self.send()
        self.assertEqual((self.units("傅云亭"), self.units("汶小溪")), before)
        self.browser.go_to("我报的申请")
        self.browser.arrive("/requests/asked")
        self.assertEqual(len(self.browser.texts("tbody th")), 2)
        self.assertNotIn("傅云亭", self.browser.text)
        self.audit("requests-asked")
        self.visit("/requests")
        self.audit("requests-closed", status=403)

        bureau = self.open_browser()
        self.sign_in("bureau", "/requests", browser=bureau)
        bureau.see("共 2 件")
        self.audit("requests-waiting", browser=bureau)
        bureau.follow("调入：傅云亭")
        bureau.see("名单上写的是“吴明霞”，登记的是“傅云亭”")
        self.audit("requests-one", browser=bureau)
        bureau.follow("不予办理，结束申请")
        self.audit("requests-no-reason", status=400, browser=bureau)
        bureau.fill("不予办理的原因", REASON)
        bureau.follow("不予办理，结束申请")
        bureau.arrive("/requests.*")
        bureau.see("不予办理")
        bureau.follow("调入：汶小溪")
        bureau.follow("同意，办理")
        bureau.arrive("/requests.*")
        bureau.see("没有待处理的申请")
        self.audit("requests-none", browser=bureau)
        bureau.follow("已办结的申请")
        bureau.see(REASON)
        self.audit("requests-answered", browser=bureau)

        self.assertEqual(self.units("傅云亭"), before[0])
        self.assertIn((UNIT,), [tuple(row) for row in self.units("汶小溪")])
        self.visit("/requests/asked")
        self.browser.see(REASON)
        self.browser.see("已办理")
        self.audit("requests-told")


class RequestsOnDesktop(Requests, OnDesktop):
    pass


class RequestsOnPhone(Requests, OnPhone):
    pass
