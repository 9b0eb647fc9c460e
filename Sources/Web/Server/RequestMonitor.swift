import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Counts, times and logs every response without personal data. Refuses new requests while there are too many to be
/// handled in time.
struct RequestMonitor: RouterMiddleware {
    let site: Site
    let logger: Logger
    /// The most requests at once. Further ones are refused, since otherwise all would wait too long.
    static let most = 2000
    /// The most large requests at once, whose bodies arrive while they are handled.
    static let mostLarge = 200
    /// Smaller bodies, in bytes, are received before the request is counted, so slow senders use no capacity.
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
            // The pattern, because the path may contain personal data.
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
