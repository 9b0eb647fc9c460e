import Database
import Integrity
import Kernel
import Signing

struct FormStore {
    let transaction: Transaction
    let states: StateLog

    init(_ transaction: Transaction, _ states: StateLog) { (self.transaction, self.states) = (transaction, states) }

    /// All versions of all forms, by number. Failure: `form.damaged` if a text differs from the published one.
    func all(_ states: CurrentStates) throws -> [Int: PublishedForm] {
        var forms: [Int: PublishedForm] = [:]
        try transaction.each(
            "SELECT \(FormSchema.table.selection("f")) FROM certificate_form f ORDER BY f.number"
        ) { row in
            try row.check(FormSchema.table)
            let (number, text) = (try row.int(0), try row.text(4))
            guard sha256(text.utf8) == (try row.bytes(5)), let form = try? CertificateForm(reading: text) else {
                throw Failure(
                    .damaged, "form.damaged", "第 \(number) 号证书版式被改动，不能使用。请从备份恢复。",
                    en: "Certificate form \(number) differs from the published one. Restore a backup.")
            }
            forms[number] = PublishedForm(number: number, version: try row.int(2), form: form)
        }
        // If a version were missing, an older one would be printed.
        guard states.count(.form) == forms.count else { throw Failure.formRemoved }
        return forms
    }

    /// Records as state changes the forms that are older than the state log.
    static func logForms(_ transaction: Transaction) throws {
        let forms = try transaction.rows(
            "SELECT number, key, version, published FROM certificate_form ORDER BY number"
        ) { (number: try $0.int(0), value: "\(try $0.text(1)) \(try $0.int(2))", at: try $0.int(3)) }
        for form in forms {
            try StateLog.record(StateChange(.form, "\(form.number)", form.value), at: form.at, transaction)
        }
    }

    func count() throws -> Int { try transaction.first("SELECT count(*) FROM certificate_form") { try $0.int(0) } ?? 0 }

    /// Adds a version, unless the newest version of its key has the same text.
    func add(_ form: CertificateForm, at now: Int) throws -> (number: Int, version: Int, isNew: Bool) {
        let newest = try transaction.first(
            "SELECT number, version, text FROM certificate_form WHERE key = \(form.key) ORDER BY version DESC LIMIT 1"
        ) { (number: try $0.int(0), version: try $0.int(1), text: try $0.text(2)) }
        if let newest, newest.text == form.text { return (newest.number, newest.version, false) }
        let (number, version) = (try count() + 1, (newest?.version ?? 0) + 1)
        try transaction.insert(
            [number, form.key, version, form.region, form.text, sha256(form.text.utf8), now], into: FormSchema.table)
        try states.record(StateChange(.form, "\(number)", "\(form.key) \(version)"), transaction)
        return (number, version, true)
    }
}

extension Failure {
    static let formRemoved = Failure(
        .damaged, "form.removed", "有已发布的证书版式被删除，不能使用旧版式。请停止写入，从备份恢复。",
        en: "A published certificate form was removed. Stop writing, restore a backup.")
}
