import HTTPTypes
import HummingbirdTesting
import Kernel
import Policy
import Registry
import Testbed
import Testing

@testable import App
@testable import Portal

/// The pages of a policy that contains the text of its notice, and of one that does not.
@Suite struct SourcePageTests {
    private func withPolicies(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await withSite { client, installation in
            for file in ["taian/2022", "suqian/items"] { _ = try await installation.registry.publishForTests(file) }
            _ = try await installation.registry.publishForTests("taian/2022") {
                $0.replacing("每年累计应不少于90学时", with: "每年累计应不少于九十学时")
            }
            try await body(client)
        }
    }

    @Test func theTextIsShownWithAnIdForEachClause() async throws {
        try await withPolicies { client in
            let (status, text) = try await page(client, "/policies/taian-2022/notice")
            #expect(status == .ok)
            for words in [
                #"<section id="二-一">"#, #"<section id="二-三-3">"#, "每年累计应不少于九十学时", "<h2>二、学习内容及学时认定</h2>",
                #"<p id="二-二-第3段">各县（市、区）、功能区"#, #"<time datetime="2022-04-19">"#,
            ] { #expect(text.contains(words), "\(words)") }
            let article = try #require(text.firstMatch(of: #/(?s)<article class="xs-issued">(.*)<\/article>/#)).1
            #expect(article.matches(of: #/<section/#).count == 15 && article.matches(of: #/<\/section>/#).count == 15)
            // The date stands behind all clauses, and the title is the page's heading only.
            #expect(article.hasSuffix("</section>\n</section>\n<p>2022年4月19日</p>\n"))
            #expect(!article.contains("关于做好2022年度泰安市专业技术人员继续教育工作的通知") && !text.contains("所附的原文"))
        }
    }

    @Test func anOlderVersionKeepsItsText() async throws {
        try await withPolicies { client in
            let old = try await page(client, "/policies/taian-2022/notice?version=1").text
            #expect(old.contains("每年累计应不少于90学时") && old.contains("这是政策第 1 版所附的原文"))
            for (path, code) in [
                ("taian-2022/notice?version=9", "policy.none"), ("taian-1999/notice", "policy.none"),
                ("taian-2022/rules", "policy.no-text"), ("suqian-items/notice", "policy.no-text"),
            ] {
                let (status, text) = try await page(client, "/policies/" + path)
                #expect(status == .notFound && text.contains(code), "\(path)")
            }
        }
    }

    /// Each rule stands beside the passage that it cites; rules without a clause follow.
    @Test func rulesStandBesideTheirPassage() async throws {
        try await withPolicies { client in
            let text = try await page(client, "/policies/taian-2022").text
            let rows = text.split(separator: #"<div class="row g-3 g-lg-5 xs-beside">"#).dropFirst()
            #expect(rows.count == 17)
            let hours = try #require(rows.first { $0.contains("（一）继续教育学时要求") })
            let link = ##"href="/policies/taian-2022/notice#%E4%BA%8C-%E4%B8%80" aria-label="依据：通知二（一）">二（一）</a>"##
            #expect(hours.contains("公需科目：至少 30 学时 <a class=\"xs-clause\" \(link)"))
            let papers = try #require(rows.first { $0.contains("3.发表学术、技术论文") })
            #expect(papers.contains("<h3>认定标准</h3>") && papers.contains("国内国家级 125 学时"))
            let rest = try #require(rows.last)
            #expect(rest.contains("<h2>期间</h2>") && rest.contains("<h2>学时折算</h2>"))
            #expect(text.contains("<details class=\"xs-fold\"><summary>全部示例，共 "))
        }
    }

    @Test func aPolicyWithoutATextHasNoLinks() async throws {
        try await withPolicies { client in
            let text = try await page(client, "/policies/suqian-items").text
            #expect(text.contains("<h2>认定标准</h2>"))
            #expect(!text.contains("xs-clause") && !text.contains("xs-beside") && !text.contains("附原文"))
        }
    }
}
