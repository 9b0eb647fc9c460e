import Foundation
import HTTPTypes
import Hummingbird
import Kernel

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

/// Stores claims and responses for all nodes.
package protocol ResponseStore: Sendable {
    func begin(_ claim: IdempotencyClaim) async throws -> IdempotencyState
    /// Keeps the response if this attempt still holds the key.
    func finish(_ claim: IdempotencyClaim, turn: [UInt8], response: [UInt8]) async throws
    /// Releases the key after an attempt that changed nothing, so that it can be sent again.
    func release(_ claim: IdempotencyClaim, turn: [UInt8]) async throws
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

    /// Carries out a write once for each key and returns its stored response to repetitions. Failures are not stored:
    /// the key can be sent again, also with other content.
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
            do {
                let bytes = try await work()
                try await store.finish(claim, turn: turn, response: bytes)
                return .json(bytes)
            } catch {
                // A separate task, since a cancelled task writes nothing.
                await Task { try? await store.release(claim, turn: turn) }.value
                throw error
            }
        }
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
        en: "The request with this Idempotency-Key is still being processed. Send it again in a few seconds.")
}
