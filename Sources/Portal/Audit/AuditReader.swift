import Database
import Kernel
import People
import Registry

/// Reads the acts about a person, and whether an account is an auditor.
struct AuditReader: Sendable {
    let registry: Registry

    private static let size = 50
    /// The most acts that can be skipped, since skipped acts are read each time.
    private static let most = 1000

    /// A page of the acts about a person and about years as a whole, newest first.
    func record(
        of person: ID<Person>, to reader: ActPresenter.Reader, skipping asked: Int
    ) async throws -> ActPart {
        let skipped = min(max(0, asked), Self.most)
        return try await registry.database.read { transaction in
            let presenter = try ActPresenter(transaction, registry.people, to: reader)
            let queries = try queries(of: person, PersonStore(transaction, registry.people)) + AuditQuery.years
            let found = try presenter.newest(queries, limit: skipped + Self.size + 1).dropFirst(skipped)
            let isMore = found.count > Self.size && skipped + Self.size <= Self.most
            return ActPart(
                lines: try found.prefix(Self.size).map(presenter.line), skipped: skipped,
                next: isMore ? skipped + Self.size : nil)
        }
    }

    private static let acts: [AuditAct] = [
        .mergePerson, .unmergePerson, .changePerson, .carryOutRequest, .giveFirstPassword, .settleYear, .reopenYear,
        .issueCertificate, .revokeCertificate,
    ]

    /// The acts about a person and the people merged into it. For formerly merged people, only the merging itself.
    private func queries(of person: ID<Person>, _ store: PersonStore) throws -> [AuditQuery] {
        let root = try store.root(of: person)
        let family = try store.family(of: root)
        let others = try store.everMerged(into: root).filter { !family.contains($0) }
        return family.map { .about($0, Self.acts) }
            + others.map { .of(.person($0), [.mergePerson, .unmergePerson]) }
    }

    /// Whether the account holds the role of an auditor today.
    func isAuditor(_ account: ID<Account>, _ transaction: Transaction) throws -> Bool {
        try AccountStore(transaction, registry.people).roles(of: account).contains { $0.role == .auditor }
    }
}
