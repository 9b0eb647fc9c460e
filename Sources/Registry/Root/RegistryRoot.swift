import Database
import Foundation
import Integrity
import Kernel
import People
import Signing

extension Registry {
    /// In milliseconds: transactions that began this long before a root have ended when the root is made.
    package static let rootMargin = 600_000

    /// Signs the heads of all chains, the digests of all tables and the last change of state, and writes them into a
    /// folder outside the database.
    ///
    /// Failure: `ledger.root-unwritten` (unavailable); the previous root stays.
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

    /// The number of entries in all chains.
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

    /// The numbers of rows of the tables whose rows may change but are never removed.
    private func counts(_ tables: [AuthenticatedTable]) async throws -> [String: Int] {
        try await database.read { transaction in
            try tables.filter { Self.neverLess.contains($0.name.description) }.reduce(into: [:]) {
                $0[$1.name.description] = try transaction.count($1)
            }
        }
    }

    private static let neverLess: Set<String> = ["region", "organisation", "person", "account", "work", "chain"]

    /// The differences between the database and a root.
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

/// A difference between the database and a root.
package enum RootDifference: Sendable, Hashable {
    /// Rows that the root covers were removed, changed or inserted.
    case rows(String, known: Int, found: Int)
    /// The changes of state up to this number differ.
    case states(Int)
}

extension Transaction {
    fileprivate func digest(_ table: AuthenticatedTable, through time: Int) throws -> TableDigest {
        guard let added = table.added else { return TableDigest() }
        return try digest(table.name, code: "mac", added: added, through: time)
    }
}
