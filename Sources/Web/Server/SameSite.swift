import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// Lets a form's act through only from a page of this site: browsers say where a request was made.
///
/// `Sec-Fetch-Site` says it outright; older browsers send `Origin` with every POST. A request with neither was not made
/// by a browser's page, so it carries nobody's cookie against their will.
struct SameSite: RouterMiddleware {
    /// By which people reach the site; `nil` where nobody has said it.
    let scheme: String?

    func handle(
        _ request: Request, context: VisitContext, next: (Request, VisitContext) async throws -> Response
    ) async throws -> Response {
        guard [.get, .head, .options].contains(request.method) || isOwn(request) else { throw Failure.otherSite }
        return try await next(request, context)
    }

    private func isOwn(_ request: Request) -> Bool {
        if let site = Self.fetchSite.flatMap({ request.headers[$0] }) { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        guard let from = URLComponents(string: origin) else { return false }
        return from.isOf(request) && (scheme == nil || from.scheme?.lowercased() == scheme)
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
}

extension URLComponents {
    fileprivate func isOf(_ request: Request) -> Bool {
        host.map { host in port.map { "\(host):\($0)" } ?? host } == request.head.authority
    }
}

extension Visit {
    /// The page of this site that it was asked from, as far as the browser says so.
    var cameFrom: String? {
        guard let text = request.headers[.referer], let url = URLComponents(string: text), url.isOf(request) else {
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
