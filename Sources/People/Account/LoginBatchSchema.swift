import Database

/// Logins opened together. The keyed hash of a code is the account's password; here is what it depends on, and for a
/// short time the code itself, encrypted.
enum LoginBatchSchema {
    static let batch = AuthenticatedTable(
        "login_batch", key: ["number"],
        ["account", "organisation", "bureau", "scope", "reason", "made", "expires", "opened", "fetched", "ended"])
    static let code = AuthenticatedTable("login_code", key: ["account"], ["batch"])

    static let migrations = [
        Migration(
            "login-batch-1",
            """
            CREATE TABLE login_batch (
                number       INTEGER NOT NULL PRIMARY KEY,
                account      INTEGER NOT NULL REFERENCES account (number),
                organisation INTEGER REFERENCES organisation (number),
                bureau       INTEGER NOT NULL CONSTRAINT login_batch_bureau CHECK (bureau IN (0, 1)),
                scope        TEXT NOT NULL,
                reason       TEXT NOT NULL CONSTRAINT login_batch_reason CHECK (reason <> ''),
                made         INTEGER NOT NULL,
                expires      INTEGER NOT NULL CONSTRAINT login_batch_expires CHECK (expires > made),
                opened       INTEGER NOT NULL CONSTRAINT login_batch_opened CHECK (opened >= 0),
                fetched      INTEGER,
                ended        INTEGER,
                mac          BLOB NOT NULL
            ) STRICT
            ;
            CREATE TABLE login_code (
                account INTEGER NOT NULL PRIMARY KEY REFERENCES account (number),
                batch   INTEGER NOT NULL REFERENCES login_batch (number),
                mac     BLOB NOT NULL
            ) STRICT
            ;
            CREATE INDEX login_code_by_batch ON login_code (batch)
            ;
            CREATE TABLE login_slip (
                account INTEGER NOT NULL PRIMARY KEY REFERENCES account (number),
                batch   INTEGER NOT NULL REFERENCES login_batch (number),
                sealed  BLOB NOT NULL
            ) STRICT
            ;
            CREATE INDEX login_slip_by_batch ON login_slip (batch)
            """)
    ]
}
