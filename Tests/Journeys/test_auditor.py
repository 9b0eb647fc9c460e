"""The auditor searches acts, filters them and exports a list; other users see their own acts."""

from story import OnDesktop, OnPhone


class Auditor:
    def prepare(self):
        self.city.run("account", "add", "--role", "auditor", "--login", "auditor", "--demo")
        self.city.run("people", "merge", "3", "2", "--reason", "两次登记")

    def test_records_are_found_and_exported(self):
        self.sign_in("auditor", "/audit")
        self.browser.see("合并人员")
        self.audit("auditor-records")
        self.browser.open_filters()
        self.browser.choose("操作", "合并人员")
        self.browser.follow("查询")
        self.browser.arrive("/audit.*act=person.merge.*")
        self.assertEqual(len(self.browser.texts("tbody th")), 1)
        self.browser.see("人员 3")
        self.audit("auditor-found")
        self.browser.follow("导出为 Excel")
        self.browser.arrive(r"/jobs/\d+")
        self.job_ends()
        self.browser.see("审计记录.xlsx")
        self.audit("auditor-job")

    def test_an_empty_result_and_an_invalid_date_show_a_hint(self):
        self.sign_in("auditor", "/audit?who=99")
        self.browser.see("这段时间没有符合条件的记录")
        self.audit("auditor-none")
        self.visit("/audit?from=2022-02-30")
        self.browser.see("日期写作 2022-06-01")
        self.audit("auditor-wrong", status=400)

    def test_the_account_page_lists_the_own_acts(self):
        self.sign_in("auditor", "/account")
        self.browser.see("最近的登录和操作")
        self.audit("auditor-account")


class AuditorOnDesktop(Auditor, OnDesktop):
    pass


class AuditorOnPhone(Auditor, OnPhone):
    pass
