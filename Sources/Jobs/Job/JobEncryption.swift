import Files
import Kernel
import Signing

/// Seals what a job was told and what it answered: each opens only in its own column of its own row. With them are
/// sealed whose job it is, since when, what it does and its files, so that nobody without keys gives a job to somebody
/// else, or puts another in its place.
struct JobEncryption {
    enum Column: String {
        case told, answered
    }

    private let keys: KeyRing?
    private let number: ID<Job>

    init(_ keys: KeyRing?, _ number: ID<Job>) { (self.keys, self.number) = (keys, number) }

    typealias Texts = (column: Column, texts: [String: String])

    static func answer(_ result: JobResult, _ name: String, _ output: FileHash?, _ owner: JobOwner) -> Texts {
        (.answered, ["result": result.text, "name": name, "file": output.sealed, "owner": owner.text])
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

/// What a job is known by: who ordered what, and when.
struct JobOwner {
    let kind: String
    let account: Int
    /// Milliseconds since 1970.
    let created: Int

    var text: String { "\(kind) \(account) \(created)" }
}

/// A job to be done.
struct JobRequest {
    let owner: JobOwner
    let title: String
    let payload: StoredPayload
    let input: FileHash?
    let inputName: String
    /// What makes a second order the same job while this one is open.
    var key: String?
    /// It is not begun before, in milliseconds since 1970.
    var due = 0

    var told: JobEncryption.Texts {
        let texts = [
            "owner": owner.text, "title": title, "payload": payload.json, "detail": payload.older,
            "name": inputName, "file": input.sealed,
        ]
        return (.told, texts)
    }
}

extension FileHash? {
    /// As it is sealed with a job: in hexadecimal, empty where there is no file.
    fileprivate var sealed: String { self?.bytes.hexadecimal ?? "" }

    /// Whether it is the file that was sealed with a job, or that file's time is over.
    func isThat(of texts: [String: String]) -> Bool { self == nil || sealed == texts["file"] }
}
