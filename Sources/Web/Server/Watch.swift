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
    /// So many of them may be large, whose bodies come in while they are answered.
    static let mostLarge = 200
    /// Bodies up to here are waited for before the request counts: whoever sends slowly takes nobody's place.
    private static let small = 65_536

    func handle(
        _ request: Request, context: VisitContext, next: (Request, VisitContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let size = request.headers[.contentLength].map { Int($0) ?? Int.max } ?? 0
        let isLarge = size > Self.small || request.headers[.transferEncoding] != nil
        if !isLarge, size > 0 {
            do {
                request.body = RequestBody(buffer: try await request.whole(upTo: Self.small))
            } catch {
                return site.refusal(error, Visit(request, context))
            }
        }
        return try await counted(request, context, isLarge: isLarge, next)
    }

    private func counted(
        _ request: Request, _ context: VisitContext, isLarge: Bool,
        _ next: (Request, VisitContext) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        let isBusy = !site.metrics.begin(isLarge: isLarge) && !Operations.always.contains(request.uri.path)
        var status = 500
        defer {
            let time = (ContinuousClock.now - began).components
            let microseconds = Int(time.seconds) * 1_000_000 + Int(time.attoseconds / 1_000_000_000_000)
            // Its pattern: the path is somebody's text.
            let route = context.endpointPath ?? "-"
            site.metrics.end(
                request.method.rawValue, route, status, isLarge: isLarge, microseconds: microseconds)
            logger.info(
                "answered",
                metadata: [
                    "number": "\(context.number)", "method": "\(request.method.rawValue)", "route": "\(route)",
                    "status": "\(status)", "microseconds": "\(microseconds)",
                ])
        }
        let response =
            isBusy ? site.refusal(Failure.busy, Visit(request, context)) : try await next(request, context)
        status = response.status.code
        return response
    }
}

extension Failure {
    static let busy = Failure(
        .unavailable, "web.busy", "访问的人太多，暂时答复不过来。请过一分钟再试，已经提交的不会丢失。",
        en: "Too many requests at once. Try again in a minute.")
}
