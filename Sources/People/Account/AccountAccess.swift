/// What lets somebody into an account, as the changes of state have it: a row from before that is put back in the
/// database lets nobody in.
struct AccountAccess {
    /// Of the password: the first 16 digits of its hash.
    let mark: String
    /// Sessions that were begun earlier, and tokens that were made earlier, are over; in milliseconds since 1970.
    let sessions: Int
    let tokens: Int

    var text: String { "\(mark) \(sessions) \(tokens)" }

    init(mark: String, sessions: Int, tokens: Int) {
        (self.mark, self.sessions, self.tokens) = (mark, sessions, tokens)
    }

    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 3, let sessions = Int(words[1]), let tokens = Int(words[2]) else { return nil }
        self.init(mark: String(words[0]), sessions: sessions, tokens: tokens)
    }
}
