import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import NIOHTTP1

/// The whole site, composed of the features.
package struct Site: Sendable {
    /// The parts of a site, provided by the features and joined by the composition root.
    package struct Parts: Sendable {
        package var routes: [Route] = []
        package var navigation: [NavigationItem] = []
        /// The pages that a signed-in user opens most, for the bar at the lower edge of a phone.
        package var phoneBar: [NavigationItem] = []
        /// The page that the installed app opens.
        package var start = Link.home
        package var imprint: Imprint
        /// The identity of the request's session cookie.
        package var identity: @Sendable (Request) async throws -> (any Identity)? = { _ in nil }
        /// The sign-in page, which leads back to `back`, and the route that signs out.
        package var signIn: @Sendable (_ back: String) -> Link = { _ in Link(path: "/") }
        package var signOut = Link(path: "/")
        /// The page of one's own account.
        package var account = Link(path: "/")
        /// The sign-in page after a form was sent without a valid session; it keeps the typed values.
        package var signInAgain: (@Sendable (_ back: String, _ typed: SubmittedForm?) -> Page)?
        /// Whether the site can serve, and further figures for operations.
        package var isReady: @Sendable () async -> Bool = { true }
        package var gauges: @Sendable () async -> [Gauge] = { [] }
        /// Work that runs until the server stops.
        package var background: [@Sendable () async -> Void] = []
        /// The longest time of one database statement in a request.
        package var statementLimit: Duration?
        /// Whether users reach the site through a proxy that sends `X-Forwarded-For`.
        package var isBehindProxy = false
        /// Called with each failure that a signed-in user gets, and the pattern of the route.
        package var refused: @Sendable (WebRequest, Failure, _ pattern: String) async -> Void = { _, _, _ in }
        /// The scheme under which users reach the site, if known; `https` behind TLS.
        package var scheme: String?
        /// The page where a user replaces a first password, which leads back to `back`.
        package var newcomers: @Sendable (_ back: String) -> Link = { _ in Link(path: "/") }

        package init(_ imprint: Imprint) { self.imprint = imprint }
    }

    private let parts: Parts
    private let assets: Assets
    let metrics = Metrics()
    private let frame: View<PageLayout>
    private let failure: View<FailurePage>
    private let manifest: Route

    /// Failures: `web.template`, `web.asset`.
    package init(_ parts: Parts, views: Views, assets: Assets) throws {
        self.parts = parts
        self.assets = assets
        frame = try views.view("frame")
        failure = try views.view("failure")
        manifest = try AppManifest(parts.imprint, start: parts.start, assets).route()
    }

    var background: [@Sendable () async -> Void] { parts.background }

    package var routes: [Route] {
        parts.routes + [assets.route, manifest, TextSize.route(isSecure: parts.scheme == "https")]
            + Operations(metrics: metrics, isReady: parts.isReady, gauges: parts.gauges).routes
    }

    /// The router with all routes.
    func router(_ logger: Logger = Logger(label: "xueshi")) -> Router<WebRequestContext> {
        let router = Router(context: WebRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.addMiddleware {
            SecurityHeaders(isSecure: parts.scheme == "https")
            RequestMonitor(site: self, logger: logger)
            NotFoundMiddleware(site: self)
            CSRFProtection(scheme: parts.scheme)
        }
        for route in routes {
            router.on(RouterPath(route.pattern), method: route.method) { httpRequest, context in
                if route.isQuick { return try await respond(route, httpRequest, context) }
                return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try await respond(route, httpRequest, context)
                }
            }
        }
        return router
    }

    private func respond(_ route: Route, _ httpRequest: Request, _ context: WebRequestContext) async throws -> Response
    {
        try await StatementLimit.$current.withValue(parts.statementLimit) {
            try await limitedResponse(route, httpRequest, context)
        }
    }

    private func limitedResponse(
        _ route: Route, _ httpRequest: Request, _ context: WebRequestContext
    ) async throws -> Response {
        var context = context
        do {
            if !route.isAPI { context.identity = try await parts.identity(httpRequest) }
            let request = WebRequest(httpRequest, context, trustsProxy: parts.isBehindProxy)
            _ = try request.query.checked()
            try route.accessPolicy.admit(request.identity)
            let result = try await route.respond(request, context.parameters)
            if request.identity != nil, case .page(let page) = result, case .failed(let failure) = page.status {
                await parts.refused(request, failure, route.pattern)
            }
            return try await response(result, request)
        } catch {
            let request = WebRequest(httpRequest, context, trustsProxy: parts.isBehindProxy)
            if let failure = error as? Failure, request.identity != nil {
                await parts.refused(request, failure, route.pattern)
            }
            return await again(error, request, route) ?? refusal(error, request, isAPI: route.isAPI)
        }
    }

    /// The sign-in page if the session ended while the user filled in a form. The typed values are kept. A form without
    /// typed values leads back to the page that it was sent from.
    private func again(_ error: any Error, _ request: WebRequest, _ route: Route) async -> Response? {
        guard let failure = error as? Failure, failure == .signIn, request.httpRequest.method == .post,
            let page = parts.signInAgain
        else { return nil }
        let path = request.httpRequest.uri.path
        let form = route.typed.isEmpty ? nil : try? await request.form()
        let typed = form.map { SubmittedForm(form: $0, path: path, fields: route.typed) }
        return framed(page(typed?.path ?? request.cameFrom ?? "/", typed), request)
    }

    private func response(_ result: WebResponse, _ request: WebRequest) async throws -> Response {
        switch result {
        case .page(let page): framed(page, request)
        case .moved(let link): .redirect(to: link.text, type: .normal)
        case .file(let file): try await file.response(to: request.httpRequest)
        case .bytes(let bytes, let type, let file): .file(bytes, type: type, name: file)
        case .response(let response): response
        }
    }

    private func framed(_ page: Page, _ request: WebRequest) -> Response {
        let path = request.httpRequest.uri.path
        let place = page.place?.text ?? path
        let navigation = parts.navigation.open(to: request.identity, at: place)
        let phoneBar = request.identity == nil ? [] : parts.phoneBar.open(to: request.identity, at: place)
        let accountBanner = request.identity.map {
            AccountBanner(name: $0.name, role: $0.role.name, account: parts.account, signOut: parts.signOut)
        }
        let html = frame.draw(
            PageLayout(
                title: page.title, modules: page.modules, navigation: navigation, account: accountBanner,
                breadcrumbs: page.breadcrumbs, code: page.status.failureCode, body: page.body,
                signIn: parts.signIn(path), imprint: parts.imprint, phoneBar: phoneBar,
                textSize: TextSize(of: request.httpRequest), isInWeChat: request.isInWeChat, here: request.here))
        let response = Response.html(html, status: page.status.code)
        return if case .failed(let failure) = page.status { response.retrying(failure) } else { response }
    }

    /// The response to a failure where there is no route.
    func refusal(_ error: any Error, _ request: WebRequest) -> Response {
        refusal(error, request, isAPI: request.httpRequest.uri.path.hasPrefix("/api/"))
    }

    /// The response to a failure, as a page or as JSON.
    func refusal(_ error: any Error, _ request: WebRequest, isAPI: Bool) -> Response {
        let failure = known(error, request)
        if !isAPI, request.httpRequest.method == .get, let way = way(past: failure, request) {
            return .redirect(to: way.text, type: .normal)
        }
        guard !isAPI, !request.prefersJSON else { return Problem.response(failure, number: request.number) }
        let body = self.failure.draw(
            FailurePage(
                title: failure.title, sentence: failure.words.chinese, number: request.number,
                way: failure.isSame(as: .forbidden(Role("", ""))) ? Breadcrumb("我的账号", parts.account) : nil,
                hasHotline: parts.imprint.hotline != nil, contact: parts.imprint.contact))
        return framed(Page(failure.title, status: .failed(failure), body), request)
    }

    /// The page that the user must visit first; `nil` if the failure is another one.
    private func way(past failure: Failure, _ request: WebRequest) -> Link? {
        switch failure {
        case .signIn: parts.signIn(request.httpRequest.uri.description)
        case .firstPassword: parts.newcomers(request.httpRequest.uri.description)
        default: nil
        }
    }

    private func known(_ error: any Error, _ request: WebRequest) -> Failure {
        if let failure = error as? Failure {
            note(failure, request)
            return failure
        }
        if let error = error as? any HTTPResponseError {
            switch error.status {
            case .notFound: return .noPage
            case .contentTooLarge: return .tooLarge
            default: break
            }
        }
        // An error of the connection, not of the program.
        if error is HTTPParserError || error is IOError || error is ChannelError { return .broken }
        // The text of an error may hold what a person typed, so only its type is logged.
        Logger(label: "xueshi").error(
            "unforeseen", metadata: ["number": "\(request.number)", "type": "\(type(of: error))"])
        return .unforeseen
    }

    /// Logs the detail from the engine or the system, which is never shown to users.
    private func note(_ failure: Failure, _ request: WebRequest) {
        guard let detail = failure.detail else { return }
        Logger(label: "xueshi").error(
            "failed", metadata: ["number": "\(request.number)", "code": "\(failure.code)", "detail": "\(detail)"])
    }
}

/// The response where no route matches.
struct NotFoundMiddleware: RouterMiddleware {
    private let site: Site
    private let routes: [(pieces: [Substring], method: HTTPRequest.Method)]

    init(site: Site) {
        self.site = site
        routes = site.routes.map { ($0.pattern.split(separator: "/"), $0.method) }
    }

    func handle(
        _ httpRequest: Request, context: WebRequestContext, next: (Request, WebRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            guard httpRequest.head.namesHost else { throw Failure.broken }
            return try await next(httpRequest, context)
        } catch {
            let allowed = methods(at: httpRequest.uri.path)
            let isElsewise =
                (error as? any HTTPResponseError)?.status == .notFound && !allowed.isEmpty
                && !allowed.contains(httpRequest.method.rawValue)
            var response = site.refusal(isElsewise ? Failure.otherMethod : error, WebRequest(httpRequest, context))
            if isElsewise { response.headers[.allow] = allowed.joined(separator: ", ") }
            return response
        }
    }

    /// The methods that a path supports. HEAD is supported wherever GET is.
    private func methods(at path: String) -> [String] {
        let pieces = path.split(separator: "/")
        let found = routes.filter { route in
            route.pieces.count == pieces.count
                && zip(route.pieces, pieces).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }.map(\.method.rawValue)
        return Set(found.contains("GET") ? found + ["HEAD"] : found).sorted()
    }
}

extension Page.Status {
    fileprivate var code: HTTPResponse.Status {
        switch self {
        case .ok: .ok
        case .failed(let failure): failure.status
        case .notFound: .notFound
        }
    }

    fileprivate var failureCode: String { if case .failed(let failure) = self { failure.code } else { "" } }
}

extension WebRequest {
    var prefersJSON: Bool {
        let accept = httpRequest.headers[.accept] ?? ""
        return accept.contains("json") && !accept.contains("text/html")
    }
}

extension Failure {
    static var otherMethod: Failure {
        Failure(
            .otherMethod, "web.method", "这个网址不接受这种操作。请从页面上的链接和按钮进入。",
            en: "This address does not allow this method; see the header Allow.")
    }

    package static var tooLarge: Failure {
        Failure(
            .tooLarge, "web.too-large", "提交的内容太大，没有接收。请减小文件或分几次提交。",
            en: "The request is too large and was not accepted. Send less, or in parts.")
    }
}

extension Response {
    static func html(_ html: HTML, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: html.bytes)))
    }

    static func file(_ bytes: [UInt8], type: FileType, name: String?) -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: type.rawValue],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        if let name {
            response.headers[.contentDisposition] = FileName.disposition(name, type, isInline: type.mayBeShown)
        }
        return response
    }
}
