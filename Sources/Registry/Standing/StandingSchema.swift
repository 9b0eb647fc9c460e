import Database

enum StandingSchema {
    static let table = AuthenticatedTable(
        "standing", key: ["person", "policy_key", "period_from"], ["year", "policy", "outcome", "body"],
        later: ["waivers"])

    static let migrations = [
        Migration(
            "standing-1",
            """
            CREATE TABLE standing (
                person      INTEGER NOT NULL REFERENCES person (number),
                policy_key  TEXT NOT NULL,
                period_from TEXT NOT NULL,
                year        INTEGER NOT NULL,
                policy      INTEGER NOT NULL REFERENCES policy_version (number),
                outcome     TEXT NOT NULL
                            CONSTRAINT standing_outcome CHECK (outcome IN ('qualified', 'short', 'exempt')),
                body        TEXT NOT NULL,
                PRIMARY KEY (person, policy_key, period_from)
            ) STRICT, WITHOUT ROWID
            """),
        Migration("standing-2", "CREATE INDEX standing_by_outcome ON standing (year, outcome, person)"),
        Migration("standing-3", "ALTER TABLE standing ADD COLUMN waivers TEXT"),
    ]
}
