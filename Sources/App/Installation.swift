import Database
import Foundation
import Kernel
import People
import Registry
import Signing

/// An installation: its folder, its database, its keys, and the rooms joined over them.
package struct Installation: Sendable {
    package let folder: String
    package let database: Database
    package let people: People
    package let registry: Registry
    /// How many migrations ran when it was opened, and how many there are.
    package let migrations: (applied: Int, all: Int)

    private static let all = People.migrations + Registry.migrations

    /// Opens it, making folder, database and keys where there are none yet.
    ///
    /// Failures: `database.…`; `keys.…` and `people.wrong-keys` where the key file is lost or another's: a database
    /// that had keys gets no new ones.
    package static func open(folder: String, database url: String?, outside: Outside = .real) async throws
        -> Installation
    {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .unavailable, "data.folder", "数据目录 \(folder) 不能建立。请检查路径和权限，或用 --data 另指目录。",
                en: "The data folder \(folder) cannot be made. Check path and rights, or name another with --data.")
        }
        let database = try Database.open(DatabaseURL(url ?? "sqlite:\(folder)/xueshi.db"))
        do {
            let applied = try await database.migrate(all)
            let path = "\(folder)/keys.json"
            let isNew = try await database.read { try People.hasKeys($0) } == false
            let keys =
                isNew && !FileManager.default.fileExists(atPath: path)
                ? try KeyFile.create(at: path, outside: outside) : try KeyFile.load(path)
            let people = People(keys: keys, outside: outside)
            try await people.checkKeys(database)
            return Installation(
                folder: folder, database: database, people: people, registry: Registry(database, people),
                migrations: (applied, all.count))
        } catch {
            database.close()
            throw error
        }
    }

    package func close() { database.close() }

    /// Where the signed root of the ledger is kept.
    package var rootFolder: String { "\(folder)/ledger" }

    /// Writes the signed root of all chains outside the database.
    package func writeRoot() async throws {
        try SignedRoot.write(try await registry.heads(), to: rootFolder, (people.keys, people.outside))
    }

    /// Walks all chains and holds them against the signed root; answers when that root was written.
    package func auditLedger() async throws -> (audit: LedgerAudit, root: SignedRoot?) {
        let root = try SignedRoot.read(rootFolder, people.keys)
        return (try await registry.audit(root?.heads ?? Heads()), root?.root)
    }
}
