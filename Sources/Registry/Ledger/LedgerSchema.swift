import Database

/// The ledger is append-only. For one evidence, policy, year and subject, `follows` is 0 in the first entry, and in
/// each later one the number of the previous reversal. Two unreversed entries would have the same `follows`, so the
/// unique index refuses the second one.
enum LedgerSchema {
    static let entry = AuthenticatedTable(
        "entry", key: ["person", "number"],
        [
            "reverses", "follows", "evidence", "decision", "policy", "policy_key", "day", "year", "subject", "hours",
            "kind", "tags", "work", "entered", "hash",
        ], added: "entered")
    static let chain = AuthenticatedTable("chain", key: ["person"], ["entries", "head"])

    static let migrations = [
        Migration(
            "ledger-1",
            """
            CREATE TABLE entry (
                person     INTEGER NOT NULL REFERENCES person (number),
                number     INTEGER NOT NULL CONSTRAINT entry_number CHECK (number > 0),
                reverses   INTEGER,
                follows    INTEGER NOT NULL,
                evidence   INTEGER NOT NULL,
                decision   INTEGER NOT NULL,
                policy     INTEGER NOT NULL REFERENCES policy_version (number),
                policy_key TEXT NOT NULL,
                day        TEXT NOT NULL,
                year       INTEGER NOT NULL,
                subject    TEXT NOT NULL,
                hours      INTEGER NOT NULL,
                kind       TEXT NOT NULL,
                tags       TEXT NOT NULL,
                work       TEXT NOT NULL,
                entered    INTEGER NOT NULL,
                hash       BLOB NOT NULL,
                PRIMARY KEY (person, number),
                CONSTRAINT entry_reversed_once UNIQUE (person, reverses),
                CONSTRAINT entry_reverses FOREIGN KEY (person, reverses) REFERENCES entry (person, number),
                CONSTRAINT entry_hash CHECK (length(hash) = 32),
                CONSTRAINT entry_order CHECK (reverses < number AND follows < number),
                CONSTRAINT entry_sign CHECK ((reverses IS NULL AND hours > 0) OR (reverses IS NOT NULL AND hours < 0))
            ) STRICT, WITHOUT ROWID
            ;
            CREATE UNIQUE INDEX entry_one_standing ON entry (person, evidence, policy_key, year, subject, follows)
                WHERE reverses IS NULL
            ;
            CREATE TABLE chain (
                person  INTEGER NOT NULL PRIMARY KEY REFERENCES person (number),
                entries INTEGER NOT NULL,
                head    BLOB NOT NULL CONSTRAINT chain_head CHECK (length(head) = 32)
            ) STRICT
            """, appendOnly: ["entry"])
    ]
}
