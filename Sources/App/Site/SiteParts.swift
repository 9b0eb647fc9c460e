import Jobs
import Kernel
import People
import Portal
import Web

/// Joins the parts of all features: pages, navigation, API, gauges and background work.
///
/// Failures: `web.template`, `web.asset`.
func siteParts(
    _ installation: Installation, _ configuration: SiteConfiguration, _ views: Views, _ assets: Assets
) throws -> Site.Parts {
    let people = installation.people
    let accounts = Accounts(installation.database, people, allowsDemo: configuration.isOwnMachine)
    let cookies = AccountCookies(isSecure: configuration.isSecure)
    let (pages, contributions) = (try AccountPages(accounts, views, cookies), Contributions())
    let context = SiteContext(
        installation.services, installation.jobs, installation.creditStatuses, views, assets, accounts,
        Notices(installation.database, people), pages, cookies,
        RateLimit(perMinute: configuration.checksPerMinute), contributions)
    let sites = try installation.features.map { try $0.site(context) }
    contributions.fill(sites)

    var parts = Site.Parts(configuration.imprint)
    let seconds = configuration.statementSeconds
    parts.statementLimit = seconds > 0 ? .seconds(seconds) : nil
    let tokens = Tokens(installation.database, people, allowsDemo: configuration.isOwnMachine)
    let responses = StoredResponses(installation.database, people)
    let authenticator = APIAuthenticator(now: people.system.now, responses: responses) {
        try await tokens.tokenPrincipal($0)
    }
    parts.routes =
        sites.flatMap(\.routes)
        + OpenAPI(sites.flatMap(\.endpoints), authenticator, configuration.imprint).routes
    parts.navigation = sites.flatMap(\.navigation)
    (parts.phoneBar, parts.start) = (PhoneBar.items, YearPages.path.link())
    let acts = installation.acts
    parts.background = sites.compactMap(\.background) + [{ await responses.keep() }]
    if acts.isNeeded { parts.background.append { await acts.work() } }
    let (outbox, channels) = (installation.outbox, installation.channels)
    if !channels.isEmpty { parts.background.append { await outbox.work(channels) } }
    parts.gauges = { await sites.gauges() + acts.gauges() + outbox.gauges() }
    signIn(&parts, pages)
    let refusals = RecordedRefusals(installation.audit)
    parts.refused = { await refusals.take($0, $1, $2) }
    return parts
}

private func signIn(_ parts: inout Site.Parts, _ accounts: AccountPages) {
    parts.identity = { try await accounts.principal($0) }
    parts.signIn = { AccountPages.signIn(back: $0) }
    parts.signInAgain = { accounts.again(back: $0, $1) }
    parts.newcomers = { AccountPages.passwordPath.link().asking([("back", $0)]) }
    parts.account = OwnAccountPages.path.link()
    parts.signOut = AccountPages.signOutPath.link()
}

extension ActFeed {
    fileprivate func gauges() async -> [Gauge] {
        guard isNeeded, let count = try? await unread() else { return [] }
        return [Gauge("xueshi_acts_unread", "Recorded acts that subscriptions have not read.", count)]
    }
}

extension Outbox {
    fileprivate func gauges() async -> [Gauge] {
        guard let counts = try? await counts() else { return [] }
        return [
            Gauge("xueshi_outbox_open", "Messages that are not delivered yet.", counts.open),
            Gauge("xueshi_outbox_failed", "Messages given up within a day.", counts.failed),
        ]
    }
}

extension [FeatureSite] {
    fileprivate func gauges() async -> [Gauge] {
        var gauges: [Gauge] = []
        for site in self { gauges += await site.gauges() }
        return gauges
    }
}
