import Database
import Integrity
import Kernel
import Signing

/// The entry point of this module: people, organisations, employments and facts.
package struct People: Sendable {
    package let keys: KeyRing
    package let system: SystemInputs
    /// The log of changes that must not be undone unnoticed.
    package let states: StateLog
    /// The actor of all acts through this value, for the audit log.
    package private(set) var actor: Actor
    private let organisationCache = ContentCache<[Int], [ID<Organisation>: Organisation]>(limit: 1)

    /// `headFolder`: the folder for the end of the state log outside the database; `nil` for none.
    package init(
        keys: KeyRing, system: SystemInputs, headFolder: String? = nil, actor: Actor = .program("xueshi")
    ) {
        (self.keys, self.system, self.actor) = (keys, system, actor)
        states = StateLog(StateHead(keys, folder: headFolder), now: system.now)
    }

    /// The same value with another actor.
    package func acting(as actor: Actor) -> People {
        var people = self
        people.actor = actor
        return people
    }

    package static let migrations =
        StateLog.migrations + NumberSchema.migrations + ClockSchema.migrations + RegionSchema.migrations
        + OrganisationSchema.migrations
        + PersonSchema.migrations
        + EmploymentSchema.migrations + AccountSchema.migrations + TokenSchema.migrations
        + NoticeSchema.migrations + PeopleRowCodesSchema.migrations + AuditSchema.migrations
        + UpstreamSchema.migrations + PasswordResetSchema.migrations + PeopleRowCodesSchema.noticeMigrations
        + OrganisationSchema.jurisdiction + OrganisationSchema.ofForms + PersonSchema.ofPapers
        + OrganisationSchema.firstJurisdictions + StoredResponseSchema.migrations + LoginBatchSchema.migrations

    /// Compares the key ring with the one that this database was first opened with; the first is stored.
    ///
    /// Failure: `people.wrong-keys` (unavailable).
    package func checkKeys(_ database: Database) async throws {
        let fingerprint = keys.fingerprint
        let known = try await database.write { try NumberStore($0).fingerprint(orFirst: fingerprint) }
        if known != fingerprint {
            throw Failure(
                .unavailable, "people.wrong-keys", "密钥文件不是本数据库的那一份，身份证号无法解读。请换回原来的密钥文件后再启动。",
                en:
                    "The key file is not that of this database, so ID numbers cannot be read. Restore the right one."
            )
        }
    }
}

extension Database {
    /// From now on the numbers given out are also stored outside the database, so that none is given out twice.
    package func keepNumbers(in marks: NumberHighWaterMarks) async throws {
        let counters = try await read { try NumberStore($0).counters() }
        for (kind, next) in counters where next > marks.least(kind) { marks.given(kind, next: next) }
        keep(numbers: marks)
    }

    /// Whether a key ring was used with this database.
    package func hasKeys() async throws -> Bool {
        try await read { try $0.hasTable("key_ring") && NumberStore($0).hasFingerprint() }
    }
}

extension People {
    /// All organisations by number, cached in memory.
    package func organisations(_ transaction: Transaction) throws -> [ID<Organisation>: Organisation] {
        let mark = try NumberStore(transaction).organisationMark()
        return try organisationCache.value(mark, transaction) { try OrganisationStore(transaction).byNumber() }
    }
}
