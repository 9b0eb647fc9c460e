import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// Lets a form's act through only from a page of this site: browsers say where a request was made.
///
/// `Sec-Fetch-Site` says it outright; older browsers send `Origin` with every POST. A request with neither was not made
/// by a browser's page, so it carries nobody's cookie against their will. The API looks at no cookie: what a page of
/// another site sends there carries only what that page knows.
struct CSRFProtection: RouterMiddleware {
    /// By which people reach the site; `nil` where nobody has said it.
    let scheme: String?

    func handle(
        _ httpRequest: Request, context: WebRequestContext, next: (Request, WebRequestContext) async throws -> Response
    ) async throws -> Response {
        let isAPI = httpRequest.uri.path.hasPrefix("/api/")
        guard isAPI || [.get, .head, .options].contains(httpRequest.method) || isOwn(httpRequest) else {
            throw Failure.otherSite
        }
        return try await next(httpRequest, context)
    }

    private func isOwn(_ httpRequest: Request) -> Bool {
        if let site = Self.fetchSite.flatMap({ httpRequest.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin = httpRequest.headers[.origin] else { return true }
        guard let from = URLComponents(string: origin) else { return false }
        return from.isOf(httpRequest) && (scheme == nil || from.scheme?.lowercased() == scheme)
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
}

extension URLComponents {
    fileprivate func isOf(_ httpRequest: Request) -> Bool {
        host.map { host in port.map { "\(host):\($0)" } ?? host } == httpRequest.head.authority
    }
}

extension WebRequest {
    /// The page of this site that it was asked from, as far as the browser says so.
    var cameFrom: String? {
        guard let text = httpRequest.headers[.referer], let url = URLComponents(string: text), url.isOf(httpRequest)
        else {
            return nil
        }
        return url.percentEncodedPath + (url.percentEncodedQuery.map { "?" + $0 } ?? "")
    }
}

extension Failure {
    static var otherSite: Failure {
        Failure(
            .denied, "web.other-site", "这个操作不是从本网站的页面发出的，没有执行。请打开本网站，在页面上重新操作。",
            en: "This act was not sent from a page of this site and was not done. Open the site and do it there.")
    }
}
