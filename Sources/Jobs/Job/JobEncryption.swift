import Files
import Kernel
import Signing

/// Encrypts a job's payload and result, each bound to its column and row. Account, time, kind and files are encrypted
/// with them, so that without keys a job cannot be given to another account or replaced by another job.
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

    /// Empty if nothing was stored yet. Failure: `sealed.damaged`.
    func open(_ sealed: [UInt8]?, _ column: Column) throws -> [String: String] {
        guard let sealed else { return [:] }
        guard let keys else { throw Failure.jobsNeedKeys }
        let text = String(decoding: try keys.open(sealed, context: context(column)), as: UTF8.self)
        return FactText.decode(text)?.mapValues(\.description) ?? [:]
    }

    private func context(_ column: Column) -> String { "job/\(column.rawValue)/\(number)" }
}

/// The kind, account and time of a job.
struct JobOwner {
    let kind: String
    let account: Int
    /// Milliseconds since 1970.
    let created: Int

    var text: String { "\(kind) \(account) \(created)" }
}

/// A job to be stored.
struct JobRequest {
    let owner: JobOwner
    let title: String
    let payload: StoredPayload
    let input: FileHash?
    let inputName: String
    /// While a job with this key is open, an equal order is the same job.
    var key: String?
    /// The earliest start, in milliseconds since 1970.
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
    /// The hash as encrypted with a job: in hexadecimal, empty if there is no file.
    fileprivate var sealed: String { self?.bytes.hexadecimal ?? "" }

    /// Whether it is the file that was stored with the job; also true if that file has expired.
    func isThat(of texts: [String: String]) -> Bool { self == nil || sealed == texts["file"] }
}
