/// A sentence in the two languages in which people meet this program.
package struct LocalizedText: Sendable, Hashable {
    /// The Chinese sentence, which screens show.
    package let chinese: String
    /// The English sentence, which a terminal shows when its `LANG` is not Chinese.
    package let english: String

    package init(_ chinese: String, en english: String) {
        self.chinese = chinese
        self.english = english
    }
}

/// Why something was not done: a kind for machines, a stable code for the hotline, a sentence for the person.
///
/// The sentence says what happened with the values, why, and what to do now. It never carries personal data that the
/// reader did not just give.
package struct Failure: Error, Sendable, Hashable {
    /// What a machine may conclude: how a command exits, which status an answer has, whether to try again.
    package enum Kind: String, Sendable, Hashable {
        /// The input is not what was asked for; nothing was done.
        case badInput
        /// The input is well-formed and a rule says no.
        case refused
        /// What was named does not exist.
        case notFound
        /// Somebody else was there first; read again and decide anew.
        case conflict
        /// The surroundings fail: database, disk, key file, memory.
        case unavailable
        /// The input is larger than what is taken; nothing was done.
        case tooLarge
        /// Who asks has not said who they are: no session, no token.
        case notSignedIn
        /// Who asks may not.
        case denied
        /// The address is asked by another method of HTTP.
        case otherMethod
        /// The input is of another type, character set or encoding than is taken; nothing was read.
        case otherType
        /// Too much was asked in too short a time; later it is answered.
        case tooMany
        /// What was kept is not what was written: tampering or a broken disk.
        case damaged
    }

    package let kind: Kind
    /// Stable, lower case, `subject.reason`: what a user reads to the hotline.
    package let code: String
    package let words: LocalizedText
    /// What an engine or the system said: for the log and the command line. No page and no answer of the API shows it,
    /// since it names addresses, paths and statements.
    package let detail: String?
    /// Whether the record of acts keeps it when somebody who is signed in meets it: what they may not do, and what
    /// shows that they try.
    package let isRecorded: Bool

    /// `isRecorded`: by default of `denied` and `refused`.
    package init(
        _ kind: Kind, _ code: String, _ chinese: String, en english: String, detail: String? = nil,
        isRecorded: Bool? = nil
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.isRecorded = isRecorded ?? (kind == .denied || kind == .refused)
        words = LocalizedText(chinese, en: english)
    }

    /// Whether it is the same failure, whatever values the sentences have.
    package func isSame(as other: Failure) -> Bool { code == other.code }
}

extension Failure: CustomStringConvertible {
    package var description: String { "\(words.english) [\(code)]" }
}
