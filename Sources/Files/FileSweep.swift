import Database
import Kernel

/// Deletes files to which nothing refers.
///
/// Each step says first in the database what goes, and removes it after that is durable: what is broken off is done by
/// the next sweep, and a file that is being kept meanwhile is refused to one side or the other.
extension Files {
    /// So many files are deleted in one transaction.
    private static let batch = 20
    /// So many files of the folder are looked for in one reading.
    private static let looked = 500
    /// What lies in the folder without a row may be under way for so many seconds.
    private static let underway = 86_400

    /// Deletes what nothing has referred to for 30 days, and what was left by writing that was broken off; answers how
    /// many files went.
    package func sweep(_ database: Database) async throws -> Int {
        let now = system.now()
        var count = 0
        while true {
            let gone = try await database.write { transaction in
                let store = FileStore(transaction)
                let rows = try store.unreferenced(since: now - Self.life, limit: Self.batch)
                for row in rows { try store.delete(row) }
                try store.forgetUploads(before: now - Self.life)
                return rows.count
            }
            count += gone
            if gone < Self.batch { break }
        }
        try await dropStrays(database)
        try await removeDropped(database)
        return count
    }

    /// What is in the folder and in no row. A folder that is not this database's is left alone.
    private func dropStrays(_ database: Database) async throws {
        guard let folder, let id = try await database.read({ try FileStore($0).folder() }), try folder.mark() == id
        else { return }
        let old = try folder.old(seconds: Self.underway)
        for path in old.incoming { folder.remove(incoming: path) }
        var rest = old.places[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.looked)
            rest = rest.dropFirst(Self.looked)
            let strays = try await database.read { transaction in try some.filter { try isStray($0, transaction) } }
            for place in strays {
                // Somebody may have kept it meanwhile.
                try await database.write { transaction in
                    if try isStray(place, transaction) { try FileStore(transaction).drop(place) }
                }
            }
        }
    }

    private func isStray(_ place: FilePlace, _ transaction: Transaction) throws -> Bool {
        try FileStore(transaction).find(place.hash)?.place != place
    }

    private func removeDropped(_ database: Database) async throws {
        guard let folder else { return }
        while true {
            let places = try await database.read { try FileStore($0).dropped(limit: Self.batch) }
            let gone = places.filter { folder.remove($0) }
            guard !gone.isEmpty else { return }
            try await database.write { transaction in for place in gone { try FileStore(transaction).forget(place) } }
        }
    }
}
