import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// A write and its idempotency key (draft-ietf-httpapi-idempotency-key-header). A client that got no response repeats
/// the request with the same key, and the work is done once.
package struct IdempotencyClaim: Sendable, Hashable {
    /// The token that the key belongs to. Keys of different tokens are independent.
    package let token: String
    package let key: String
    /// Method, address and content, in which white space and the order of fields make no difference.
    package let request: String

    package init(token: String, key: String, request: String) {
        (self.token, self.key, self.request) = (token, key, request)
    }
}

/// The state of a request with a key.
package enum IdempotencyState: Sendable, Hashable {
    /// The caller must carry it out; `turn` identifies this attempt.
    case begun(turn: [UInt8])
    case completed([UInt8])
    /// Another attempt is carrying it out.
    case running
    /// The key was sent with another request.
    case otherRequest
}

/// Stores claims and responses for all nodes. An attempt holds its key for a short time, the lease, and renews it while
/// it works. After kill -9 the lease expires, and the request can be sent again with its key.
package protocol ResponseStore: Sendable {
    /// The time between two renewals of a lease.
    var renewal: Duration { get }
    func begin(_ claim: IdempotencyClaim) async throws -> IdempotencyState
    /// Begins the lease of this attempt anew, if it still holds the key.
    func renew(_ claim: IdempotencyClaim, turn: [UInt8]) async throws
    /// Keeps the response if this attempt still holds the key.
    func finish(_ claim: IdempotencyClaim, turn: [UInt8], response: [UInt8]) async throws
    /// Ends the lease of an attempt that may have changed something. The key stays bound to its request, which can be
    /// sent again.
    func endLease(_ claim: IdempotencyClaim, turn: [UInt8]) async throws
    /// Releases the key after an attempt that changed nothing. It can be sent again, also with another request.
    func release(_ claim: IdempotencyClaim, turn: [UInt8]) async throws
}

/// Thrown by work that failed after a part of it was committed, or may have been. The client gets `failure`.
package struct PartialWork: Error {
    package let failure: Failure

    package init(_ failure: Failure) { self.failure = failure }
}

extension WebRequest {
    /// The idempotency key of the request: 1 to 255 visible ASCII characters, with or without the quotation marks of
    /// structured fields (RFC 8941).
    ///
    /// Failures: `api.key-missing`, `api.key`.
    func idempotencyKey() throws -> String {
        guard let name = HTTPField.Name("Idempotency-Key") else { throw Failure.noKey }
        let values = httpRequest.headers[values: name]
        guard let value = values.first else { throw Failure.noKey }
        let isQuoted = value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
        let key = isQuoted ? String(value.dropFirst().dropLast()) : value
        let isPlain = key.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard values.count == 1, 1...255 ~= key.utf8.count, isPlain else { throw Failure.badKey }
        return key
    }

    /// Carries out a write once for each key and returns its stored response to repetitions. Failures are not stored.
    /// After a `Failure` of the work, which changed nothing, the key can be sent again with any content; after every
    /// other error only with the same content.
    ///
    /// Failures: `api.key-reused`, `api.key-running`, and those of the work.
    func once(
        _ key: String, _ content: String, _ store: any ResponseStore, token: String, _ work: () async throws -> [UInt8]
    ) async throws -> WebResponse {
        let head = "\(httpRequest.method.rawValue) \(httpRequest.uri.description)"
        let claim = IdempotencyClaim(token: token, key: key, request: head + "\n" + content)
        switch try await store.begin(claim) {
        case .completed(let bytes): return .json(bytes, isReplayed: true)
        case .running: throw Failure.keyRunning
        case .otherRequest: throw Failure.keyReused
        case .begun(let turn):
            return .json(try await IdempotentAttempt(claim, turn, store, number: number).run(work))
        }
    }
}

/// An attempt that holds its key. Its own writes run in tasks of their own, since the client's disconnection cancels
/// the request's task, and a cancelled task writes nothing.
private struct IdempotentAttempt: Sendable {
    private let claim: IdempotencyClaim
    private let turn: [UInt8]
    private let store: any ResponseStore
    /// The request's number, for the log.
    private let number: String

    init(_ claim: IdempotencyClaim, _ turn: [UInt8], _ store: any ResponseStore, number: String) {
        (self.claim, self.turn, self.store, self.number) = (claim, turn, store, number)
    }

    private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .seconds(1), .seconds(2)]

    func run(_ work: () async throws -> [UInt8]) async throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try await renewing(work)
        } catch let partial as PartialWork {
            await endLease()
            throw partial.failure
        } catch let failure as Failure {
            await Task { try? await store.release(claim, turn: turn) }.value
            throw failure
        } catch {
            await endLease()
            throw error
        }
        await keep(bytes)
        return bytes
    }

    /// Runs the work with its lease renewed. The last renewal has ended when this returns.
    private func renewing(_ work: () async throws -> [UInt8]) async throws -> [UInt8] {
        let renewals = Task { await renew() }
        let result: Result<[UInt8], any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        renewals.cancel()
        await renewals.value
        return try result.get()
    }

    private func renew() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: store.renewal)
            if !Task.isCancelled { try? await store.renew(claim, turn: turn) }
        }
    }

    private func endLease() async { await Task { try? await store.endLease(claim, turn: turn) }.value }

    /// Stores the response, in several tries. If all fail, the client gets the response all the same, because the work
    /// is committed; a repetition runs the work again, which then changes nothing.
    private func keep(_ bytes: [UInt8]) async {
        await Task {
            for pause in Self.pauses {
                do { return try await store.finish(claim, turn: turn, response: bytes) } catch {
                    try? await Task.sleep(for: pause)
                }
            }
            Logger(label: "xueshi").error("unkept-response", metadata: ["number": "\(number)"])
            try? await store.endLease(claim, turn: turn)
        }.value
    }
}

extension WebResponse {
    private static let replayed = HTTPField.Name("Idempotency-Replayed")

    fileprivate static func json(_ bytes: [UInt8], isReplayed: Bool = false) -> WebResponse {
        var headers: HTTPFields = [.contentType: FileType.json.rawValue]
        if isReplayed, let replayed { headers[replayed] = "true" }
        return .response(
            Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))))
    }
}

extension Failure {
    static let noKey = Failure(
        .badInput, "api.key-missing", "缺少请求头 Idempotency-Key，没有登记任何内容。请为每次提交生成不重复的键（如 UUID），重发时用同一个键。",
        en: "The header Idempotency-Key is missing; nothing was done. Make a key for each write.")

    static let badKey = Failure(
        .badInput, "api.key", "请求头 Idempotency-Key 不对：应为 1 至 255 位，只用英文字母、数字和符号，不含空格。没有登记任何内容，请改正后再发。",
        en: "Idempotency-Key is one text of 1 to 255 visible ASCII characters. Correct it and send it again.")

    static let keyReused = Failure(
        .refused, "api.key-reused", "这个 Idempotency-Key 已用于另一次内容不同的提交，没有登记任何内容。要提交新的内容，请换一个新的键。",
        en: "This Idempotency-Key was used with another request. Nothing was done; use a new key.")

    static let keyRunning = Failure(
        .conflict, "api.key-running", "使用这个 Idempotency-Key 的提交还在办理。请过几秒用同一个键再发一次，取得办理结果。",
        en: "The request with this Idempotency-Key is still being processed. Send it again in a few seconds.",
        retryAfter: 5)
}
