import Certificates
import Foundation
import Hummingbird
import Jobs
import Kernel
import People
import Portal
import Web

/// How the site is served.
package struct SiteConfiguration: Sendable {
    package var host: String
    /// 0 for any free port.
    package var port: Int
    /// The public address; cookies are marked secure only if it is https.
    package var address: String?

    package init(
        host: String = "127.0.0.1", port: Int = 8080, address: String? = nil, logsRequests: Bool = false
    ) {
        (self.host, self.port, self.address, self.logsRequests) = (host, port, address, logsRequests)
    }

    /// The owner of the site, and the contact for help.
    package var imprint = Imprint(
        name: "学时", city: "专业技术人员继续教育", authority: "学时 · 开放源代码", contact: "单位经办人或主管部门", hotline: nil,
        version: "0.1", api: ("学时接口", "学时、年度情况、证书和政策，内容与页面上的相同。"))
    /// The number of certificates that one address may check per minute.
    package var checksPerMinute = Self.checksPerMinute
    package static let checksPerMinute = 30
    /// The time limit in seconds for a database statement of a request; 0 for no limit.
    package var statementSeconds = Self.statementSeconds
    package static let statementSeconds = 30
    /// Writes one line of JSON per response to standard error.
    package var logsRequests = false

    /// Whether the public address uses TLS.
    var isSecure: Bool { address?.lowercased().hasPrefix("https:") ?? false }

    /// Whether only this computer can reach the site.
    var isOwnMachine: Bool { address == nil && ["127.0.0.1", "::1", "localhost"].contains(host) }
}

/// Serves the site until it is stopped; requests in progress are finished first.
///
/// Failures: `serve.port`, `clock.behind`, `web.template`, `web.asset`.
package func serve(
    _ installation: Installation, _ configuration: SiteConfiguration, ready: @escaping @Sendable (Int) async -> Void
) async throws {
    try installation.clock.check()
    let application = try buildApplication(installation, configuration, ready: ready)
    do {
        try await application.runService()
    } catch let failure as Failure {
        throw failure
    } catch {
        let place = "\(configuration.host):\(configuration.port)"
        throw Failure(
            .unavailable, "serve.port", "不能在 \(place) 上提供服务：端口可能已被占用。请换一个 --port。",
            en: "The server cannot listen on \(place); the port may be in use. Choose another --port.")
    }
}

/// The templates and assets of all features.
package let siteViews = features.flatMap(\.views)
package let siteAssets = features.flatMap(\.assets)

/// The whole application, for `serve` and for tests. `ready` gets the port that it listens on.
///
/// Failures: `web.template`, `web.asset`.
package func buildApplication(
    _ installation: Installation, _ configuration: SiteConfiguration,
    ready: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> some ApplicationProtocol {
    let assets = try Assets(installation.features.flatMap(\.assets))
    let views = try Views(installation.features.flatMap(\.views), assets)
    let renewal = RootRenewal()
    var parts = try siteParts(installation, configuration, views, assets)
    parts.isReady = { await installation.isReady() }
    let gauges = parts.gauges
    parts.gauges = { await installation.gauges(renewal) + gauges() }
    parts.background.append { await renewal.keep(installation) }
    parts.isBehindProxy = configuration.address != nil
    parts.scheme = configuration.address.map { _ in configuration.isSecure ? "https" : "http" }
    return try Site(parts, views: views, assets: assets).application(
        host: configuration.host, port: configuration.port, logsRequests: configuration.logsRequests, ready: ready)
}
