import Database

/// Tokens are stored as hashes, so the database gives no access.
enum TokenSchema {
    static let table = AuthenticatedTable(
        "api_token", key: ["hash"], ["name", "account", "role", "permissions", "created", "expires", "ended"])

    static let migrations = [
        Migration(
            "token-1",
            """
            CREATE TABLE api_token (
                hash        BLOB NOT NULL PRIMARY KEY,
                name        TEXT NOT NULL CONSTRAINT api_token_name CHECK (name <> ''),
                account     INTEGER NOT NULL REFERENCES account (number),
                role        TEXT NOT NULL,
                permissions TEXT NOT NULL,
                created     INTEGER NOT NULL,
                expires     INTEGER NOT NULL,
                ended       INTEGER
            ) STRICT, WITHOUT ROWID
            ;
            CREATE INDEX api_token_by_account ON api_token (account)
            """)
    ]
}
