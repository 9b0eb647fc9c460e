import HTTPTypes
import Hummingbird

/// The size of all texts, chosen by the user of a browser. The choice is in a cookie without personal data, so it works
/// before signing in and without scripts.
enum TextSize: String, Sendable, CaseIterable {
    case normal, large

    static let path: Path<> = Path("/text-size")
    private static let cookie = "text-size"
    private static let seconds = 400 * 86_400

    init(of httpRequest: Request) {
        self = httpRequest.cookies[Self.cookie].flatMap { TextSize(rawValue: $0.value) } ?? .normal
    }

    /// The other size.
    var other: TextSize { self == .normal ? .large : .normal }

    var title: String { self == .normal ? "标准字号" : "大字版" }

    /// Keeps the choice and leads back to the page.
    static func route(isSecure: Bool) -> Route {
        .post(path, .everyone) { request in
            let form = try await request.form()
            let size = TextSize(rawValue: form["size"]) ?? .normal
            var response = Response.redirect(to: (Link(local: form["back"]) ?? .home).text, type: .normal)
            response.setCookie(
                Cookie(
                    name: cookie, value: size.rawValue, maxAge: size == .normal ? 0 : seconds, path: "/",
                    secure: isSecure, httpOnly: true, sameSite: .lax))
            return .response(response)
        }
    }
}

extension WebRequest {
    /// The page to return to after a choice on this one. A page that answers a form is left for the form's page.
    var here: String {
        [.get, .head].contains(httpRequest.method) ? httpRequest.uri.description : cameFrom ?? Link.home.text
    }

    /// Whether the page is opened inside WeChat, whose browser opens no PDF and saves no files.
    var isInWeChat: Bool { httpRequest.headers[.userAgent]?.contains("MicroMessenger") ?? false }
}
