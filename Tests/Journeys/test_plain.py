"""Pages without scripts, in dark mode, and on paper."""

import subprocess

import audit
from story import OnDesktop, OnPhone


class WithoutScripts:
    """Everything works without scripts; they only save a step."""

    scripts = False

    def test_no_script_has_run(self):
        page = self.city.folder / "page.html"
        page.write_text("<main>plain<script>document.querySelector('main').textContent = 'run'</script></main>")
        self.browser.visit(page.as_uri())
        self.assertEqual(self.browser.text, "plain")

    def test_the_year_page_works_without_scripts(self):
        self.visit("/me")
        self.fill_sign_in()
        self.browser.arrive("/me/2022")
        self.browser.click(".xs-ledger > li:nth-child(2) summary")
        self.assertIn("按作者数 3 均分", self.browser.text)
        self.browser.open_menu()
        self.browser.follow("证书核验")
        self.browser.arrive("/verify")

    def test_a_certificate_is_verified_by_number(self):
        self.visit("/verify")
        self.browser.fill("证书编号", self.city.certificate())
        self.browser.follow("核验")
        self.assertEqual(self.browser.heading, "有效")
        self.browser.fill("证书上的姓名", "岳明远")
        self.browser.follow("核对")
        self.browser.see("您填的姓名与登记的一致。")


class InDarkMode:
    def test_pages_are_dark(self):
        self.browser.darken()
        self.sign_in(back="/me/2022")
        self.assertEqual(self.browser.js("return getComputedStyle(document.body).backgroundColor"), "rgb(19, 23, 27)")
        self.audit("dark-year")
        self.visit(f"/v/{self.city.certificate()}")
        self.audit("dark-verdict")
        self.sign_in("bureau", "/people")
        self.audit("dark-people")


class Printed(OnDesktop):
    def test_the_printed_year_has_all_details_on_two_sheets(self):
        self.sign_in(back="/me/2022")
        path = audit.shots() / "paper-year.pdf"
        path.write_bytes(self.browser.paper())
        words = ["pdftotext", "-layout", str(path), "-"]
        text = subprocess.run(words, text=True, capture_output=True, check=True).stdout
        self.assertIn("按作者数 3 均分", text)
        self.assertIn("岳明远", text)
        self.assertNotIn("退出", text)
        self.assertLessEqual(text.count("\f"), 2)


class WithoutScriptsOnDesktop(WithoutScripts, OnDesktop):
    pass


class WithoutScriptsOnPhone(WithoutScripts, OnPhone):
    pass


class InDarkModeOnDesktop(InDarkMode, OnDesktop):
    pass


class InDarkModeOnPhone(InDarkMode, OnPhone):
    pass
