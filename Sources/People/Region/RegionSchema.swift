import Database

enum RegionSchema {
    static let table = AuthenticatedTable("region", key: ["code"], ["name"])

    static let migrations = [
        Migration(
            "region-1",
            """
            CREATE TABLE region (
                code TEXT NOT NULL PRIMARY KEY CONSTRAINT region_code CHECK (length(code) IN (6, 9)),
                name TEXT NOT NULL CONSTRAINT region_name CHECK (name <> '')
            ) STRICT
            """)
    ]
}
