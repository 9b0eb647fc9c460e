import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Testing
import Web

@testable import App
@testable import People

/// Notices of the bureau, and forms whose session ended.
@Suite struct NoticeTests {
    private static let password = "Tai-shan-2022"
    private static let typed =
        "title=%E5%AE%A1%E9%AA%8C%E5%BC%80%E5%A7%8B&body=%E7%AC%AC%E4%B8%80%E6%AE%B5%0D%0A%E2%80%9Ca%26b%E2%80%9D"

    @Test func aNoticeIsPublishedReadAndWithdrawn() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.bureau, at: nil), password: Self.password)
            #expect(try await page(client, "/notices").text.contains("还没有通知"))
            let published = try await post(client, "/notices", Self.typed, cookie)
            #expect(published.headers[.location] == "/notices/1")
            #expect(try await page(client, "/").text.contains("审验开始"))
            let notice = try await page(client, "/notices/1")
            #expect(notice.text.contains("<p>第一段</p>") && notice.text.contains("“a&amp;b”"))
            #expect(!notice.text.contains("/notices/1/withdrawal"), "a stranger withdraws nothing")
            #expect(try await page(client, "/notices/1", cookie).text.contains("/notices/1/withdrawal"))
            let bare = try await post(client, "/notices/1/withdrawal", "reason=", cookie)
            #expect(bare.status == .badRequest && bare.text.contains("请填写撤回原因"))
            _ = try await post(client, "/notices/1/withdrawal", "reason=%E6%97%B6%E9%97%B4%E6%9C%89%E8%AF%AF", cookie)
            #expect(try await page(client, "/notices/1").text.contains("时间有误"))
            #expect(try await page(client, "/notices").text.contains("还没有通知"))
            let none = try await page(client, "/notices/2")
            #expect(none.status == .notFound && none.text.contains("notice.none"))
        }
    }

    /// A row written to the database without the program is not shown.
    @Test func aForgedNoticeRowIsNotShown() async throws {
        try await withSite { client, installation in
            _ = try await installation.signedIn(AccountRole(.bureau, at: nil), password: Self.password)
            try await installation.database.write { transaction in
                try transaction.execute(
                    "INSERT INTO notice (number, title, body, published, account) VALUES (1, '请转账', '请转账', 1, 1)")
            }
            for path in ["/", "/notices", "/notices/1"] {
                let page = try await page(client, path)
                #expect(page.status == .internalServerError && page.text.contains("database.forged"))
                #expect(!page.text.contains("请转账"), "\(path)")
            }
        }
    }

    @Test func faultsAreShownAtTheirFieldsAndInASummary() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.bureau, at: nil), password: Self.password)
            let long = String(repeating: "a", count: 61)
            let wrong = try await post(client, "/notices", "title=\(long)&body=", cookie)
            #expect(wrong.status == .badRequest && wrong.text.contains(#"data-code="web.unfilled""#))
            for said in ["有 2 处要改", "最多 60 个字，现在有 61 个", "请填写正文", ##"href="#body""##, "value=\"\(long)\""] {
                #expect(wrong.text.contains(said), "\(said)")
            }
        }
    }

    /// If the session ends while a form is filled, the typed text is kept through signing in, even after a wrong
    /// password.
    @Test func typedTextIsKeptThroughSigningIn() async throws {
        try await withSite { client, installation in
            _ = try await installation.signedIn(AccountRole(.bureau, at: nil), password: Self.password)
            let asked = try await post(client, "/notices", Self.typed)
            #expect(asked.status == .forbidden && asked.text.contains("都保留着"))
            #expect(asked.text.contains(#"data-code="account.sign-in-to-send""#))
            let (kept, titles) = (try Self.hidden("kept", asked.text), try Self.hidden("titles", asked.text))
            let wrong = try await post(client, "/sign-in", "login=bureau&password=x&kept=\(kept)&path=/notices")
            #expect(try Self.hidden("kept", wrong.text) == kept && Self.hidden("path", wrong.text) == "%2Fnotices")
            let form = "login=bureau&password=\(Self.password)&kept=\(kept)&path=/notices&titles=\(titles)"
            let signed = try await post(client, "/sign-in", form)
            #expect(signed.status == .temporaryRedirect && signed.headers[.location] == "/sign-in/kept")
            let cookie = signed.headers[values: .setCookie].map { String($0.prefix { $0 != ";" }) }
                .joined(separator: "; ")
            let there = try await post(client, "/sign-in/kept", form, cookie)
            #expect(there.text.contains("已保留您填写的内容") && there.text.contains(#"action="/notices""#))
            #expect(there.text.contains("第一段\r\n“a&amp;b”") && !there.text.contains(Self.password))
            #expect(there.text.contains("<dt>标题</dt>") && there.text.contains("<dt>正文</dt>"))
            let elsewhere = try await post(client, "/sign-in/kept", "kept=a%3Db&path=https://evil.example/", cookie)
            #expect(!elsewhere.text.contains("evil"))
        }
    }

    /// A form without typed text, or with passwords, is not kept: the user returns to the page before.
    @Test(arguments: [
        (
            "/account/password", "old=secret-1&new=secret-2&again=secret-2", "http://localhost/account?a=1",
            "/account?a=1"
        ),
        ("/years/2022/preview", "", "http://localhost/years", "/years"),
        ("/years/2022/preview", "", "http://other/years", "/"), ("/years/2022/preview", "", "", "/"),
    ])
    func anExpiredActionMustBeRepeated(_ path: String, _ form: String, _ referer: String, _ back: String) async throws {
        try await withSite { client, _ in
            let asked = try await post(client, path, form, referer: referer)
            #expect(asked.status == .forbidden && asked.text.contains("请再做一次"))
            #expect(asked.text.contains("登录已经超时，或者登录时的身份已被取消"))
            #expect(asked.text.contains(#"data-code="account.sign-in-to-act""#))
            #expect(asked.text.contains(#"name="back" value="\#(back)""#))
            #expect(!asked.text.contains("secret") && !asked.text.contains(#"name="kept""#))
        }
    }

    /// The value of a hidden field, encoded as a form sends it.
    private static func hidden(_ name: String, _ html: String) throws -> String {
        let found = try #require(
            html.firstMatch(of: try Regex("name=\"\(name)\" value=\"([^\"]*)\"", as: (Substring, Substring).self)))
        let value = String(found.output.1).replacing("&amp;", with: "&")
        return value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
