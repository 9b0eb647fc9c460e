import Database

/// Requests are never changed; the resolution is a row in another table. Waiting requests are also listed in their own
/// table, so that they are found without reading all resolved ones.
enum UpstreamSchema {
    static let request = AuthenticatedTable(
        "upstream_request", key: ["number"],
        ["kind", "person", "organisation", "account", "other", "wanted", "asked"], added: "asked")
    static let resolution = AuthenticatedTable(
        "upstream_answer", key: ["request"], ["done", "reason", "account", "answered"], added: "answered")

    static let migrations = [
        Migration(
            "upstream-1",
            """
            CREATE TABLE upstream_request (
                number       INTEGER NOT NULL PRIMARY KEY,
                kind         TEXT NOT NULL CONSTRAINT upstream_request_kind
                             CHECK (kind IN ('transfer', 'period', 'authors')),
                person       INTEGER NOT NULL REFERENCES person (number),
                organisation INTEGER NOT NULL REFERENCES organisation (number),
                account      INTEGER NOT NULL REFERENCES account (number),
                other        INTEGER REFERENCES organisation (number),
                wanted       TEXT NOT NULL,
                asked        INTEGER NOT NULL,
                mac          BLOB NOT NULL
            ) STRICT
            ;
            CREATE INDEX upstream_request_by_organisation ON upstream_request (organisation, asked)
            ;
            CREATE INDEX upstream_request_by_person ON upstream_request (person)
            ;
            CREATE TABLE upstream_answer (
                request  INTEGER NOT NULL PRIMARY KEY REFERENCES upstream_request (number),
                done     INTEGER NOT NULL CONSTRAINT upstream_answer_done CHECK (done IN (0, 1)),
                reason   TEXT NOT NULL CONSTRAINT upstream_answer_reason CHECK (done = 1 OR reason <> ''),
                account  INTEGER NOT NULL REFERENCES account (number),
                answered INTEGER NOT NULL,
                mac      BLOB NOT NULL
            ) STRICT
            """, appendOnly: ["upstream_request", "upstream_answer"]),
        Migration(
            "upstream-2",
            """
            CREATE TABLE upstream_waiting (
                request INTEGER NOT NULL PRIMARY KEY REFERENCES upstream_request (number)
            ) STRICT
            ;
            INSERT INTO upstream_waiting (request)
            SELECT r.number FROM upstream_request r
            WHERE NOT EXISTS (SELECT 1 FROM upstream_answer a WHERE a.request = r.number)
            """),
    ]
}
