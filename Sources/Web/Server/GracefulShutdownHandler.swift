import NIOCore

/// Keeps a connection open for a moment after the server was told to stop, so that what has arrived by then is read and
/// answered: a connection that seems at rest may have a request in its socket, which closing would throw away.
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
