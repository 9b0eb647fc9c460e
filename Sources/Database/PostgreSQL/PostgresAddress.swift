/// The address of a server with timeouts.
struct PostgresAddress: Sendable {
    /// In the format of libpq.
    let text: String
    /// The seconds after which an operation fails if the server cannot be reached: `connect_timeout` of the address, by
    /// default 10.
    let seconds: Int

    private static let usual = 10

    /// libpq treats a `connect_timeout` of 0 as infinite and 1 as 2, and uses the last of repeated parameters.
    init(_ url: String) {
        let given = url.matches(of: #/[?&]connect_timeout=([0-9]+)/#).last.flatMap { Int($0.1) } ?? 0
        seconds = given == 0 ? Self.usual : max(2, given)
        // If a server vanishes under an open connection, the connection is lost after so long without an
        // acknowledgement, also while it waits for a response.
        let keepalive = max(1, seconds / 2)
        let times = [
            "connect_timeout": seconds, "tcp_user_timeout": seconds * 1000, "keepalives_idle": keepalive,
            "keepalives_interval": max(1, keepalive / 2), "keepalives_count": 2,
        ]
        text = times.sorted { $0.key < $1.key }.reduce(url) { text, parameter in
            guard parameter.key == "connect_timeout" || !text.contains(parameter.key + "=") else { return text }
            return text + (text.contains("?") ? "&" : "?") + "\(parameter.key)=\(parameter.value)"
        }
    }
}
