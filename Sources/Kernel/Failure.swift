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
        /// Who asks may not, or has not signed in.
        case denied
        /// Too much was asked in too short a time; later it is answered.
        case tooMany
        /// What was kept is not what was written: tampering or a broken disk.
        case damaged
    }

    package let kind: Kind
    /// Stable, lower case, `room.reason`: what a user reads to the hotline.
    package let code: String
    package let words: LocalizedText
    /// What an engine or the system said: for the log and the command line. No page and no answer of the API shows it,
    /// since it names addresses, paths and statements.
    package let detail: String?

    package init(_ kind: Kind, _ code: String, _ chinese: String, en english: String, detail: String? = nil) {
        self.kind = kind
        self.code = code
        self.detail = detail
        words = LocalizedText(chinese, en: english)
    }
}

extension Failure: CustomStringConvertible {
    package var description: String { "\(words.english) [\(code)]" }
}
