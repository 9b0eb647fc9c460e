import Database

enum JobSchema {
    static let migrations = [
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
            """)
    ]
}
