/// The access state of an account in the state log. An older row that is put back into the database does not match it
/// and gives no access.
struct AccountAccess {
    /// The first 16 hexadecimal digits of the password's hash.
    let mark: String
    /// Sessions and tokens made before these times are invalid; in milliseconds since 1970.
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
