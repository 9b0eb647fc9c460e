import Database
import People
import Policy
import Registry

/// Reads the contents of the home page.
struct HomeReader: Sendable {
    let registry: Registry

    /// The policy in force for all professions; `nil` if none is published.
    func policy() async throws -> Policy? {
        try await registry.database.inlineRead { transaction in
            try registry.book(transaction).current.first { $0.policy.profession == nil }?.policy
        }
    }

    /// The pending tasks of a user, in the order of the features.
    func pendingTasks(of principal: Principal, _ sites: [FeatureSite]) async throws -> [PendingTask] {
        try await registry.database.read { transaction in
            try sites.flatMap { try $0.pendingTasks(principal, transaction) }
        }
    }
}
