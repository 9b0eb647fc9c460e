import Database
import Kernel
import People
import Policy
import Registry

/// Reads the published policies.
struct PublishedPolicyReader: Sendable {
    let registry: Registry

    /// The version in force of each policy.
    func current() async throws -> [PolicyVersion] {
        try await registry.database.read { try registry.book($0).current }
    }

    /// The version in force. Failure: `policy.none`.
    func current(_ key: String) async throws -> PolicyVersion {
        try await registry.database.read { transaction in
            guard let found = try registry.book(transaction).current(key) else { throw Failure.noPolicyHere }
            return found
        }
    }

    /// All versions of a policy, the newest first. Failure: `policy.none`.
    func versions(_ key: String) async throws -> [PolicyVersion] {
        try await registry.database.read { try versions(key, $0) }
    }

    /// A policy with its versions. Failure: `policy.none`.
    func page(_ key: String) async throws -> PolicyPage {
        try await registry.database.read { transaction in
            let versions = try versions(key, transaction)
            let regions = try RegionStore(transaction).all()
            let region = regions.first { $0.code == versions[0].policy.jurisdiction }?.name
            return PolicyPage(
                versions, region: region, by: try publishers(key, versions: versions.count, transaction))
        }
    }

    private func versions(_ key: String, _ transaction: Transaction) throws -> [PolicyVersion] {
        let all = try registry.book(transaction).all
        let mine = all.values.filter { $0.key == key }.sorted { $0.version > $1.version }
        guard !mine.isEmpty else { throw Failure.noPolicyHere }
        return mine
    }

    /// The publishers by version number, as far as they were recorded.
    private func publishers(_ key: String, versions: Int, _ transaction: Transaction) throws -> [String: String] {
        let presenter = try ActPresenter(transaction, registry.people, to: .other)
        let acts = try presenter.newest([.of(.policy(key), [.publishPolicy])], limit: versions)
        return Dictionary(
            try acts.map { ($0.detail("version"), try presenter.line($0).who) },
            uniquingKeysWith: { newest, _ in newest })
    }
}
