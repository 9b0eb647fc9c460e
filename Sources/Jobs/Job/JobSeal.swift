import Files
import Kernel
import Signing

/// Seals what a job was told and what it answered: each opens only in its own column of its own row.
struct JobSeal {
    enum Column: String {
        case told, answered
    }

    private let keys: KeyRing?
    private let number: ID<Job>

    init(_ keys: KeyRing?, _ number: ID<Job>) { (self.keys, self.number) = (keys, number) }

    typealias Texts = (column: Column, texts: [String: String])

    static func order(title: String, detail: String, name: String) -> Texts {
        (.told, ["title": title, "detail": detail, "name": name])
    }

    static func answer(_ result: JobResult, _ name: String) -> Texts {
        (.answered, ["result": result.text, "name": name])
    }

    func seal(_ texts: Texts) throws -> [UInt8] {
        guard let keys else { throw Failure.jobsNeedKeys }
        let text = FactText.encode(texts.texts.mapValues { .text($0) })
        return try keys.seal(Array(text.utf8), context: context(texts.column))
    }

    /// Empty where nothing was sealed yet. Failure: `sealed.damaged`.
    func open(_ sealed: [UInt8]?, _ column: Column) throws -> [String: String] {
        guard let sealed else { return [:] }
        guard let keys else { throw Failure.jobsNeedKeys }
        let text = String(decoding: try keys.open(sealed, context: context(column)), as: UTF8.self)
        return FactText.decode(text)?.mapValues(\.description) ?? [:]
    }

    private func context(_ column: Column) -> String { "job/\(column.rawValue)/\(number)" }
}

/// A job to be done.
struct JobOrder {
    let kind: String
    let title: String
    let account: Int
    let detail: JobDetail
    let input: FileHash?
    let inputName: String

    var told: JobSeal.Texts { JobSeal.order(title: title, detail: detail.text, name: inputName) }
}
