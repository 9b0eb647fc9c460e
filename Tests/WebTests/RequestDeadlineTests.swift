import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Web

/// Deadlines for slow clients.
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

    @Test func aConnectionWithoutRequestIsClosed() throws {
        let channel = try connection()
        pass(19, channel)
        #expect(channel.isActive)
        pass(2, channel)
        #expect(!channel.isActive)
    }

    @Test func aConnectionWithASlowBodyIsClosed() throws {
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

    /// A large upload at the required rate may take longer than the fixed time; a stalled one is closed.
    @Test func aBodyAtTheRequiredRateMayTakeLonger() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        for _ in 0..<100 {
            pass(10, channel)
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 65, count: 400 << 10)))
        }
        #expect(channel.isActive)
        pass(131, channel)
        #expect(!channel.isActive)
    }

    /// The same for a response that the client receives fast enough, and for one that it receives too slowly.
    @Test(arguments: [(400 << 10, true), (100 << 10, false)])
    func aResponseReceivedFastEnoughMayTakeLonger(_ bytes: Int, _ isFair: Bool) throws {
        let channel = try connection()
        try ask(channel)
        channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        for _ in 0..<100 where channel.isActive {
            pass(10, channel)
            channel.write(HTTPResponsePart.body(ByteBuffer(repeating: 65, count: bytes)), promise: nil)
            channel.flush()
        }
        #expect(channel.isActive == isFair)
    }

    private func ask(_ channel: EmbeddedChannel) throws {
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// Without a flush it is as if the client reads nothing.
    private func response(_ channel: EmbeddedChannel, isRead: Bool = true) {
        channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        channel.write(HTTPResponsePart.end(nil), promise: nil)
        if isRead { channel.flush() }
    }

    /// A response may take some time; between requests a connection stays open for a while.
    @Test func aResponseMayTakeSomeTime() throws {
        let channel = try connection()
        try ask(channel)
        pass(119, channel)
        #expect(channel.isActive)
        response(channel)
        pass(74, channel)
        #expect(channel.isActive)
        pass(2, channel)
        #expect(!channel.isActive)
    }

    @Test func aMissingResponseEndsTheConnection() throws {
        let channel = try connection()
        try ask(channel)
        pass(121, channel)
        #expect(!channel.isActive)
    }

    /// An unread response ends the connection, even if further requests arrive.
    @Test func anUnreadResponseEndsTheConnection() throws {
        let channel = try connection()
        try ask(channel)
        response(channel, isRead: false)
        for _ in 0..<11 {
            pass(10, channel)
            try ask(channel)
            response(channel, isRead: false)
        }
        #expect(channel.isActive)
        pass(11, channel)
        #expect(!channel.isActive)
    }

    /// The next body has its own deadline after the previous response was received.
    @Test func eachRequestHasItsOwnDeadline() throws {
        let channel = try connection()
        try ask(channel)
        try channel.writeInbound(head)
        pass(100, channel)
        response(channel)
        pass(100, channel)
        #expect(channel.isActive)
        pass(21, channel)
        #expect(!channel.isActive)
    }

    @Test func aSlowClientDoesNotDelayTheStop() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        pass(5, channel)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        pass(19, channel)
        #expect(channel.isActive)
        pass(2, channel)
        #expect(!channel.isActive)
    }
}
