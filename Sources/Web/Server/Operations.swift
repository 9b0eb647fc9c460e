import HTTPTypes
import Hummingbird
import Kernel

/// Endpoints for operations: liveness, readiness and metrics.
struct Operations: Sendable {
    let metrics: Metrics
    /// Whether the database responds.
    let isReady: @Sendable () async -> Bool
    let gauges: @Sendable () async -> [Gauge]

    static let health: Path<> = Path("/health")
    static let ready: Path<> = Path("/ready")
    /// Exempt from the limit on requests, so that overload does not look like a failure to monitoring.
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
    /// Whether the request comes from this machine and not through a proxy on it.
    var isFromThisMachine: Bool {
        ["127.0.0.1", "::1", "-"].contains(address) && forwarded.flatMap { httpRequest.headers[$0] } == nil
    }
}

extension Failure {
    static let notReady = Failure(
        .unavailable, "web.not-ready", "数据库暂时连不上，正在重试。请稍后再试。", en: "The database does not respond. Try later.")
}
