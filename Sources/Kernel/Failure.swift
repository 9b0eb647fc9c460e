/// Why something was not done: a kind for programs, a stable code for the hotline, a sentence for the user.
///
/// The sentence says what happened, why, and what to do now. It contains no personal data other than what the reader
/// has just entered.
package struct Failure: Error, Sendable, Hashable {
    /// The kind determines exit codes, status codes and retries.
    package enum Kind: String, Sendable, Hashable {
        /// The input is invalid; nothing was done.
        case badInput
        /// The input is well-formed, but a rule forbids it.
        case refused
        /// The named object does not exist.
        case notFound
        /// The data was changed by somebody else; read it again.
        case conflict
        /// The environment fails: database, disk, key file, memory.
        case unavailable
        /// The input is larger than allowed; nothing was done.
        case tooLarge
        /// There is no valid session or token.
        case notSignedIn
        /// The user may not do this.
        case denied
        /// The path does not support this method of HTTP.
        case otherMethod
        /// The input has an unsupported type, character set or encoding; nothing was read.
        case otherType
        /// Too many requests in a short time; a later one may succeed.
        case tooMany
        /// The stored data is not what was written: tampering or a faulty disk.
        case damaged
    }

    package let kind: Kind
    /// Stable, lower case, `subject.reason`; users give it to the hotline.
    package let code: String
    package let words: LocalizedText
    /// The message of an engine or the system, for the log and the command line. It contains addresses, paths and
    /// statements, so pages and the API never show it.
    package let detail: String?
    /// Whether the audit log records it when a signed-in user meets it: forbidden acts and signs of attempts at them.
    package let isRecorded: Bool
    /// After how many seconds the same request may succeed; `nil` where that is unknown.
    package let retryAfter: Int?

    /// `isRecorded`: by default true for `denied` and `refused`.
    package init(
        _ kind: Kind, _ code: String, _ chinese: String, en english: String, detail: String? = nil,
        isRecorded: Bool? = nil, retryAfter: Int? = nil
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.isRecorded = isRecorded ?? (kind == .denied || kind == .refused)
        self.retryAfter = retryAfter
        words = LocalizedText(chinese, en: english)
    }

    /// Whether it is the same failure, regardless of the values in its sentences.
    package func isSame(as other: Failure) -> Bool { code == other.code }
}

extension Failure: CustomStringConvertible {
    package var description: String { "\(words.english) [\(code)]" }
}
