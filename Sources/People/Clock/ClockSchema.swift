import Database

/// The newest time that was known when something was written, to the minute.
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
