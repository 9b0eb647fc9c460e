import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections that make no progress in time, for example if a client sends single bytes or does not read the
/// response.
///
/// Timers are never cancelled, because the event loop would search all timers for them. Each connection checks its
/// deadline at intervals instead.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Times {
        /// From the start of the connection to the end of the request's head.
        var head = TimeAmount.seconds(20)
        /// From the end of the head to the end of the body.
        var body = TimeAmount.seconds(120)
        /// From the end of the body until the response is written, and again until the client has received it.
        var response = TimeAmount.seconds(120)
        /// In bytes a second. A client that is at least as fast gets the time that its transfer needs.
        var rate = 32 << 10
        /// On an idle connection, to the end of the next head.
        var rest = TimeAmount.seconds(75)
        /// The remaining time after the server was asked to stop.
        var ending = TimeAmount.seconds(20)
        /// The longest interval between two checks of the deadline.
        var look = TimeAmount.seconds(10)
    }

    private let times: Times
    private var due = NIODeadline.distantFuture
    private var limit = NIODeadline.distantFuture
    /// Requests whose responses are not completely sent, and those among them whose response has begun.
    private var (open, leaving) = (0, 0)
    private var isReading = false
    private var isOver = false
    private var isLooking = false

    init(_ times: Times = Times()) { self.times = times }

    func channelActive(context: ChannelHandlerContext) {
        expect(times.head, context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { expect(times.head, context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        context.fireChannelInactive()
    }

    /// A request that arrives while a response is being sent does not reset the deadline.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            (open, isReading) = (open + 1, true)
            if open == 1 { expect(times.body, context) }
        case .end:
            isReading = false
            if open == 1, leaving == 0 { expect(times.response, context) }
        case .body(let bytes): if isReading { extend(bytes.readableBytes, times.body, context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .body(let bytes) = part, leaving == 0 { extend(bytes.readableBytes, times.response, context) }
        guard case .end = part else { return context.write(data, promise: promise) }
        if leaving == 0 { expect(times.response, context) }
        leaving += 1
        let taken = promise ?? context.eventLoop.makePromise()
        taken.futureResult.assumeIsolated().whenComplete { _ in self.responded(context) }
        context.write(data, promise: taken)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { limit = context.eventLoop.now + times.ending }
        context.fireUserInboundEventTriggered(event)
    }

    private func responded(_ context: ChannelHandlerContext) {
        (open, leaving) = (open - 1, leaving - 1)
        expect(open == 0 ? times.rest : open == 1 && isReading ? times.body : times.response, context)
    }

    private func expect(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        due = context.eventLoop.now + time
        guard !isLooking, !isOver else { return }
        isLooking = true
        look(context)
    }

    /// Moves the deadline by the time that the bytes may take, at most to a full period from now.
    private func extend(_ bytes: Int, _ time: TimeAmount, _ context: ChannelHandlerContext) {
        let more = TimeAmount.nanoseconds(Int64(bytes) * 1_000_000_000 / Int64(times.rate))
        due = max(due, min(due + more, context.eventLoop.now + time))
    }

    private func look(_ context: ChannelHandlerContext) {
        let next = min(due, limit, context.eventLoop.now + times.look)
        context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            guard !self.isOver else { return }
            guard context.eventLoop.now >= min(self.due, self.limit) else { return self.look(context) }
            context.close(promise: nil)
        }
    }
}
