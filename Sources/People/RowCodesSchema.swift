import Database
import Integrity
import Kernel
import Web

extension People {
    /// The tables of this room whose rows carry codes.
    package static let tables = RowCodesSchema.older + [UpstreamSchema.request, UpstreamSchema.answer]

    /// Further tables whose rows a signed root counts: they have codes of their own kind.
    package static let countedTables = [AuditSchema.counted]
}

enum RowCodesSchema {
    /// Those that were made without codes.
    static let older = [
        RegionSchema.table, OrganisationSchema.table, PersonSchema.person, PersonSchema.merge,
        EmploymentSchema.employment, EmploymentSchema.fact, AccountSchema.account, AccountSchema.login,
        AccountSchema.role, AccountSchema.session, TokenSchema.table,
    ]

    static let migrations = [
        Migration(
            "people-row-codes-1",
            """
            ALTER TABLE region ADD COLUMN mac BLOB
            ;
            ALTER TABLE organisation ADD COLUMN mac BLOB
            ;
            ALTER TABLE person ADD COLUMN mac BLOB
            ;
            ALTER TABLE person_merge ADD COLUMN mac BLOB
            ;
            ALTER TABLE employment ADD COLUMN mac BLOB
            ;
            ALTER TABLE person_fact ADD COLUMN mac BLOB
            ;
            ALTER TABLE account ADD COLUMN mac BLOB
            ;
            ALTER TABLE account_login ADD COLUMN mac BLOB
            ;
            ALTER TABLE account_role ADD COLUMN mac BLOB
            ;
            ALTER TABLE account_session ADD COLUMN mac BLOB
            ;
            ALTER TABLE api_token ADD COLUMN mac BLOB
            """
        ) { transaction in
            for table in older { try table.addCodes(transaction) }
            try AccountStore.logRoles(transaction)
        }
    ]
}
