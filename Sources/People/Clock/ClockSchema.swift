import Database

/// The newest time known at a write, stored at most once a minute.
enum ClockSchema {
    static let migrations = [
        Migration(
            "clock-1",
            """
            CREATE TABLE clock_mark (
                one    INTEGER NOT NULL PRIMARY KEY CONSTRAINT clock_mark_one CHECK (one = 1),
                newest INTEGER NOT NULL
            ) STRICT
            """)
    ]
}
