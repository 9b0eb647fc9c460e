import Database
import Kernel
import Signing

/// What this room keeps and the door to it: who there is, where, and what was true of them when.
package struct People: Sendable {
    package let keys: KeyRing
    package let outside: Outside
    let organisations = OrganisationShelf()

    package init(keys: KeyRing, outside: Outside) {
        (self.keys, self.outside) = (keys, outside)
    }

    package static let migrations =
        NumberSchema.migrations + RegionSchema.migrations + OrganisationSchema.migrations + PersonSchema.migrations
        + EmploymentSchema.migrations + AccountSchema.migrations + TokenSchema.migrations
        + NoticeSchema.migrations

    /// Holds the key ring against the one that this database was first opened with; the first is remembered.
    ///
    /// Failure: `people.wrong-keys` (unavailable), before anything unreadable is shown.
    package func checkKeys(_ database: Database) async throws {
        let fingerprint = keys.fingerprint
        let known = try await database.write { try NumberStore($0).fingerprint(orFirst: fingerprint) }
        if known != fingerprint {
            throw Failure(
                .unavailable, "people.wrong-keys", "密钥文件不是本数据库的那一份，身份证号无法解读。请换回原来的密钥文件后再启动。",
                en:
                    "The key file is not the one of this database, so ID numbers cannot be read. Put it back."
            )
        }
    }
}

extension People {
    /// Whether a key ring was ever used with this database.
    package static func hasKeys(_ transaction: Transaction) throws -> Bool {
        try NumberStore(transaction).hasFingerprint()
    }
}

extension People {
    /// All organisations by number; who reads them before many writes has them in memory for those.
    package func organisations(_ transaction: Transaction) throws -> [ID<Organisation>: Organisation] {
        try organisations.all(transaction)
    }
}
