import Database
import Integrity
import Kernel
import Web

extension People {
    /// The tables of this module whose rows have codes.
    package static let tables =
        PeopleRowCodesSchema.older + PeopleRowCodesSchema.notices + [UpstreamSchema.request, UpstreamSchema.resolution]
        + [LoginBatchSchema.batch, LoginBatchSchema.code]

    /// Further tables whose rows signed roots count; their codes are checked separately.
    package static let countedTables = [AuditSchema.counted]
}

enum PeopleRowCodesSchema {
    /// Tables that were created without codes.
    static let older = [
        RegionSchema.table, OrganisationSchema.table, PersonSchema.person, PersonSchema.merge,
        EmploymentSchema.employment, EmploymentSchema.fact, AccountSchema.account, AccountSchema.login,
        AccountSchema.role, AccountSchema.session, TokenSchema.table,
    ]

    /// Notices and password resets, also created without codes.
    static let notices = [NoticeSchema.notice, NoticeSchema.withdrawal, PasswordResetSchema.table]

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
            """, addingCodesTo: older, after: { try AccountStore.logRoles($0) })
    ]

    static let noticeMigrations = [
        Migration(
            "people-row-codes-2",
            """
            ALTER TABLE notice ADD COLUMN mac BLOB
            ;
            ALTER TABLE notice_withdrawal ADD COLUMN mac BLOB
            ;
            ALTER TABLE password_reset ADD COLUMN mac BLOB
            """, addingCodesTo: notices)
    ]
}
