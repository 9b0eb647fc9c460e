import Database

enum NumberSchema {
    static let migrations = [
        Migration(
            "numbers-1",
            """
            CREATE TABLE number_range (
                kind TEXT NOT NULL PRIMARY KEY,
                next INTEGER NOT NULL CONSTRAINT number_range_positive CHECK (next > 0)
            ) STRICT
            ;
            CREATE TABLE key_ring (
                one         INTEGER NOT NULL PRIMARY KEY CONSTRAINT key_ring_one CHECK (one = 1),
                fingerprint BLOB NOT NULL
            ) STRICT
            """)
    ]
}
