import Database
import Kernel

/// The result of reading all files.
package struct FileCheck: Sendable {
    /// A file that cannot be read: its hash and the rows that use it.
    package struct Fault: Sendable {
        package let hash: FileHash
        /// Such as `job 17`.
        package let references: [String]
        /// Whether the folder does not have it; otherwise it was altered.
        package let isMissing: Bool
    }

    package fileprivate(set) var checked = 0
    /// How many of the checked files are in the folder.
    package fileprivate(set) var inFolder = 0
    package fileprivate(set) var faults: [Fault] = []
}

extension Files {
    /// Reads every stored file completely: after a restore, or if a disk may be faulty.
    package func check(_ database: Database) async throws -> FileCheck {
        var (check, last): (FileCheck, FileHash?) = (FileCheck(), nil)
        while true {
            let after = last
            let hashes = try await database.read { try FileStore($0).hashes(after: after, limit: 100) }
            guard let end = hashes.last else { return check }
            for hash in hashes { try await look(at: hash, database, &check) }
            last = end
        }
    }

    private func look(at hash: FileHash, _ database: Database, _ check: inout FileCheck) async throws {
        let found = try await database.read { transaction in
            let store = FileStore(transaction)
            return (row: try store.find(hash), references: try store.references(to: hash))
        }
        guard let row = found.row else { return }
        check.checked += 1
        if row.place != nil { check.inFolder += 1 }
        do {
            try await open(hash, database).each { _ in }
        } catch let failure as Failure {
            let isMissing = failure.isSame(as: .fileMissing(""))
            // If its row is gone too, it was swept meanwhile.
            let isGone = try await database.read { try FileStore($0).find(hash) } == nil
            guard isMissing || failure.kind == .damaged || failure == .fileGone else { throw failure }
            if !isGone {
                check.faults.append(FileCheck.Fault(hash: hash, references: found.references, isMissing: isMissing))
            }
        }
    }
}
