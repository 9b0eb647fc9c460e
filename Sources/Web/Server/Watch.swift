import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Counts and times every answer, logs it without personal data, and turns newcomers away while there are too many to
/// answer in good time.
struct Watch: RouterMiddleware {
    let site: Site
    let logger: Logger
    /// So many requests are answered at once; beyond that it is better to say so than to let everybody wait.
    static let most = 2000

    func handle(
        _ request: Request, context: VisitContext, next: (Request, VisitContext) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        site.metrics.begin()
        var status = 500
        defer {
            let time = (ContinuousClock.now - began).components
            let microseconds = Int(time.seconds) * 1_000_000 + Int(time.attoseconds / 1_000_000_000_000)
            // Its pattern: the path is somebody's text.
            let route = context.endpointPath ?? "-"
            site.metrics.end(request.method.rawValue, route, status, microseconds: microseconds)
            logger.info(
                "answered",
                metadata: [
                    "number": "\(context.number)", "method": "\(request.method.rawValue)", "route": "\(route)",
                    "status": "\(status)", "microseconds": "\(microseconds)",
                ])
        }
        let isBusy = site.metrics.open > Self.most
        let response =
            isBusy
            ? site.refusal(Failure.busy, Visit(request, context), isAPI: request.uri.path.hasPrefix("/api/"))
            : try await next(request, context)
        status = response.status.code
        return response
    }
}

extension Failure {
    static let busy = Failure(
        .unavailable, "web.busy", "访问的人太多，暂时答复不过来。请过一分钟再试，已经提交的不会丢失。",
        en: "Too many requests at once. Try again in a minute.")
}
