import Foundation

/// The network of a client, for rate limits: an IPv4 address, or the first 64 bits of an IPv6 address, since one line
/// usually has all addresses of a /64.
struct Network {
    let text: String

    /// `nil` if the text is no IP address.
    init?(_ address: String) {
        let plain = address.split(separator: "%").first.map { String($0) } ?? ""
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, plain, &four) == 1 {
            text = plain
        } else if inet_pton(AF_INET6, plain, &six) == 1 {
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            // An IPv4 address mapped to IPv6.
            if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
                text = bytes.suffix(4).map { String($0) }.joined(separator: ".")
            } else {
                text = bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
            }
        } else {
            return nil
        }
    }
}
