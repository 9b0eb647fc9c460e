import Database

/// Idempotency keys of writes with their responses. Keys and requests may contain personal data, so they are stored as
/// keyed hashes, and responses are encrypted.
enum StoredResponseSchema {
    static let migrations = [
        Migration(
            "answer-1",
            """
            CREATE TABLE api_answer (
                key     BLOB NOT NULL PRIMARY KEY,
                request BLOB NOT NULL,
                turn    BLOB NOT NULL,
                lease   INTEGER NOT NULL,
                expires INTEGER NOT NULL,
                answer  BLOB
            ) STRICT, WITHOUT ROWID
            ;
            CREATE INDEX api_answer_by_expiry ON api_answer (expires)
            """)
    ]
}
