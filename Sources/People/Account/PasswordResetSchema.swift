import Database

/// Who gave a person a first password, when and why. It is shown to the person.
enum PasswordResetSchema {
    static let table = AuthenticatedTable(
        "password_reset", key: ["account", "turn"], ["by_account", "organisation", "reason", "given"], added: "given")

    static let migrations = [
        Migration(
            "password-reset-1",
            """
            CREATE TABLE password_reset (
                account      INTEGER NOT NULL REFERENCES account (number),
                turn         INTEGER NOT NULL,
                by_account   INTEGER NOT NULL REFERENCES account (number),
                organisation INTEGER REFERENCES organisation (number),
                reason       TEXT NOT NULL CONSTRAINT password_reset_reason CHECK (reason <> ''),
                given        INTEGER NOT NULL,
                PRIMARY KEY (account, turn)
            ) STRICT
            """, appendOnly: ["password_reset"])
    ]
}
