import Database

enum PolicyBookSchema {
    static let table = AuthenticatedTable(
        "policy_version", key: ["number"], ["key", "version", "hash", "flat", "published"], added: "published")

    static let migrations = [
        Migration(
            "policy-book-1",
            """
            CREATE TABLE policy_version (
                number    INTEGER NOT NULL PRIMARY KEY,
                key       TEXT NOT NULL,
                version   INTEGER NOT NULL,
                hash      BLOB NOT NULL,
                flat      TEXT NOT NULL,
                published INTEGER NOT NULL,
                CONSTRAINT policy_version_order UNIQUE (key, version),
                CONSTRAINT policy_version_text UNIQUE (key, hash)
            ) STRICT
            """, appendOnly: ["policy_version"])
    ]
}
