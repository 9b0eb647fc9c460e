import HTTPTypes
import Hummingbird
import Kernel

/// What the machine's keeper asks: whether it lives, whether it can serve, and its figures.
struct Operations: Sendable {
    let metrics: Metrics
    /// Whether it can serve: the database answers.
    let isReady: @Sendable () async -> Bool
    let gauges: @Sendable () async -> [Gauge]

    static let health: Path<> = Path("/health")
    static let ready: Path<> = Path("/ready")
    /// Answered however many others ask: who looks after the machine must not take a crowd for a breakdown.
    static let always: Set<String> = [health.pattern, ready.pattern]
    static let figures: Path<> = Path("/metrics")

    var routes: [Route] {
        [
            .api(Self.health) { _ in .response(Self.plain("ok\n")) }.atOnce,
            .api(Self.ready) { _ in
                guard await isReady() else { throw Failure.notReady }
                return .response(Self.plain("ready\n"))
            },
            .api(Self.figures) { request in
                guard request.isFromThisMachine else { throw Failure.noPage }
                return .response(Self.plain(metrics.text(await gauges())))
            },
        ]
    }

    private static func plain(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension WebRequest {
    /// Asked on the machine itself, and not through a proxy that stands on it.
    var isFromThisMachine: Bool {
        ["127.0.0.1", "::1", "-"].contains(address) && forwarded.flatMap { httpRequest.headers[$0] } == nil
    }
}

extension Failure {
    static let notReady = Failure(
        .unavailable, "web.not-ready", "数据库暂时连不上，正在重试。请稍后再试。", en: "The database does not answer. Try later.")
}
