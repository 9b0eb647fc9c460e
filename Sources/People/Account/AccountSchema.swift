import Database

/// All logins are found by a keyed hash, be it a name, an ID number or a mobile number. Sessions are stored as hashes
/// of their tokens, so the database gives no access.
enum AccountSchema {
    static let account = AuthenticatedTable(
        "account", key: ["number"], ["name", "person", "password", "first", "demo", "created"])
    static let login = AuthenticatedTable("account_login", key: ["lookup"], ["account"])
    static let role = AuthenticatedTable("account_role", key: ["account", "role", "organisation"], ["granted"])
    static let session = AuthenticatedTable(
        "account_session", key: ["token"], ["account", "role", "organisation", "begun", "seen"])

    static let migrations = [
        Migration(
            "account-1",
            """
            CREATE TABLE account (
                number   INTEGER NOT NULL PRIMARY KEY,
                name     TEXT NOT NULL CONSTRAINT account_name CHECK (name <> ''),
                person   INTEGER CONSTRAINT account_person UNIQUE REFERENCES person (number),
                password BLOB NOT NULL,
                first    INTEGER NOT NULL CONSTRAINT account_first CHECK (first IN (0, 1)),
                demo     INTEGER NOT NULL CONSTRAINT account_demo CHECK (demo IN (0, 1)),
                created  INTEGER NOT NULL
            ) STRICT
            ;
            CREATE TABLE account_login (
                lookup  BLOB NOT NULL PRIMARY KEY,
                account INTEGER NOT NULL REFERENCES account (number)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE TABLE account_role (
                account      INTEGER NOT NULL REFERENCES account (number),
                role         TEXT NOT NULL,
                organisation INTEGER REFERENCES organisation (number),
                granted      INTEGER NOT NULL
            ) STRICT
            ;
            CREATE UNIQUE INDEX account_role_once ON account_role (account, role, coalesce(organisation, 0))
            ;
            CREATE TABLE account_session (
                token        BLOB NOT NULL PRIMARY KEY,
                account      INTEGER NOT NULL REFERENCES account (number),
                role         TEXT NOT NULL,
                organisation INTEGER REFERENCES organisation (number),
                begun        INTEGER NOT NULL,
                seen         INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID
            ;
            CREATE INDEX account_session_by_account ON account_session (account)
            ;
            CREATE INDEX account_session_by_seen ON account_session (seen)
            ;
            CREATE TABLE account_device (
                account INTEGER NOT NULL REFERENCES account (number),
                device  BLOB NOT NULL,
                seen    INTEGER NOT NULL,
                PRIMARY KEY (account, device)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE TABLE account_miss (
                lookup BLOB NOT NULL,
                device BLOB NOT NULL,
                misses INTEGER NOT NULL,
                last   INTEGER NOT NULL,
                PRIMARY KEY (lookup, device)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE INDEX account_miss_by_last ON account_miss (last)
            """),
        Migration(
            "session-device-1",
            """
            ALTER TABLE account_session ADD COLUMN device BLOB
            ;
            CREATE INDEX account_session_by_device ON account_session (device)
            """),
    ]
}
