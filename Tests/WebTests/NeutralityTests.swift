import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testing

@testable import Web

/// The module Web has no terms of the product. Its names come from the imprint.
@Suite struct NeutralityTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Web")

    @Test func noFileHasATermOfTheField() throws {
        let terms = ["学时", "继续教育", "泰安", "经办人", "主管部门", "人社", "职称", "结算", "年度", "认定"]
        let files = try #require(FileManager.default.enumerator(at: Self.folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where ["swift", "mustache", "js", "css"].contains(file.pathExtension) {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(terms.filter { text.contains($0) } == [], "\(file.lastPathComponent)")
            count += 1
        }
        #expect(count > 30)
    }

    @Test func theImprintNamesTheSite() async throws {
        var imprint = Imprint.sample
        (imprint.name, imprint.contact, imprint.hotline) = ("潮汐", "灯塔", nil)
        imprint.api = ("潮汐接口", "高潮和低潮。")
        let assets = try Assets(WebResources.assets)
        var parts = Site.Parts(imprint)
        let guards = APIAuthenticator(now: { 0 }, responses: MemoryResponses()) { _ in nil }
        parts.routes = OpenAPI([], guards, imprint).routes
        let site = try Site(parts, views: Views([WebResources.views], assets), assets: assets)
        try await Application(router: site.router()).test(.router) { client in
            let page = try await client.execute(uri: "/nowhere", method: .get) { String(buffer: $0.body) }
            #expect(page.contains("· 潮汐</title>") && page.contains(#"<span class="xs-brand-name">潮汐</span>"#))
            #expect(page.contains("请找灯塔，报编号"), "\(page)")
            let document = try await client.execute(uri: "/api/v1/openapi.json", method: .get) {
                String(buffer: $0.body)
            }
            #expect(document.contains(#""title":"潮汐接口""#) && document.contains(#""description":"高潮和低潮。令牌在"#))
        }
    }
}
