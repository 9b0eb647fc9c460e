import Database
import Foundation
import Kernel
import Web

/// The parameters of a job, such as a year. They are stored as JSON and must stay readable for later programs, so new
/// fields must be optional.
package protocol JobPayload: Codable, Sendable {
    /// From the names and values of an older job, stored before payloads had types; `nil` if they do not match.
    init?(older values: [String: String])
}

extension JobPayload {
    package init?(older values: [String: String]) { return nil }
}

/// For kinds without parameters.
package struct NoPayload: JobPayload {
    package init() {}
    package init?(older values: [String: String]) {}
}

/// A payload as stored.
struct StoredPayload: Sendable {
    /// Empty in jobs from before payloads had types.
    let json: String
    /// The names and values of such a job.
    let older: String

    init(json: String, older: String) { (self.json, self.older) = (json, older) }

    init(_ payload: some JobPayload) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        (json, older) = (String(decoding: try encoder.encode(payload), as: UTF8.self), "")
    }

    func read<Payload: JobPayload>(_ type: Payload.Type) -> Payload? {
        guard json.isEmpty else { return try? JSONDecoder().decode(type, from: Data(json.utf8)) }
        return Payload(older: FactText.decode(older)?.mapValues(\.description) ?? [:])
    }
}

extension Job {
    /// The job's payload. Failure: `job.payload` if it is not of this type.
    package func payload<Payload: JobPayload>(_ type: Payload.Type = Payload.self) throws(Failure) -> Payload {
        guard let payload = stored.read(type) else { throw Failure.jobPayload(kind) }
        return payload
    }
}

extension JobKind {
    /// A kind with a payload. A job with a payload of another type fails with `job.payload`.
    package init<Payload: JobPayload>(
        _ key: String, _ payload: Payload.Type, limit: Int = 2, isInOrder: Bool = false, place: Breadcrumb? = nil,
        authorise: @escaping @Sendable (Job, Payload, Transaction) throws -> Void = { _, _, _ in },
        _ run: @escaping @Sendable (JobContext, Payload) async throws -> JobOutcome
    ) {
        self.init(
            key, limit: limit, isInOrder: isInOrder, place: place,
            authorise: { try authorise($0, $0.payload(payload), $1) },
            { try await run($0, $0.job.payload(payload)) })
    }
}

extension Failure {
    static func jobPayload(_ kind: String) -> Failure {
        Failure(
            .refused, "job.payload", "这项任务（\(kind)）的内容本程序读不出，可能是由别的版本下达的，没有办理。请从原来的页面重新提交。",
            en: "This program cannot read the parameters of the job (\(kind)); nothing was done. Start it again.")
    }
}
