import Hummingbird
import Logging
import NIOCore

/// A server with one route, the baseline for start times. `ready` gets its port.
package func serveBare(ready: @escaping @Sendable (Int) async -> Void) async throws {
    let router = Router()
    router.get("/health") { _, _ in "ok\n" }
    var logger = Logger(label: "bare")
    logger.logLevel = .error
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in await ready(channel.localAddress?.port ?? 0) }, logger: logger)
    try await application.runService()
}
