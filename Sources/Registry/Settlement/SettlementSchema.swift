import Database

enum SettlementSchema {
    static let yearState = AuthenticatedTable(
        "year_state", key: ["year", "turn"], ["state", "reason", "decided"], added: "decided")
    static let settled = AuthenticatedTable(
        "settled", key: ["person", "policy_key", "period_from", "version"],
        ["year", "policy", "outcome", "body", "hash", "reason", "settled"], later: ["turn"], added: "settled")

    static let migrations = [
        Migration(
            "settlement-1",
            """
            CREATE TABLE year_state (
                year    INTEGER NOT NULL,
                turn    INTEGER NOT NULL,
                state   TEXT NOT NULL CONSTRAINT year_state_known CHECK (state IN ('open', 'closing', 'settled')),
                reason  TEXT NOT NULL,
                decided INTEGER NOT NULL,
                PRIMARY KEY (year, turn)
            ) STRICT
            ;
            CREATE TABLE settled (
                person      INTEGER NOT NULL REFERENCES person (number),
                policy_key  TEXT NOT NULL,
                period_from TEXT NOT NULL,
                version     INTEGER NOT NULL,
                year        INTEGER NOT NULL,
                policy      INTEGER NOT NULL REFERENCES policy_version (number),
                outcome     TEXT NOT NULL
                            CONSTRAINT settled_outcome CHECK (outcome IN ('qualified', 'short', 'exempt')),
                body        TEXT NOT NULL,
                hash        BLOB NOT NULL CONSTRAINT settled_hash CHECK (length(hash) = 32),
                reason      TEXT NOT NULL,
                settled     INTEGER NOT NULL,
                PRIMARY KEY (person, policy_key, period_from, version)
            ) STRICT, WITHOUT ROWID
            """, appendOnly: ["year_state", "settled"]),
        // The turn of the year that a row belongs to; 0: the year was opened again for this person.
        Migration("settlement-2", "ALTER TABLE settled ADD COLUMN turn INTEGER"),
        Migration("settlement-3", "CREATE INDEX settled_opened ON settled (year, person) WHERE turn = 0"),
    ]
}
