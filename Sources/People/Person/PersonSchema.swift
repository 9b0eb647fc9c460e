import Database

/// ID numbers are encrypted and found by a keyed hash; names are in plain text, so that they can be searched.
enum PersonSchema {
    static let person = AuthenticatedTable(
        "person", key: ["number"], ["name", "id_sealed", "id_lookup", "phone_sealed", "alias"],
        later: ["id_kind", "name_typed"])
    static let merge = AuthenticatedTable(
        "person_merge", key: ["person", "turn"], ["target", "reason", "decided"], added: "decided")

    static let migrations = [
        Migration(
            "person-1",
            """
            CREATE TABLE person (
                number       INTEGER NOT NULL PRIMARY KEY,
                name         TEXT NOT NULL CONSTRAINT person_name CHECK (name <> ''),
                id_sealed    BLOB NOT NULL,
                id_lookup    BLOB NOT NULL CONSTRAINT person_id UNIQUE,
                phone_sealed BLOB,
                alias        INTEGER REFERENCES person (number),
                CONSTRAINT person_not_own_alias CHECK (alias <> number)
            ) STRICT
            ;
            CREATE INDEX person_by_alias ON person (alias)
            ;
            CREATE INDEX person_by_name ON person (name)
            ;
            CREATE TABLE person_merge (
                person  INTEGER NOT NULL REFERENCES person (number),
                turn    INTEGER NOT NULL,
                target  INTEGER REFERENCES person (number),
                reason  TEXT NOT NULL CONSTRAINT person_merge_reason CHECK (reason <> ''),
                decided INTEGER NOT NULL,
                PRIMARY KEY (person, turn)
            ) STRICT
            """, appendOnly: ["person_merge"]),
        Migration("person-2", "CREATE INDEX person_merge_by_target ON person_merge (target)"),
    ]

    /// The kind of document, NULL for a resident's; and the typed name, NULL if it equals its normal form.
    static let ofPapers = [
        Migration(
            "person-3",
            """
            ALTER TABLE person ADD COLUMN id_kind TEXT
            ;
            ALTER TABLE person ADD COLUMN name_typed TEXT
            """)
    ]
}
