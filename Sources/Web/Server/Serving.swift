import Hummingbird
import Logging
import NIOCore

extension Site {
    /// The server of this site. `ready` is told the port once it answers.
    package func application(
        host: String, port: Int, ready: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var logger = Logger(label: "xueshi")
        logger.logLevel = .notice
        return Application(
            router: router(), server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? 0) }, logger: logger)
    }
}
