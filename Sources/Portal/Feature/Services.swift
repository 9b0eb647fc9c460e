import Certificates
import Documents
import Jobs
import Kernel
import People
import Registry
import Web

/// What features stand on: the open installation, as far as they may use it.
package struct Services: Sendable {
    package let registry: Registry
    package let certificates: Certificates
    package let audit: AuditLog
    /// Where uploads are read.
    package let reader: SheetReader
    /// Settles a year over a ledger that is whole, and signs the root.
    package let settle: @Sendable (Actor, Year, @escaping @Sendable (Int) -> Void) async throws -> SettlementReport

    package var people: People { registry.people }

    package init(
        _ registry: Registry, _ certificates: Certificates, _ audit: AuditLog, reader: SheetReader,
        settle: @escaping @Sendable (Actor, Year, @escaping @Sendable (Int) -> Void) async throws -> SettlementReport
    ) {
        (self.registry, self.certificates, self.audit) = (registry, certificates, audit)
        (self.reader, self.settle) = (reader, settle)
    }
}

/// What the pages of features are made with.
package struct SiteContext: Sendable {
    package let services: Services
    package let jobs: Jobs
    package let views: Views
    package let assets: Assets
    package let accounts: Accounts
    let notices: Notices
    /// Where people sign in; the site asks it who a request comes from.
    package let signIn: AccountPages
    package let cookies: AccountCookies
    /// How many certificates one address may check.
    package let checks: RateLimit
    /// Where somebody's hours are, as all features know it.
    package let creditStatuses: CreditStatuses
    /// What all features contribute; asked while the site runs, when all of them are made.
    package let contributions: Contributions

    package var registry: Registry { services.registry }
    package var certificates: Certificates { services.certificates }

    package init(
        _ services: Services, _ jobs: Jobs, _ creditStatuses: CreditStatuses, _ views: Views, _ assets: Assets,
        _ accounts: Accounts, _ notices: Notices, _ signIn: AccountPages, _ cookies: AccountCookies,
        _ checks: RateLimit, _ contributions: Contributions
    ) {
        (self.services, self.jobs, self.creditStatuses) = (services, jobs, creditStatuses)
        (self.views, self.assets) = (views, assets)
        (self.accounts, self.notices, self.signIn) = (accounts, notices, signIn)
        (self.cookies, self.checks) = (cookies, checks)
        self.contributions = contributions
    }
}
