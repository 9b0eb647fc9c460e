import Database
import Integrity
import Kernel

extension Registry {
    /// The tables of this module whose rows have a MAC.
    package static let tables = [
        PolicyBookSchema.table, RecognitionSchema.evidence, RecognitionSchema.decision, RecognitionSchema.work,
        RecognitionSchema.claim, LedgerSchema.entry, LedgerSchema.chain, StandingSchema.table,
        SettlementSchema.yearState, SettlementSchema.settled,
    ]

    package static func table(_ name: String) -> AuthenticatedTable? {
        tables.first { $0.name.description == name }
    }
}

enum RegistryRowCodesSchema {
    /// Checks the existing chains before their rows get a MAC.
    static func migrations(_ heads: ChainHeads) -> [Migration] {
        [
            Migration(
                "registry-row-codes-1",
                """
                ALTER TABLE policy_version ADD COLUMN mac BLOB
                ;
                ALTER TABLE evidence ADD COLUMN mac BLOB
                ;
                ALTER TABLE decision ADD COLUMN mac BLOB
                ;
                ALTER TABLE work ADD COLUMN mac BLOB
                ;
                ALTER TABLE claim ADD COLUMN mac BLOB
                ;
                ALTER TABLE entry ADD COLUMN mac BLOB
                ;
                ALTER TABLE chain ADD COLUMN mac BLOB
                ;
                ALTER TABLE standing ADD COLUMN mac BLOB
                ;
                ALTER TABLE year_state ADD COLUMN mac BLOB
                ;
                ALTER TABLE settled ADD COLUMN mac BLOB
                """, addingCodesTo: Registry.tables,
                before: { try Registry.auditBeforeCodes(heads, $0) },
                after: { transaction in
                    try PolicyBookStore.logVersions(transaction)
                    try SettlementStore.logYears(transaction)
                }),
            Migration("standing-4") { transaction in try StandingStore.addWaivers(transaction) },
            Migration("recognition-3") { transaction in try LegacySources.record(transaction) },
        ]
    }
}
