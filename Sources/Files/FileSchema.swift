import Database

enum FileSchema {
    static let migrations = [
        Migration(
            "file-1",
            """
            CREATE TABLE file (
                hash   BLOB NOT NULL PRIMARY KEY CONSTRAINT file_hash CHECK (length(hash) = 32),
                size   INTEGER NOT NULL,
                sealed BLOB NOT NULL,
                kept   INTEGER NOT NULL
            ) STRICT
            """)
    ]
}
