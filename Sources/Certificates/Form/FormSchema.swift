import Database

enum FormSchema {
    static let table = AuthenticatedTable(
        "certificate_form", key: ["number"], ["key", "version", "region", "text", "hash", "published"],
        added: "published")

    static let migrations = [
        Migration(
            "certificate-form-1",
            """
            CREATE TABLE certificate_form (
                number    INTEGER NOT NULL PRIMARY KEY,
                key       TEXT NOT NULL,
                version   INTEGER NOT NULL,
                region    TEXT NOT NULL,
                text      TEXT NOT NULL,
                hash      BLOB NOT NULL CONSTRAINT certificate_form_hash CHECK (length(hash) = 32),
                published INTEGER NOT NULL,
                CONSTRAINT certificate_form_version UNIQUE (key, version)
            ) STRICT
            """, appendOnly: ["certificate_form"])
    ]
}
