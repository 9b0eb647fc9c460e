import Database

/// Certificates are append-only. Whether one is superseded is not stored; it follows from the current settlements.
enum CertificateSchema {
    static let certificate = AuthenticatedTable(
        "certificate", key: ["number"],
        ["person", "kind", "standing_key", "period_from", "settled", "entry", "holder", "turn", "code", "issued"],
        added: "issued")
    static let revocation = AuthenticatedTable(
        "certificate_revocation", key: ["number"], ["reason", "revoked"], added: "revoked")

    static let migrations = [
        Migration(
            "certificate-1",
            """
            CREATE TABLE certificate (
                number      TEXT NOT NULL PRIMARY KEY,
                person      INTEGER NOT NULL REFERENCES person (number),
                kind        TEXT NOT NULL CONSTRAINT certificate_kind CHECK (kind IN ('annual', 'hours')),
                standing_key  TEXT NOT NULL,
                period_from TEXT NOT NULL,
                settled     INTEGER NOT NULL,
                entry       INTEGER NOT NULL,
                holder      BLOB NOT NULL,
                turn        INTEGER NOT NULL,
                code        BLOB NOT NULL,
                issued      INTEGER NOT NULL,
                CONSTRAINT certificate_once
                    UNIQUE (person, kind, standing_key, period_from, settled, entry, holder, turn),
                CONSTRAINT certificate_subject
                    CHECK ((kind = 'annual') = (settled > 0) AND (kind = 'hours') = (entry > 0))
            ) STRICT
            ;
            CREATE TABLE certificate_print (
                number  TEXT NOT NULL PRIMARY KEY REFERENCES certificate (number),
                pdf     BLOB NOT NULL,
                printed INTEGER NOT NULL
            ) STRICT
            ;
            CREATE TABLE certificate_revocation (
                number  TEXT NOT NULL PRIMARY KEY REFERENCES certificate (number),
                reason  TEXT NOT NULL CONSTRAINT certificate_revocation_reason CHECK (reason <> ''),
                revoked INTEGER NOT NULL
            ) STRICT
            """, appendOnly: ["certificate", "certificate_print", "certificate_revocation"])
    ]
}
