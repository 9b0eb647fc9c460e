import Database
import Foundation
import Integrity
import Jobs
import Kernel
import People
import Registry
import Signing
import Web

/// One feature of the product: everything that it adds to the application, as one value.
///
/// The application is a list of features (`features` in the module App). A new feature is a folder that declares its
/// value, and one line in that list. Parts that a feature does not set keep their empty defaults.
package struct Feature: Sendable {
    /// Short and unique, such as `roster`.
    package let name: String
    /// The steps of its schema. They run after those of earlier features in the list.
    package var migrations: @Sendable (MigrationContext) -> [Migration] = { _ in [] }
    /// Its tables whose rows have codes.
    package var tables: [AuthenticatedTable] = []
    /// Folders with its templates.
    package var views: [URL] = []
    /// Its stylesheets, scripts and pictures.
    package var assets: [URL] = []
    /// Its kinds of jobs.
    package var jobs: @Sendable (Services) -> [JobKind] = { _ in [] }
    /// Its handlers for recorded acts.
    package var subscriptions: @Sendable (Services) -> [ActSubscription] = { _ in [] }
    /// Its ways to send messages of the outbox.
    package var channels: @Sendable (Services) -> [any OutboxChannel] = { _ in [] }
    /// Its items for 学时去哪了.
    package var creditStatuses: @Sendable (Services) -> CreditStatusSource = { _ in { _ in [] } }
    /// Its pages and related parts. Failures: `web.template`, `web.asset`.
    package var site: @Sendable (SiteContext) throws -> FeatureSite = { _ in FeatureSite() }

    package init(_ name: String) { self.name = name }

    /// A feature whose pages are made by `site`.
    package init(
        _ name: String, views: [URL] = [], assets: [URL] = [],
        jobs: @escaping @Sendable (Services) -> [JobKind] = { _ in [] },
        site: @escaping @Sendable (SiteContext) throws -> FeatureSite
    ) {
        self.name = name
        (self.views, self.assets, self.jobs, self.site) = (views, assets, jobs, site)
    }
}

/// The parts of a feature in a running site.
package struct FeatureSite: Sendable {
    package var routes: [Route] = []
    /// Its navigation items, shown in the order of the list of features.
    package var navigation: [NavigationItem] = []
    /// Its endpoints of the API.
    package var endpoints: [APIEndpoint] = []
    /// Tasks that wait for the user: 待办 on the home page.
    package var pendingTasks: @Sendable (Principal, Transaction) throws -> [PendingTask] = { _, _ in [] }
    /// The next step after a finished job; `nil` if the job belongs to another feature.
    package var followUp: @Sendable (Job) async throws -> JobFollowUp? = { _ in nil }
    /// Figures for Prometheus.
    package var gauges: @Sendable () async -> [Gauge] = { [] }
    /// Work that runs beside the server until it is cancelled.
    package var background: (@Sendable () async -> Void)?

    package init(routes: [Route] = [], navigation: [NavigationItem] = []) {
        (self.routes, self.navigation) = (routes, navigation)
    }
}

/// What the steps of a schema may use.
package struct MigrationContext: Sendable {
    /// The chain heads of the signed root, needed when the rows of an older database get codes.
    package let heads: ChainHeads
    /// `nil` if only the text of the schema is needed.
    package let keys: KeyRing?

    package init(heads: ChainHeads = ChainHeads(), keys: KeyRing? = nil) { (self.heads, self.keys) = (heads, keys) }
}
