import NIOCore

/// Keeps a connection open for 100 ms after the server was asked to stop. An idle connection may have an unread request
/// in its socket, which would be lost if the connection were closed at once.
final class GracefulShutdownHandler: ChannelInboundHandler {
    typealias InboundIn = Any

    private static let moment = TimeAmount.milliseconds(100)

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.moment) {
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }
}
