import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

extension Site {
    /// The server of this site. `ready` gets the port when the server accepts connections. ``Parts/background`` runs
    /// while the server runs and is cancelled at shutdown.
    package func application(
        host: String, port: Int, logsRequests: Bool = false,
        ready: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var logger = Logger(label: "xueshi")
        logger.logLevel = logsRequests ? .info : .notice
        var application = Application(
            router: router(logger),
            server: HTTPServerBuilder { responder in
                EventLoopDispatch(channel: HTTP1Channel(responder: responder, configuration: Self.connections))
            },
            configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? 0) }, logger: logger)
        application.addServices(BackgroundService(work: background))
        return application
    }

    private static let connections = HTTP1Channel.Configuration(
        additionalChannelHandlers: [ConnectionCloseHandler(), RequestDeadline()],
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))
}

/// Background work beside the server.
private struct BackgroundService: Service {
    let work: [@Sendable () async -> Void]

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for one in work { group.addTask { await one() } }
            }
        }
        try await gracefulShutdown()
    }
}
