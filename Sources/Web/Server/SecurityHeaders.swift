import HTTPTypes
import Hummingbird

/// Adds security headers to every response. It is the outermost middleware.
struct SecurityHeaders: RouterMiddleware {
    /// Whether users reach the site by TLS; browsers must then use only TLS for a year.
    let isSecure: Bool

    /// No content from elsewhere, no inline scripts, no frames.
    static let policy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    func handle(
        _ httpRequest: Request, context: WebRequestContext, next: (Request, WebRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(httpRequest, context)
        for (name, value) in Self.always { response.headers[name] = value }
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        if let name = Self.number { response.headers[name] = context.number }
        if [429, 503].contains(response.status.code), response.headers[.retryAfter] == nil {
            response.headers[.retryAfter] = "60"
        }
        if httpRequest.headers[.connection] == "close" { response.headers[.connection] = "close" }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private static let always: [(HTTPField.Name, String)] = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

    private static let number = HTTPField.Name("X-Request-Number")
}
