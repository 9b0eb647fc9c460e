import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import Web

/// Streams over a socket: clients that disconnect, and responses that break off.
@Suite struct ServedLinesTests {
    /// The bytes that are received until the server closes the connection.
    private func raw(_ port: Int, _ text: String, closing: Bool = false) async throws -> String {
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            if closing { return "" }
            var response = ByteBuffer()
            for try await var piece in inbound { response.writeBuffer(&piece) }
            return String(buffer: response)
        }
    }

    private func request(_ method: String, _ path: String, _ headers: [String], _ body: String) -> String {
        let head = ["\(method) \(path) HTTP/1.1", "Host: a", "Connection: close", "Authorization: Bearer writer"]
        return (head + headers + ["", body]).joined(separator: "\r\n")
    }

    @Test(.timeLimit(.minutes(1))) func anInterruptedUploadChangesNothing() async throws {
        let api = WritingAPI()
        let application = Application(router: try api.site().router())
        try await application.test(.live) { client in
            let port = try #require(client.port)
            let headers = [
                "Content-Type: application/x-ndjson", "Idempotency-Key: k", "Transfer-Encoding: chunked",
            ]
            let line = #"{"title":"a","hours":1}"# + "\n"
            let chunk = "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n"
            let path = "/api/v1/courses/lines"
            _ = try await raw(port, request("POST", path, headers, chunk + chunk), closing: true)
            #expect(api.done.withLock { $0 }.isEmpty)
            // The key is still unused.
            let whole = try await raw(port, request("POST", path, headers, chunk + chunk + "0\r\n\r\n"))
            #expect(whole.hasPrefix("HTTP/1.1 200") && whole.contains(#""done":"1:a 2:a""#), "\(whole)")
        }
        #expect(api.done.withLock { $0 } == ["1:a 2:a"])
    }

    /// If the client disconnects before the response, the work continues, and its response is kept.
    @Test(.timeLimit(.minutes(1))) func theResponseIsKeptAfterADisconnect() async throws {
        let (held, hold) = AsyncStream<Void>.makeStream()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let api = WritingAPI { _ in
            begin.finish()
            for await _ in held {}
        }
        let application = Application(router: try api.site().router())
        try await application.test(.live) { client in
            let port = try #require(client.port)
            let body = #"{"title":"a","hours":1}"#
            let headers = [
                "Content-Type: application/json", "Idempotency-Key: k", "Content-Length: \(body.utf8.count)",
            ]
            let text = request("POST", "/api/v1/courses", headers, body)
            _ = try await raw(port, text, closing: true)
            for await _ in begun {}
            #expect(try await raw(port, text).contains("api.key-running"))
            hold.finish()
            while api.done.withLock({ $0.isEmpty }) { await Task.yield() }
            var response = ""
            while !response.hasPrefix("HTTP/1.1 200") { response = try await raw(port, text) }
            #expect(response.contains("Idempotency-Replayed: true") && response.contains(#""turn":1"#), "\(response)")
        }
        #expect(api.done.withLock { $0 } == ["post a"])
    }

    /// A response that fails halfway has no last chunk.
    @Test(.timeLimit(.minutes(1))) func anInterruptedStreamHasNoLastChunk() async throws {
        let application = Application(router: try WritingAPI().site().router())
        try await application.test(.live) { client in
            let port = try #require(client.port)
            let path = "/api/v1/courses/lines?count="
            let whole = try await raw(port, request("GET", path + "3000", [], ""))
            #expect(whole.hasSuffix("\r\n0\r\n\r\n"))
            let broken = try await raw(port, request("GET", path + "2000000", [], ""))
            #expect(broken.hasPrefix("HTTP/1.1 200") && broken.contains("课程 999999") && !broken.hasSuffix("0\r\n\r\n"))
        }
    }

    /// A client that receives one part at a time, and counts the rows read before it received the last one.
    private struct SlowClient: ResponseBodyWriter {
        let read: @Sendable () -> Int
        let ahead = Ahead()

        final class Ahead: Sendable {
            let most = Mutex((rows: 0, ahead: 0))
        }

        mutating func write(_ buffer: ByteBuffer) async throws {
            let rows = buffer.readableBytesView.count { $0 == UInt8(ascii: "\n") }
            ahead.most.withLock { $0 = ($0.rows + rows, max($0.ahead, read() - $0.rows)) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private final class Place: Sendable {
        let rows = Mutex(0)
    }

    /// Memory does not grow: nothing is read before the client has received the previous rows.
    @Test func readingWaitsForTheClient() async throws {
        let place = Place()
        let pages = AsyncThrowingStream<[WritingAPI.Course], any Error> {
            let start = place.rows.withLock { $0 }
            guard start < 100_000 else { return nil }
            place.rows.withLock { $0 = start + 100 }
            return (start..<(start + 100)).map { WritingAPI.Course("课程", $0) }
        }
        let client = SlowClient { place.rows.withLock { $0 } }
        var writer: any ResponseBodyWriter = client
        try await NDJSONStream(pages).produce(&writer)
        #expect(client.ahead.most.withLock { $0 == (100_000, 100) })
    }
}
