import Certificates
import Documents
import Files
import Jobs
import Kernel
import People
import Registry
import Web

/// The open installation, as features use it.
package struct Services: Sendable {
    package let registry: Registry
    package let certificates: Certificates
    package let audit: AuditLog
    /// The stored files.
    package let files: Files
    /// Messages to other systems.
    package let outbox: Outbox
    /// Reads uploaded lists.
    package let reader: SheetReader
    /// Settles a year after verifying the ledger, and signs the root.
    package let settle: @Sendable (Actor, Year, @escaping @Sendable (Int) -> Void) async throws -> SettlementReport
    let due: DueCount
    /// The state of the system, for the administrator.
    let state: @Sendable () async throws -> SystemState

    package var people: People { registry.people }

    package init(
        _ registry: Registry, _ certificates: Certificates, _ audit: AuditLog, _ files: Files, _ outbox: Outbox,
        reader: SheetReader, due: DueCount, state: @escaping @Sendable () async throws -> SystemState,
        settle: @escaping @Sendable (Actor, Year, @escaping @Sendable (Int) -> Void) async throws -> SettlementReport
    ) {
        (self.registry, self.certificates, self.audit) = (registry, certificates, audit)
        (self.files, self.outbox) = (files, outbox)
        (self.reader, self.due, self.state, self.settle) = (reader, due, state, settle)
    }
}

/// What the pages of features are made from.
package struct SiteContext: Sendable {
    package let services: Services
    package let jobs: Jobs
    package let views: Views
    package let assets: Assets
    package let accounts: Accounts
    let notices: Notices
    /// The sign-in pages, which also determine the user of a request.
    package let signIn: AccountPages
    package let cookies: AccountCookies
    /// How many certificates one address may verify.
    package let checks: RateLimit
    /// 学时去哪了 from all features.
    package let creditStatuses: CreditStatuses
    /// The contributions of all features; empty until all of them are made.
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
