import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Web

/// The limit of concurrent requests, and which requests close a connection.
@Suite struct RequestMonitorTests {
    @Test func concurrentRequestsAreLimited() {
        let metrics = Metrics()
        for _ in 0..<RequestMonitor.most { #expect(metrics.begin()) }
        #expect(!metrics.begin())
        for _ in 0..<2 { metrics.end("GET", "/", 200, microseconds: 1) }
        #expect(metrics.begin())
    }

    @Test func largeBodiesHaveTheirOwnLimit() {
        let metrics = Metrics()
        for _ in 0..<RequestMonitor.mostLarge { #expect(metrics.begin(isLarge: true)) }
        #expect(!metrics.begin(isLarge: true))
        #expect(metrics.begin())
        for _ in 0..<2 { metrics.end("POST", "/", 200, isLarge: true, microseconds: 1) }
        #expect(metrics.begin(isLarge: true))
    }

    @Test func healthAndReadinessAreAlwaysServed() {
        #expect(Operations.always == ["/health", "/ready"])
    }

    @Test func aRequestWithTwoHostsNamesNone() throws {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/")
        #expect(head.namesHost)
        head.headerFields[try #require(HTTPField.Name("Host"))] = "b"
        #expect(!head.namesHost)
    }

    @Test(arguments: [
        ("a", "Close", "close"), ("a", "keep-alive, close", "close"), ("a", "keep-alive", "keep-alive"),
        ("", "keep-alive", "close"), (nil, "keep-alive", "close"), ("a", "closed", "closed"),
    ])
    func theLastRequestOfAConnectionIsRecognised(_ host: String?, _ said: String, _ read: String) throws {
        let channel = EmbeddedChannel(handler: ConnectionCloseHandler())
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: host, path: "/", headerFields: [.connection: said])
        try channel.writeInbound(HTTPRequestPart.head(head))
        guard case .head(let got) = try channel.readInbound(as: HTTPRequestPart.self) else {
            Issue.record("no head")
            return
        }
        #expect(got.headerFields[.connection] == read)
    }
}
