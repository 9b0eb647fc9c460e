import Database

/// Keys of writes by programs and what came of them. What the key and the request say may name people: both are kept
/// as keyed hashes, and the answer encrypted.
enum StoredAnswerSchema {
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
