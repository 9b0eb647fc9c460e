import Database

/// Records of acts, in a chain for each actor. `mac` covers the record and the MAC of the previous one. The chain's row
/// holds the MAC of the last record, so a missing tail is detected. Records are never changed or deleted.
enum AuditSchema {
    /// The table that signed roots count. Its MACs cover more than the row, so `audit verify` checks them.
    static let counted = AuthenticatedTable(
        "audit_record", key: ["chain", "number"],
        [
            "time", "account", "role", "organisation", "address", "act", "object_kind", "object", "person", "result",
            "detail",
        ], added: "time")

    static let migrations = [
        Migration(
            "audit-1",
            """
            CREATE TABLE audit_chain (
                chain   TEXT NOT NULL PRIMARY KEY CONSTRAINT audit_chain_name CHECK (chain <> ''),
                records INTEGER NOT NULL CONSTRAINT audit_chain_records CHECK (records > 0),
                time    INTEGER NOT NULL,
                head    BLOB NOT NULL,
                mac     BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            ;
            CREATE TABLE audit_record (
                chain        TEXT NOT NULL CONSTRAINT audit_record_chain CHECK (chain <> ''),
                number       INTEGER NOT NULL CONSTRAINT audit_record_number CHECK (number > 0),
                time         INTEGER NOT NULL,
                account      INTEGER,
                role         TEXT NOT NULL,
                organisation INTEGER,
                address      TEXT NOT NULL,
                act          TEXT NOT NULL CONSTRAINT audit_record_act CHECK (act <> ''),
                object_kind  TEXT NOT NULL,
                object       TEXT NOT NULL,
                person       INTEGER,
                result       TEXT NOT NULL CONSTRAINT audit_record_result CHECK (result <> ''),
                detail       TEXT NOT NULL,
                mac          BLOB NOT NULL,
                PRIMARY KEY (chain, number)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE INDEX audit_record_by_time ON audit_record (time, chain, number)
            ;
            CREATE INDEX audit_record_by_act ON audit_record (act, time, chain, number)
            ;
            CREATE INDEX audit_record_by_person ON audit_record (person, time, chain, number) WHERE person IS NOT NULL
            ;
            CREATE INDEX audit_record_refused ON audit_record (time, chain, number) WHERE result <> 'done'
            """, appendOnly: ["audit_record"]),
        Migration(
            "audit-2",
            "CREATE INDEX audit_record_by_object ON audit_record (object_kind, object, time, chain, number)"),
        Migration(
            "audit-3",
            """
            CREATE TABLE act_position (
                subscription TEXT NOT NULL,
                chain        TEXT NOT NULL,
                number       INTEGER NOT NULL CONSTRAINT act_position_number CHECK (number >= 0),
                PRIMARY KEY (subscription, chain)
            ) STRICT, WITHOUT ROWID
            """),
    ]
}
