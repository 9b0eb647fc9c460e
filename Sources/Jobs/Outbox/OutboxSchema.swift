import Database

enum OutboxSchema {
    static let migrations = [
        Migration(
            "outbox-1",
            """
            CREATE TABLE outbox_message (
                number   INTEGER NOT NULL PRIMARY KEY,
                id       TEXT NOT NULL CONSTRAINT outbox_message_once UNIQUE,
                channel  TEXT NOT NULL,
                state    TEXT NOT NULL
                         CONSTRAINT outbox_message_state
                         CHECK (state IN ('created', 'sending', 'delivered', 'failed')),
                content  BLOB,
                attempt  INTEGER NOT NULL,
                failures INTEGER NOT NULL,
                reason   TEXT NOT NULL,
                due      INTEGER NOT NULL,
                lease    INTEGER NOT NULL,
                created  INTEGER NOT NULL,
                ended    INTEGER NOT NULL
            ) STRICT
            ;
            CREATE INDEX outbox_message_by_state ON outbox_message (channel, state, due)
            """)
    ]
}
