import Database
import Foundation
import Integrity
import Kernel
import People
import Signing

extension Registry {
    /// Rows of transactions that were begun so long before a root, in milliseconds, are done by then.
    package static let rootMargin = 600_000

    /// Writes the ends of all chains, the rows of all tables and the last change of state, signed, into a folder
    /// outside the database.
    ///
    /// Failure: `ledger.root-unwritten` (unavailable); the root before then still stands.
    @discardableResult
    package func writeRoot(
        to folder: String, over tables: [AuthenticatedTable]
    ) async throws -> SignedRoot {
        let place = RootFolder(folder, people.keys)
        do {
            let draft = try place.draft(people.system)
            defer { try? FileManager.default.removeItem(at: draft) }
            let now = people.system.now()
            var (writer, state) = try await database.read { transaction in
                var writer = try ChainHeadsWriter(draft)
                try LedgerStore(transaction).heads { try writer.add($0) }
                return (writer, try people.states.end(transaction))
            }
            let heads = try writer.finish().hexadecimal
            let root = try SignedRoot(
                signing: SignedRoot.Content(
                    time: now, through: now - Self.rootMargin, chains: writer.chains, entries: writer.entries,
                    heads: heads,
                    tables: try await digests(tables, through: now - Self.rootMargin), counts: try await counts(tables),
                    state: state.number, stateCode: state.mac.hexadecimal), people.keys)
            try place.keep(root, draft: draft)
            return root
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.rootUnwritten(folder)
        }
    }

    /// The entries of all chains.
    package func entryCount() async throws -> Int {
        try await database.read { try LedgerStore($0).entries() }
    }

    private func digests(
        _ tables: [AuthenticatedTable], through time: Int
    ) async throws -> [String: TableDigest] {
        let added = tables.filter { $0.added != nil }
        let digests = try await database.read(each: added) { try $1.digest($0, through: time) }
        return zip(added, digests).reduce(into: [:]) { $0[$1.0.name.description] = $1.1 }
    }

    /// Of the tables whose rows are never removed, however they change.
    private func counts(_ tables: [AuthenticatedTable]) async throws -> [String: Int] {
        try await database.read { transaction in
            try tables.filter { Self.neverLess.contains($0.name.description) }.reduce(into: [:]) {
                $0[$1.name.description] = try transaction.count($1)
            }
        }
    }

    private static let neverLess: Set<String> = ["region", "organisation", "person", "account", "work", "chain"]

    /// What a root knows and the database no longer has: the names of tables, each with what is wrong.
    package func differences(from root: SignedRoot, _ tables: [AuthenticatedTable]) async throws -> [RootDifference] {
        let (now, counts) = (try await digests(tables, through: root.content.through), try await counts(tables))
        var found = root.content.tables.sorted { $0.key < $1.key }.compactMap { name, digest -> RootDifference? in
            guard let here = now[name], here == digest else {
                return .rows(name, known: digest.rows, found: now[name]?.rows ?? 0)
            }
            return nil
        }
        found += root.content.counts.sorted { $0.key < $1.key }.compactMap { name, count in
            let here = counts[name] ?? 0
            return here < count ? .rows(name, known: count, found: here) : nil
        }
        let continues = try await database.read { transaction in
            try people.states.continues(
                number: root.content.state, mac: root.content.stateCode, transaction)
        }
        return continues ? found : found + [.states(root.content.state)]
    }
}

/// How the database differs from what a root knows.
package enum RootDifference: Sendable, Hashable {
    /// Rows that were there then are gone, were changed or were put among them since.
    case rows(String, known: Int, found: Int)
    /// The changes of state up to this number are not those of now.
    case states(Int)
}

extension Transaction {
    fileprivate func digest(_ table: AuthenticatedTable, through time: Int) throws -> TableDigest {
        guard let added = table.added else { return TableDigest() }
        return try digest(table.name, code: "mac", added: added, through: time)
    }
}
