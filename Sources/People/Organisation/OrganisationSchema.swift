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

    /// The form of the name by which a unit is found. Two units that had one form before stay two.
    static let ofForms = [
        Migration(
            "organisation-2",
            """
            ALTER TABLE organisation ADD COLUMN name_form TEXT
            ;
            CREATE INDEX organisation_by_form ON organisation (region, name_form)
            """
        ) { transaction in try OrganisationStore(transaction).putForms() },
        // Letters without case, one dash.
        Migration("organisation-3") { transaction in try OrganisationStore(transaction).putForms() },
    ]

    /// Which authority looks after a whole region: the column stands before whatever reads units as they are now.
    static let jurisdiction = [
        Migration(
            "organisation-4",
            """
            ALTER TABLE organisation ADD COLUMN jurisdiction TEXT REFERENCES region (code)
            ;
            CREATE UNIQUE INDEX organisation_by_jurisdiction ON organisation (jurisdiction)
            """)
    ]

    /// It was the authority with the lowest number before.
    static let firstJurisdictions = [
        Migration("organisation-5") { transaction in try OrganisationStore(transaction).putFirstJurisdictions() }
    ]
}
