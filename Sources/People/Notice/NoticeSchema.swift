import Database

enum NoticeSchema {
    static let notice = AuthenticatedTable(
        "notice", key: ["number"], ["title", "body", "published", "account"], added: "published")
    static let withdrawal = AuthenticatedTable(
        "notice_withdrawal", key: ["notice"], ["reason", "withdrawn", "account"], added: "withdrawn")

    static let migrations = [
        Migration(
            "notice-1",
            """
            CREATE TABLE notice (
                number    INTEGER NOT NULL PRIMARY KEY,
                title     TEXT NOT NULL CONSTRAINT notice_title CHECK (title <> ''),
                body      TEXT NOT NULL CONSTRAINT notice_body CHECK (body <> ''),
                published INTEGER NOT NULL,
                account   INTEGER NOT NULL REFERENCES account (number)
            ) STRICT
            ;
            CREATE TABLE notice_withdrawal (
                notice    INTEGER NOT NULL PRIMARY KEY REFERENCES notice (number),
                reason    TEXT NOT NULL CONSTRAINT notice_withdrawal_reason CHECK (reason <> ''),
                withdrawn INTEGER NOT NULL,
                account   INTEGER NOT NULL REFERENCES account (number)
            ) STRICT
            """, appendOnly: ["notice", "notice_withdrawal"])
    ]
}
