import Database

/// The changes of the state log. Each contains the code of the previous one, so none can be left out.
enum StateChangeSchema {
    static let table = AuthenticatedTable(
        "state_change", key: ["number"], ["kind", "subject", "value", "previous", "changed"], added: "changed")

    static let migrations = [
        Migration(
            "state-change-1",
            """
            CREATE TABLE state_change (
                number   INTEGER NOT NULL PRIMARY KEY,
                kind     TEXT NOT NULL,
                subject  TEXT NOT NULL,
                value    TEXT NOT NULL,
                previous BLOB NOT NULL,
                changed  INTEGER NOT NULL,
                mac      BLOB NOT NULL
            ) STRICT
            """, appendOnly: ["state_change"])
    ]
}
