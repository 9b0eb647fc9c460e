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
/// value, and one line in that list. Whatever a feature does not offer keeps its empty default.
package struct Feature: Sendable {
    /// Short and unique, such as `roster`.
    package let name: String
    /// The steps of its schema. They run after those of the features that stand before it in the list.
    package var migrations: @Sendable (MigrationContext) -> [Migration] = { _ in [] }
    /// Its tables whose rows carry codes.
    package var tables: [AuthenticatedTable] = []
    /// Folders with its templates.
    package var views: [URL] = []
    /// Its stylesheets, scripts and pictures.
    package var assets: [URL] = []
    /// The kinds of long work that it does.
    package var jobs: @Sendable (Services) -> [JobKind] = { _ in [] }
    /// What it does with acts that are recorded.
    package var subscriptions: @Sendable (Services) -> [ActSubscription] = { _ in [] }
    /// What it knows of where somebody's hours are: 学时去哪了.
    package var creditStatuses: @Sendable (Services) -> CreditStatusSource = { _ in { _ in [] } }
    /// Its pages and what belongs to them. Failures: `web.template`, `web.asset`.
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

/// What a running site has of a feature.
package struct FeatureSite: Sendable {
    package var routes: [Route] = []
    /// Where the navigation leads, in the order of the list of features.
    package var navigation: [NavigationItem] = []
    /// Its places in the API.
    package var endpoints: [APIEndpoint] = []
    /// What waits for somebody: 待办 on the home page.
    package var pendingTasks: @Sendable (Principal, Transaction) throws -> [PendingTask] = { _, _ in [] }
    /// What may be done next with a job that ended; `nil` where the job is another feature's.
    package var followUp: @Sendable (Job) -> JobFollowUp? = { _ in nil }
    /// Figures for Prometheus.
    package var gauges: @Sendable () async -> [Gauge] = { [] }
    /// Runs beside the server until it is cancelled.
    package var background: (@Sendable () async -> Void)?

    package init(routes: [Route] = [], navigation: [NavigationItem] = []) {
        (self.routes, self.navigation) = (routes, navigation)
    }
}

/// What the steps of a schema may use.
package struct MigrationContext: Sendable {
    /// The chain heads that the signed root knows, where the rows of an older database are given codes.
    package let heads: ChainHeads
    /// `nil` where only the text of the schema is wanted.
    package let keys: KeyRing?

    package init(heads: ChainHeads = ChainHeads(), keys: KeyRing? = nil) { (self.heads, self.keys) = (heads, keys) }
}
