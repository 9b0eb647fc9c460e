import Database

/// Rows are only added, so the knowledge of any past day can be read. A row that another replaces is no longer valid.
enum EmploymentSchema {
    static let employment = AuthenticatedTable(
        "employment", key: ["person", "turn"],
        ["organisation", "relation", "from_day", "to_day", "learned", "replaces"], added: "learned")
    static let fact = AuthenticatedTable(
        "person_fact", key: ["person", "turn"], ["name", "value", "from_day", "to_day", "learned", "replaces"],
        added: "learned")

    static let migrations = [
        Migration(
            "employment-1",
            """
            CREATE TABLE employment (
                person       INTEGER NOT NULL REFERENCES person (number),
                turn         INTEGER NOT NULL,
                organisation INTEGER NOT NULL REFERENCES organisation (number),
                relation     TEXT NOT NULL,
                from_day     TEXT NOT NULL,
                to_day       TEXT NOT NULL,
                learned      INTEGER NOT NULL,
                replaces     INTEGER,
                PRIMARY KEY (person, turn),
                CONSTRAINT employment_once UNIQUE (person, replaces),
                CONSTRAINT employment_days CHECK (from_day <= to_day)
            ) STRICT
            ;
            CREATE INDEX employment_by_organisation ON employment (organisation, person)
            ;
            CREATE TABLE person_fact (
                person   INTEGER NOT NULL REFERENCES person (number),
                turn     INTEGER NOT NULL,
                name     TEXT NOT NULL,
                value    TEXT NOT NULL,
                from_day TEXT NOT NULL,
                to_day   TEXT NOT NULL,
                learned  INTEGER NOT NULL,
                replaces INTEGER,
                PRIMARY KEY (person, turn),
                CONSTRAINT person_fact_once UNIQUE (person, replaces),
                CONSTRAINT person_fact_days CHECK (from_day <= to_day)
            ) STRICT
            """, appendOnly: ["employment", "person_fact"]),
        Migration("employment-2", "CREATE INDEX person_fact_by_value ON person_fact (name, value, person)"),
    ]
}
