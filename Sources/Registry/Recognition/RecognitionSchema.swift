import Database

/// Evidence, the decisions on it with their basis, and the works that several people may claim.
enum RecognitionSchema {
    static let evidence = AuthenticatedTable(
        "evidence", key: ["person", "number", "version"],
        ["source", "reference", "kind", "facts", "reason", "received"],
        added: "received")
    static let decision = AuthenticatedTable(
        "decision", key: ["person", "number"],
        ["evidence", "version", "policy", "credited", "words", "facts", "decided"], later: ["basis"],
        added: "decided")
    static let work = AuthenticatedTable("work", key: ["name"], ["authors"])
    static let claim = AuthenticatedTable("claim", key: ["work", "claimant", "level"], ["evidence"])

    static let migrations = [
        Migration(
            "recognition-1",
            """
            CREATE TABLE evidence (
                person    INTEGER NOT NULL REFERENCES person (number),
                number    INTEGER NOT NULL,
                version   INTEGER NOT NULL,
                source    TEXT NOT NULL,
                reference TEXT NOT NULL,
                kind      TEXT NOT NULL,
                facts     TEXT NOT NULL,
                reason    TEXT NOT NULL,
                received  INTEGER NOT NULL,
                PRIMARY KEY (person, number, version),
                CONSTRAINT evidence_source UNIQUE (person, source, reference, version)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE TABLE decision (
                person   INTEGER NOT NULL,
                number   INTEGER NOT NULL,
                evidence INTEGER NOT NULL,
                version  INTEGER NOT NULL,
                policy   INTEGER REFERENCES policy_version (number),
                credited INTEGER NOT NULL CONSTRAINT decision_credited CHECK (credited IN (0, 1)),
                words    TEXT NOT NULL,
                facts    TEXT NOT NULL,
                decided  INTEGER NOT NULL,
                PRIMARY KEY (person, number),
                CONSTRAINT decision_on_evidence FOREIGN KEY (person, evidence, version)
                    REFERENCES evidence (person, number, version)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE TABLE work (
                name    TEXT NOT NULL PRIMARY KEY,
                authors INTEGER CONSTRAINT work_authors CHECK (authors > 0)
            ) STRICT
            ;
            CREATE TABLE claim (
                work     TEXT NOT NULL REFERENCES work (name),
                claimant INTEGER NOT NULL REFERENCES person (number),
                level    TEXT NOT NULL,
                evidence INTEGER NOT NULL,
                CONSTRAINT claim_once PRIMARY KEY (work, claimant, level)
            ) STRICT
            ;
            CREATE INDEX claim_by_evidence ON claim (claimant, evidence)
            """, appendOnly: ["evidence", "decision"]),
        // The basis of a decision, so that it can be repeated.
        Migration("recognition-2", "ALTER TABLE decision ADD COLUMN basis TEXT"),
    ]
}
