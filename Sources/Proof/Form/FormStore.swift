import Database
import Kernel
import Signing

struct FormStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// All versions of all forms, by number. Failure: `form.damaged` where a text is not the one that was published.
    func all() throws -> [Int: PublishedForm] {
        var forms: [Int: PublishedForm] = [:]
        try transaction.each("SELECT number, version, text, hash FROM certificate_form ORDER BY number") { row in
            let (number, text) = (try row.int(0), try row.text(2))
            guard sha256(text.utf8) == (try row.bytes(3)), let form = try? CertificateForm(reading: text) else {
                throw Failure(
                    .damaged, "form.damaged", "第 \(number) 号证书版式被改动，不能使用。请从备份恢复。",
                    en: "Certificate form \(number) is not the one that was published. Restore a backup.")
            }
            forms[number] = PublishedForm(number: number, version: try row.int(1), form: form)
        }
        return forms
    }

    func count() throws -> Int { try transaction.first("SELECT count(*) FROM certificate_form") { try $0.int(0) } ?? 0 }

    /// Adds a version, unless the newest one of its key has the same text.
    func add(_ form: CertificateForm, at now: Int) throws -> (number: Int, version: Int, isNew: Bool) {
        let newest = try transaction.first(
            "SELECT number, version, text FROM certificate_form WHERE key = \(form.key) ORDER BY version DESC LIMIT 1"
        ) { (number: try $0.int(0), version: try $0.int(1), text: try $0.text(2)) }
        if let newest, newest.text == form.text { return (newest.number, newest.version, false) }
        let (number, version) = (try count() + 1, (newest?.version ?? 0) + 1)
        try transaction.execute(
            """
            INSERT INTO certificate_form (number, key, version, region, text, hash, published)
            VALUES (\(number), \(form.key), \(version), \(form.region), \(form.text), \(sha256(form.text.utf8)), \(now))
            """)
        return (number, version, true)
    }
}
