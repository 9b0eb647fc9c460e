import Database
import Files
import Signing

enum JobSchema {
    /// `keys` encrypt the plain text of older databases.
    static func migrations(_ keys: KeyRing?) -> [Migration] {
        [
            Migration(
                "job-1",
                """
                CREATE TABLE job (
                    number      INTEGER NOT NULL PRIMARY KEY,
                    kind        TEXT NOT NULL,
                    title       TEXT NOT NULL,
                    account     INTEGER NOT NULL,
                    detail      TEXT NOT NULL,
                    input       BLOB,
                    input_name  TEXT NOT NULL,
                    state       TEXT NOT NULL
                                CONSTRAINT job_state CHECK (state IN ('waiting', 'running', 'done', 'failed')),
                    attempt     INTEGER NOT NULL,
                    lease       INTEGER NOT NULL,
                    done        INTEGER NOT NULL,
                    total       INTEGER NOT NULL,
                    result      TEXT NOT NULL,
                    output      BLOB,
                    output_name TEXT NOT NULL,
                    created     INTEGER NOT NULL,
                    ended       INTEGER NOT NULL
                ) STRICT
                ;
                CREATE INDEX job_by_state ON job (state, number)
                ;
                CREATE INDEX job_by_account ON job (account, number)
                """),
            Migration(
                "job-2",
                """
                ALTER TABLE job ADD COLUMN told BLOB
                ;
                ALTER TABLE job ADD COLUMN answered BLOB
                ;
                ALTER TABLE job ADD COLUMN begun INTEGER NOT NULL DEFAULT 0
                ;
                ALTER TABLE job ADD COLUMN faults TEXT NOT NULL DEFAULT ''
                ;
                CREATE INDEX job_by_turn ON job (account, begun)
                """
            ) { try JobStore($0, keys).sealOlder() },
            dropped, orders, references, faults,
        ]
    }

    /// Drops the columns that the previous step encrypted.
    private static let dropped = Migration(
        "job-3",
        """
        ALTER TABLE job DROP COLUMN title
        ;
        ALTER TABLE job DROP COLUMN detail
        ;
        ALTER TABLE job DROP COLUMN input_name
        ;
        ALTER TABLE job DROP COLUMN result
        ;
        ALTER TABLE job DROP COLUMN output_name
        ;
        DROP TABLE file
        """)

    /// Open jobs refer to their files. Files of ended jobs are kept for 30 days after the migration.
    private static let references = Migration(
        "job-5",
        """
        INSERT INTO stored_reference (owner, number, hash)
        SELECT 'job', number, input FROM job
        WHERE state IN ('waiting', 'running') AND input IN (SELECT hash FROM stored_file)
        ;
        UPDATE stored_file SET kept = (SELECT max(ended) FROM job WHERE input = hash OR output = hash)
        WHERE kept < (SELECT max(ended) FROM job WHERE input = hash OR output = hash)
        """)

    /// Counts instead of the codes of failures. Open jobs begin with no faults.
    private static let faults = Migration(
        "job-6",
        """
        ALTER TABLE job DROP COLUMN faults
        ;
        ALTER TABLE job ADD COLUMN failures INTEGER NOT NULL DEFAULT 0
        ;
        ALTER TABLE job ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0
        ;
        ALTER TABLE job ADD COLUMN all_crashes INTEGER NOT NULL DEFAULT 0
        ;
        ALTER TABLE job ADD COLUMN reached INTEGER NOT NULL DEFAULT 0
        """)

    private static let orders = Migration(
        "job-4",
        """
        ALTER TABLE job ADD COLUMN order_key TEXT
        ;
        ALTER TABLE job ADD COLUMN due INTEGER NOT NULL DEFAULT 0
        ;
        CREATE UNIQUE INDEX job_by_key ON job (kind, account, order_key)
            WHERE order_key IS NOT NULL AND state IN ('waiting', 'running')
        """)
}
