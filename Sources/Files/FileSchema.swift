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
        folder,
    ]

    /// `place`: the file's name in the folder; NULL if it is in `stored_piece`. `kept`: since when it has had no
    /// reference. `dropped_file`: files to be removed from the folder.
    private static let folder = Migration(
        "file-3",
        """
        ALTER TABLE stored_file ADD COLUMN place BLOB CONSTRAINT stored_file_place CHECK (length(place) = 8)
        ;
        ALTER TABLE stored_file ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0
            CONSTRAINT stored_file_public CHECK (is_public IN (0, 1))
        ;
        CREATE INDEX stored_file_by_kept ON stored_file (kept, hash)
        ;
        CREATE TABLE stored_reference (
            owner  TEXT NOT NULL,
            number INTEGER NOT NULL,
            hash   BLOB NOT NULL REFERENCES stored_file (hash),
            PRIMARY KEY (owner, number, hash)
        ) STRICT
        ;
        CREATE INDEX stored_reference_by_hash ON stored_reference (hash)
        ;
        CREATE TABLE dropped_file (
            hash      BLOB NOT NULL,
            place     BLOB NOT NULL,
            is_public INTEGER NOT NULL,
            PRIMARY KEY (hash, place)
        ) STRICT
        ;
        CREATE TABLE file_folder (
            id BLOB NOT NULL PRIMARY KEY
        ) STRICT
        ;
        CREATE TABLE file_upload (
            account INTEGER NOT NULL,
            time    INTEGER NOT NULL,
            size    INTEGER NOT NULL
        ) STRICT
        ;
        CREATE INDEX file_upload_by_account ON file_upload (account, time)
        """)
}
