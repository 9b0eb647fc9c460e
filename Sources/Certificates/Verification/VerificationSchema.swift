import Database

enum VerificationSchema {
    static let migrations = [
        Migration(
            "verification-1",
            """
            CREATE TABLE verification_guess (
                number  TEXT NOT NULL,
                day     TEXT NOT NULL,
                guesses INTEGER NOT NULL,
                PRIMARY KEY (number, day)
            ) STRICT, WITHOUT ROWID
            ;
            CREATE INDEX verification_guess_by_day ON verification_guess (day)
            """)
    ]
}
