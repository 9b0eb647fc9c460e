import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// Refuses unsafe requests from pages of other sites.
///
/// Current browsers send `Sec-Fetch-Site`; older ones send `Origin` with every POST. A request with neither was not
/// made by a browser's page, so it carries no user's cookie without consent. The API ignores cookies, so it needs no
/// protection.
struct CSRFProtection: RouterMiddleware {
    /// The scheme under which users reach the site; `nil` if it is not configured.
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
    /// The page of this site that the request came from, by the `Referer` field.
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
            en: "The request did not come from a page of this site and was refused. Open the site and repeat it there.")
    }
}
