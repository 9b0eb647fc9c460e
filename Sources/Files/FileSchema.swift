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
            """),
        Migration(
            "file-2",
            """
            CREATE TABLE stored_file (
                hash BLOB NOT NULL PRIMARY KEY CONSTRAINT stored_file_hash CHECK (length(hash) = 32),
                size INTEGER NOT NULL,
                kept INTEGER NOT NULL
            ) STRICT
            ;
            CREATE TABLE stored_piece (
                hash   BLOB NOT NULL REFERENCES stored_file (hash),
                piece  INTEGER NOT NULL,
                sealed BLOB NOT NULL,
                PRIMARY KEY (hash, piece)
            ) STRICT
            """),
    ]
}
