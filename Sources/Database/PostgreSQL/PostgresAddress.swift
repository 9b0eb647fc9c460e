/// The address of a server, with how long it is waited for.
struct PostgresAddress: Sendable {
    /// As libpq takes it.
    let text: String
    /// Seconds after which what was asked for fails, where the server cannot be reached: `connect_timeout` of the
    /// address, by default 10.
    let seconds: Int

    private static let usual = 10

    /// To libpq a `connect_timeout` of 0 is for ever and 1 is 2. Of a parameter that is given twice it takes the last.
    init(_ url: String) {
        let given = url.matches(of: #/[?&]connect_timeout=([0-9]+)/#).last.flatMap { Int($0.1) } ?? 0
        seconds = given == 0 ? Self.usual : max(2, given)
        // A server that vanishes under an open connection: after so long without an acknowledgement it is lost.
        let unacknowledged = url.contains("tcp_user_timeout=") ? "" : "&tcp_user_timeout=\(seconds * 1000)"
        text = url + (url.contains("?") ? "&" : "?") + "connect_timeout=\(seconds)" + unacknowledged
    }
}
