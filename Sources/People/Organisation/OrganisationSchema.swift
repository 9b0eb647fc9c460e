import Database

enum OrganisationSchema {
    static let table = AuthenticatedTable(
        "organisation", key: ["number"], ["name", "role", "uscc", "nature", "region", "upstream"],
        later: ["name_form", "jurisdiction"])

    static let migrations = [
        Migration(
            "organisation-1",
            """
            CREATE TABLE organisation (
                number   INTEGER NOT NULL PRIMARY KEY,
                name     TEXT NOT NULL CONSTRAINT organisation_name CHECK (name <> ''),
                role     TEXT NOT NULL CONSTRAINT organisation_role CHECK (role IN ('authority', 'employer', 'agency')),
                uscc     TEXT CONSTRAINT organisation_uscc UNIQUE,
                nature   TEXT NOT NULL,
                region   TEXT NOT NULL REFERENCES region (code),
                upstream INTEGER REFERENCES organisation (number),
                CONSTRAINT organisation_not_above_itself CHECK (upstream <> number)
            ) STRICT
            ;
            CREATE UNIQUE INDEX organisation_by_name ON organisation (region, name)
            ;
            CREATE INDEX organisation_by_upstream ON organisation (upstream)
            """)
    ]

    /// The normal form of the name, by which units are found. Existing units with the same form stay separate.
    static let ofForms = [
        Migration(
            "organisation-2",
            """
            ALTER TABLE organisation ADD COLUMN name_form TEXT
            ;
            CREATE INDEX organisation_by_form ON organisation (region, name_form)
            """
        ) { transaction in try OrganisationStore(transaction).putForms() },
        // New version of the form: case is ignored, all dashes are one.
        Migration("organisation-3") { transaction in try OrganisationStore(transaction).putForms() },
    ]

    /// The authority responsible for a whole region. The column must exist before migrations that read units.
    static let jurisdiction = [
        Migration(
            "organisation-4",
            """
            ALTER TABLE organisation ADD COLUMN jurisdiction TEXT REFERENCES region (code)
            ;
            CREATE UNIQUE INDEX organisation_by_jurisdiction ON organisation (jurisdiction)
            """)
    ]

    /// Keeps the earlier rule for existing regions: the authority with the lowest number.
    static let firstJurisdictions = [
        Migration("organisation-5") { transaction in try OrganisationStore(transaction).putFirstJurisdictions() }
    ]
}
