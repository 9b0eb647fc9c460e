import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// A write as it is known by its key (draft-ietf-httpapi-idempotency-key-header): whoever repeats a request that got
/// no answer sends the same key, and the work is done once.
package struct IdempotencyClaim: Sendable, Hashable {
    /// Whose key it is: what one token's holder chose is nothing to another's.
    package let token: String
    package let key: String
    /// Method, address and content. White space and the order of fields make no other request.
    package let request: String

    package init(token: String, key: String, request: String) {
        (self.token, self.key, self.request) = (token, key, request)
    }
}

/// How a request with a key stands.
package enum IdempotencyState: Sendable, Hashable {
    /// It is the caller's to carry out; `turn` names this attempt.
    case begun(turn: [UInt8])
    case answered([UInt8])
    /// Somebody else carries it out.
    case running
    /// The key was sent with another request.
    case otherRequest
}

/// Where claims and answers are kept, for all nodes.
package protocol AnswerStore: Sendable {
    func begin(_ claim: IdempotencyClaim) async throws -> IdempotencyState
    /// Keeps the answer, as long as this attempt holds the key.
    func finish(_ claim: IdempotencyClaim, turn: [UInt8], answer: [UInt8]) async throws
    /// Forgets an attempt that did nothing: the key may be sent again.
    func release(_ claim: IdempotencyClaim, turn: [UInt8]) async throws
}

extension WebRequest {
    /// What the request names itself by: a text of 1 to 255 visible ASCII characters, with or without the quotation
    /// marks of structured fields (RFC 8941).
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

    /// Carries out a write once for each key and gives its answer, as often as it is asked for. What fails is not kept:
    /// the key can be sent again, also with another content.
    ///
    /// Failures: `api.key-reused`, `api.key-running`, and those of the work.
    func once(
        _ key: String, _ content: String, _ store: any AnswerStore, token: String, _ work: () async throws -> [UInt8]
    ) async throws -> WebResponse {
        let head = "\(httpRequest.method.rawValue) \(httpRequest.uri.description)"
        let claim = IdempotencyClaim(token: token, key: key, request: head + "\n" + content)
        switch try await store.begin(claim) {
        case .answered(let bytes): return .json(bytes, isReplayed: true)
        case .running: throw Failure.keyRunning
        case .otherRequest: throw Failure.keyReused
        case .begun(let turn):
            do {
                let bytes = try await work()
                try await store.finish(claim, turn: turn, answer: bytes)
                return .json(bytes)
            } catch {
                // A task of its own: this one may be cancelled, and a cancelled one writes nothing.
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
        en: "Idempotency-Key is one text of 1 to 255 visible ASCII characters. Mend it and send again.")

    static let keyReused = Failure(
        .refused, "api.key-reused", "这个 Idempotency-Key 已用于另一次内容不同的提交，没有登记任何内容。要提交新的内容，请换一个新的键。",
        en: "This Idempotency-Key was used with another request. Nothing was done; use a new key.")

    static let keyRunning = Failure(
        .conflict, "api.key-running", "使用这个 Idempotency-Key 的提交还在办理。请过几秒用同一个键再发一次，取得办理结果。",
        en: "The request with this Idempotency-Key is still being carried out. Send it again in some seconds.")
}
