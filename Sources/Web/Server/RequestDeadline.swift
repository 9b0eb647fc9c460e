import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections whose request does not arrive in time: a client that sends a byte now and then would otherwise
/// hold one for ever.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// From the connection's begin to the end of the request's head; from there to the end of its body; from an
    /// answer to the end of the next head.
    struct Times {
        var head = TimeAmount.seconds(20)
        var body = TimeAmount.seconds(120)
        var rest = TimeAmount.seconds(75)
    }

    private let times: Times
    private var timer: Scheduled<Void>?

    init(_ times: Times = Times()) { self.times = times }

    func channelActive(context: ChannelHandlerContext) {
        expect(within: times.head, context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { expect(within: times.head, context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: expect(within: times.body, context)
        case .end: timer?.cancel()
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { expect(within: times.rest, context) }
        context.write(data, promise: promise)
    }

    private func expect(within time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
    }
}
