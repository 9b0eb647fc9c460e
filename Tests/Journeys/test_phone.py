"""The site as people use it on a phone: large type, the bar, the app, and the browser inside WeChat."""

import json
import subprocess

from story import OnDesktop, OnPhone

WECHAT = ("Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Mobile Safari/537.36"
          " MicroMessenger/8.0.47 Language/zh_CN")

# Controls lower or narrower than a finger needs, among those of the bar, the buttons and the folds.
SMALL = """
return [...document.querySelectorAll('.xs-phonebar a, .btn, summary')].filter(node => node.checkVisibility())
  .filter(node => { const box = node.getBoundingClientRect(); return box.height < 44 || box.width < 44 })
  .map(node => node.textContent.trim())
"""
TYPE = "return parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"


class Phone:
    def test_large_type_is_kept_for_strangers_and_needs_no_address(self):
        self.visit("/verify?number=MCMT")
        plain = self.browser.js(TYPE)
        self.browser.open_menu()
        self.browser.follow("大字版")
        self.browser.arrive(r"/verify\?number=MCMT")
        self.assertAlmostEqual(self.browser.js(TYPE) / plain, 1.25, places=2)
        self.audit("phone-large-verify", status=404)
        self.sign_in(back="/me/2022")
        self.assertTrue(self.browser.js("return document.documentElement.classList.contains('is-large')"))
        self.audit("phone-large-year")
        self.visit("/me/certificates")
        self.audit("phone-large-certificates")
        self.browser.open_menu()
        self.browser.follow("标准字号")
        self.browser.arrive("/me/certificates")
        self.assertFalse(self.browser.js("return document.documentElement.classList.contains('is-large')"))

    def test_large_type_fits_an_officers_pages(self):
        self.browser.visit(self.site + "/verify")
        self.browser.open_menu()
        self.browser.follow("大字版")
        self.sign_in("bureau", "/people")
        for path in ["/people", "/years", "/import", "/figures"]:
            self.visit(path)
            self.audit(f"phone-large{path.replace('/', '-')}")

    def test_the_bar_has_what_a_role_opens_most(self):
        bars = {"999999198503120018": ["学时", "证书", "核验"], "bureau": ["人员", "年度", "统计"],
                "feicheng": ["人员", "导入", "统计"]}
        self.visit("/")
        self.assertFalse(self.browser.has(".xs-phonebar"))
        for login, titles in bars.items():
            browser = self.open_browser()
            self.sign_in(login, "/verify", browser=browser)
            self.assertEqual(browser.texts(".xs-phonebar a"), titles if self.width < 768 else [])
            self.assertEqual(browser.js(SMALL) if self.width < 768 else [], [])

    def test_the_certificates_are_two_touches_away(self):
        self.sign_in(back="/me/2022")
        if self.width < 768:
            self.browser.follow("证书")
            self.assertEqual(self.browser.texts(".xs-phonebar [aria-current]"), ["证书"])
        self.visit("/me/certificates")
        self.browser.see("有效")
        self.audit("phone-certificates")
        self.browser.follow("出示二维码")
        self.browser.arrive("/me/certificates/[A-Z2-7]{16}/code")

    def test_the_picture_has_the_code_of_the_file(self):
        self.sign_in(back="/me/2022")
        status, kind, data = self.browser.fetch(self.browser.link("看图片"))
        self.assertEqual((status, kind), (200, "image/png"))
        path = self.city.folder / "certificate.png"
        path.write_bytes(data)
        words = ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)]
        read = subprocess.run(words, text=True, capture_output=True, check=True).stdout.strip()
        _, code = self.city.printed(self.city.certificate())
        self.assertEqual(read, code)
        self.browser.visit(self.browser.link("看图片"))
        self.assertEqual(self.browser.js("return document.images[0]?.naturalWidth"), 1654)

    def test_inside_wechat_the_picture_replaces_the_file(self):
        self.sign_in(back="/me/2022")
        self.assertTrue(self.browser.offers("下载（PDF）"))
        self.assertNotIn("微信", self.browser.text)
        self.browser.cdp("Network.enable")
        self.browser.cdp("Network.setUserAgentOverride", userAgent=WECHAT)
        for path in ["/me/2022", "/me/certificates"]:
            self.visit(path)
            self.assertFalse(self.browser.offers("下载（PDF）"))
            self.browser.see("请点右上角“…”，选择“在浏览器打开”")
            self.assertTrue(self.browser.offers("看图片"))
            self.audit(f"phone-wechat{path.replace('/', '-')}")

    def test_the_site_can_be_installed_and_opens_the_own_year(self):
        self.visit("/")
        address = self.browser.js("return document.querySelector('link[rel=manifest]').href")
        status, kind, data = self.browser.fetch(address)
        self.assertEqual((status, kind), (200, "application/manifest+json"))
        manifest = json.loads(data)
        self.assertEqual((manifest["short_name"], manifest["start_url"]), ("学时", "/me"))
        # The browser's own reading of the manifest.
        self.assertEqual(self.browser.cdp("Page.getAppManifest")["errors"], [])
        self.assertEqual(self.browser.cdp("Page.getInstallabilityErrors")["installabilityErrors"], [])
        self.sign_in(back=manifest["start_url"])
        self.browser.arrive("/me/2022")


class PhoneOnDesktop(Phone, OnDesktop):
    pass


class PhoneOnPhone(Phone, OnPhone):
    pass


class WithoutScriptsOnPhone(OnPhone):
    """The size of the type needs no script."""

    scripts = False

    def test_large_type_without_scripts(self):
        self.visit("/verify")
        self.browser.open_menu()
        self.browser.follow("大字版")
        self.browser.arrive("/verify")
        self.assertEqual(self.browser.js("return document.documentElement.className"), "is-large")
