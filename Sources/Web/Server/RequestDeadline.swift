import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections on which nothing comes of it in time: a client that sends a byte now and then, or reads nothing of
/// what it asked for, would otherwise hold one for ever.
///
/// No timer is ever cancelled, since the loop would search all timers for it: each connection looks at its time now and
/// then instead.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Times {
        /// From the connection's begin to the end of the request's head.
        var head = TimeAmount.seconds(20)
        /// From there to the end of its body.
        var body = TimeAmount.seconds(120)
        /// From there until it is answered, and again until the client has taken the answer.
        var response = TimeAmount.seconds(120)
        /// Whoever sends or takes so many bytes a second, or more, is given the time that this takes.
        var rate = 32 << 10
        /// Without a request, to the end of the next head.
        var rest = TimeAmount.seconds(75)
        /// All that is left when the server is told to stop.
        var ending = TimeAmount.seconds(20)
        /// A deadline that has moved nearer is seen after so long.
        var look = TimeAmount.seconds(10)
    }

    private let times: Times
    private var due = NIODeadline.distantFuture
    private var limit = NIODeadline.distantFuture
    /// Requests that have begun and whose answers are not all taken; so many of them have their answer under way.
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

    /// What is asked while an answer waits to be taken begins no wait anew.
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
        taken.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
        context.write(data, promise: taken)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { limit = context.eventLoop.now + times.ending }
        context.fireUserInboundEventTriggered(event)
    }

    private func answered(_ context: ChannelHandlerContext) {
        (open, leaving) = (open - 1, leaving - 1)
        expect(open == 0 ? times.rest : open == 1 && isReading ? times.body : times.response, context)
    }

    private func expect(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        due = context.eventLoop.now + time
        guard !isLooking, !isOver else { return }
        isLooking = true
        look(context)
    }

    /// Bytes went by: the deadline moves on by the time that they may take, but never further than a fresh one.
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
