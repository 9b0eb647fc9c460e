import Foundation

/// Where a client comes from, as far as limits tell clients apart: an address of IPv4, or the first 64 bits of IPv6, of
/// which everybody who has a line has all that follow.
struct Network {
    let text: String

    /// `nil` where the text is no address.
    init?(_ address: String) {
        let plain = address.split(separator: "%").first.map { String($0) } ?? ""
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, plain, &four) == 1 {
            text = plain
        } else if inet_pton(AF_INET6, plain, &six) == 1 {
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            // An address of IPv4 that was written as one of IPv6.
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
