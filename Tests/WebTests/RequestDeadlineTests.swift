import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Web

/// Clients that are slow on purpose.
@Suite struct RequestDeadlineTests {
    private func connection() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: RequestDeadline())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func pass(_ seconds: Int64, _ channel: EmbeddedChannel) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    private let head = HTTPRequestPart.head(HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/"))

    @Test func whoSendsNoHeadIsClosed() throws {
        let channel = try connection()
        pass(19, channel)
        #expect(channel.isActive)
        pass(2, channel)
        #expect(!channel.isActive)
    }

    @Test func whoseBodyDripsIsClosed() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        for _ in 0..<11 {
            pass(10, channel)
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
        }
        #expect(channel.isActive)
        pass(11, channel)
        #expect(!channel.isActive)
    }

    /// An answer may take its time; between requests a connection rests for a while.
    @Test func anAnswerIsWaitedFor() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        pass(300, channel)
        #expect(channel.isActive)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        pass(74, channel)
        #expect(channel.isActive)
        pass(2, channel)
        #expect(!channel.isActive)
    }
}
