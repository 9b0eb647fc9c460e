import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Counts and times every answer, logs it without personal data, and turns newcomers away while there are too many to
/// answer in good time.
struct RequestMonitor: RouterMiddleware {
    let site: Site
    let logger: Logger
    /// So many requests are answered at once; beyond that it is better to say so than to let everybody wait.
    static let most = 2000
    /// So many of them may be large, whose bodies come in while they are answered.
    static let mostLarge = 200
    /// Bodies up to here are waited for before the request counts: whoever sends slowly takes nobody's place.
    private static let small = 65_536

    func handle(
        _ httpRequest: Request, context: WebRequestContext, next: (Request, WebRequestContext) async throws -> Response
    ) async throws -> Response {
        var httpRequest = httpRequest
        let size = httpRequest.headers[.contentLength].map { Int($0) ?? Int.max } ?? 0
        let isLarge = size > Self.small || httpRequest.headers[.transferEncoding] != nil
        if !isLarge, size > 0 {
            do {
                httpRequest.body = RequestBody(buffer: try await httpRequest.whole(upTo: Self.small))
            } catch {
                return site.refusal(error, WebRequest(httpRequest, context))
            }
        }
        return try await counted(httpRequest, context, isLarge: isLarge, next)
    }

    private func counted(
        _ httpRequest: Request, _ context: WebRequestContext, isLarge: Bool,
        _ next: (Request, WebRequestContext) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        let isBusy = !site.metrics.begin(isLarge: isLarge) && !Operations.always.contains(httpRequest.uri.path)
        var status = 500
        defer {
            let time = (ContinuousClock.now - began).components
            let microseconds = Int(time.seconds) * 1_000_000 + Int(time.attoseconds / 1_000_000_000_000)
            // Its pattern: the path is somebody's text.
            let route = context.endpointPath ?? "-"
            site.metrics.end(
                httpRequest.method.rawValue, route, status, isLarge: isLarge, microseconds: microseconds)
            logger.info(
                "answered",
                metadata: [
                    "number": "\(context.number)", "method": "\(httpRequest.method.rawValue)", "route": "\(route)",
                    "status": "\(status)", "microseconds": "\(microseconds)",
                ])
        }
        let response =
            isBusy ? site.refusal(Failure.busy, WebRequest(httpRequest, context)) : try await next(httpRequest, context)
        status = response.status.code
        return response
    }
}

extension Failure {
    static let busy = Failure(
        .unavailable, "web.busy", "访问的人太多，暂时答复不过来。请过一分钟再试，已经提交的不会丢失。",
        en: "Too many requests at once. Try again in a minute.")
}
