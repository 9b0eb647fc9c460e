import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Web

/// Request bodies that are files.
@Suite struct ReceiveTests {
    private static func site() throws -> Site {
        let assets = try Assets(WebResources.assets)
        var parts = Site.Parts(.sample)
        parts.routes = [
            .post(Path("/raw"), .everyone) { request in
                let file = try OpenFile.scratch()
                try await request.receive(limit: 100_000, to: file)
                return .bytes(try file.bytes(), type: .binary)
            },
            .post(Path("/form"), .everyone) { request in
                .bytes(try await request.upload(limit: 100_000).file.bytes(), type: .binary)
            },
        ]
        return try Site(parts, views: Views([WebResources.views], assets), assets: assets)
    }

    private func send(
        _ path: String, _ body: String, _ headers: HTTPFields = [:]
    ) async throws -> (status: Int, text: String) {
        let app = Application(router: try Self.site().router())
        return try await app.test(.live) { client in
            try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)) {
                ($0.status.code, String(buffer: $0.body))
            }
        }
    }

    @Test(arguments: [0, 1, 70_000, 100_000]) func aBodyIsReceivedWhole(_ size: Int) async throws {
        let body = String(repeating: "a", count: size)
        let found = try await send("/raw", body)
        #expect(found.status == 200 && found.text == body)
    }

    @Test(arguments: [100_001, 900_000]) func aBodyThatIsTooLargeIsRefused(_ size: Int) async throws {
        let found = try await send("/raw", String(repeating: "a", count: size))
        #expect(found.status == 413 && found.text.contains("web.too-large"))
    }

    /// A body whose announced size is too large is refused before any of it is read.
    @Test(arguments: ["/raw", "/form"]) func aBodyAnnouncedAsTooLargeIsRefusedUnread(_ path: String) async throws {
        let request = { (size: String) in
            let headers: HTTPFields = [.contentLength: size, .contentType: "multipart/form-data; boundary=b"]
            return Request(
                head: HTTPRequest(method: .post, scheme: "http", authority: "a", path: path, headerFields: headers),
                body: RequestBody(buffer: ByteBuffer()))
        }
        for size in ["900000000", "99999999999999999999999999", "-1x"] {
            let context = WebRequestContext(
                source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test")))
            let failure = await #expect(throws: Failure.self) {
                let web = WebRequest(request(size), context)
                if path == "/raw" {
                    try await web.receive(limit: 100_000, to: OpenFile.scratch())
                } else {
                    _ = try await web.upload(limit: 100_000)
                }
            }
            #expect(failure?.code == "web.too-large", "\(size)")
        }
    }
}
