import Certificates
import Jobs
import Kernel
import People
import Portal
import Web

/// What all rooms offer, joined: their pages, what leads to them, and the API.
///
/// Failures: `web.template`, `web.asset`.
func siteParts(
    _ installation: Installation, _ configuration: SiteConfiguration, _ views: Views, _ assets: Assets
) throws -> Site.Parts {
    let (registry, certificates, jobs) = (installation.registry, installation.certificates, installation.jobs)
    let logins = Accounts(installation.database, installation.people, allowsDemo: configuration.isOwnMachine)
    let cookies = AccountCookies(isSecure: configuration.isSecure)
    let accounts = try AccountPages(logins, views, cookies)
    let notices = Notices(installation.database, installation.people)
    let noticePages = try NoticePages(notices, views)
    let home = try HomePages(
        registry, notices, views, signIn: AccountPages.signIn(back: YearPages.path.link().text))
    let year = try YearPages(registry, certificates, views)
    let roster = try RosterPages(registry, certificates, views)
    let personLogins = try LoginPages(logins, roster, views)
    let records = try RecordPages(roster, views)
    let imports = try ImportPages(registry, jobs, views)
    let years = try YearsPages(registry, jobs, views)
    let figures = try FigurePages(registry, views)
    let jobPages = try JobPages(
        jobs, views, next: { ImportPages.next($0) ?? YearsPages.next($0) },
        downloading: { request, job in
            try await installation.audit.acting(as: request.actor).record(.downloadFile, .job(job.number.number))
        })
    let policies = try PolicyPages(registry, views)
    let auditPages = try AuditPages(installation.audit, jobs, views)
    let requests = try UpstreamPages(registry, views)
    let checks = RateLimit(perMinute: configuration.checksPerMinute)
    let verification = try VerificationPages(certificates, views, assets, checks)

    var parts = Site.Parts(configuration.imprint)
    parts.routes = home.routes + year.routes + imports.routes + roster.routes + years.routes
    parts.routes += personLogins.routes + figures.routes + jobPages.routes + policies.routes + noticePages.routes
    parts.routes += requests.routes + records.routes
    parts.routes += try StylePages(views).routes + verification.routes + accounts.routes
    parts.routes += try OwnAccountPages(logins, views, cookies).routes
    parts.routes +=
        try CreditStatusPages(registry, views).routes + api(installation, configuration, roster, checks).routes
    parts.navigation = home.navigation + year.navigation + roster.navigation + imports.navigation
    parts.navigation += requests.navigation + years.navigation + figures.navigation + jobPages.navigation
    parts.routes += auditPages.routes
    parts.navigation += auditPages.navigation + policies.navigation + noticePages.navigation + verification.navigation
    parts.principal = { try await accounts.principal($0) }
    parts.signIn = { AccountPages.signIn(back: $0) }
    parts.signInAgain = { accounts.again(back: $0, $1) }
    parts.newcomers = AccountPages.passwordPath.link()
    parts.account = OwnAccountPages.path.link()
    let refusals = RecordedRefusals(installation.audit)
    parts.refused = { await refusals.take($0, $1, $2) }
    parts.signOut = AccountPages.signOutPath.link()
    return parts
}

private func api(
    _ installation: Installation, _ configuration: SiteConfiguration, _ roster: RosterPages, _ checks: RateLimit
) -> OpenAPI {
    let tokens = Tokens(installation.database, installation.people, allowsDemo: configuration.isOwnMachine)
    return OpenAPI(
        VerificationAPI(installation.certificates, checks).endpoints
            + PortalAPI(installation.registry, roster).endpoints,
        APIAuthenticator(now: installation.people.system.now) { try await tokens.tokenPrincipal($0) })
}
