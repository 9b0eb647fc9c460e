import Database
import Kernel

/// Deletes files without references.
///
/// Each step first marks the files in the database, and removes them after the commit. A later sweep completes an
/// interrupted one. If a file is being kept meanwhile, either that or the removal is refused.
extension Files {
    /// The most files deleted in one transaction.
    private static let batch = 20
    /// The most files of the folder looked up in one read.
    private static let looked = 500
    /// How long a file in the folder may have no row yet, in seconds.
    private static let underway = 86_400

    /// Deletes files without references for 30 days, and the remains of interrupted writes. Returns the number of
    /// files.
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

    /// Deletes files in the folder that have no row. A folder of another database is left alone.
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
                // A row may refer to it meanwhile.
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
