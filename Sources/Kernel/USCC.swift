/// A unified social credit code (统一社会信用代码) by GB 32100: 17 characters and a check character.
package struct USCC: Sendable, Hashable, CustomStringConvertible {
    /// Eighteen characters of `0-9A-Z` without I O S V Z.
    package let text: String

    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// Parses a code. Small letters are accepted; a wrong check character is an error.
    package init(_ typed: some StringProtocol) throws(Failure) {
        let text = typed.uppercased().filter { $0 != " " }
        guard text.count == 18 else {
            throw Failure(
                .badInput, "uscc.length", "统一社会信用代码应为 18 位，这里是 \(text.count) 位。请对照营业执照或法人证书重填。",
                en: "A unified social credit code has 18 characters, this has \(text.count). Compare with the licence.")
        }
        let values = text.utf8.compactMap { Self.alphabet.firstIndex(of: $0) }
        guard text.utf8.count == 18, values.count == 18 else {
            throw Failure(
                .badInput, "uscc.characters", "统一社会信用代码只含数字和大写字母，且不用 I、O、S、V、Z。请核对后重填。",
                en: "A unified social credit code has digits and letters without I, O, S, V, Z. Check it.")
        }
        guard Self.check(values.dropLast()) == values[17] else {
            throw Failure(
                .badInput, "uscc.check", "统一社会信用代码末位校验码不符，多半有一位打错。请对照证书重填。",
                en: "The code's check character does not match, so a character is mistyped. Compare with the licence.")
        }
        self.text = text
    }

    /// A stored code, checked before it was stored.
    package init(kept text: String) { self.text = text }

    /// The code with this `body` (17 characters), for invented units of the sample data.
    package static func completing(_ body: String) throws(Failure) -> USCC {
        let values = body.utf8.compactMap { alphabet.firstIndex(of: $0) }
        let last = values.count == 17 ? String(UnicodeScalar(alphabet[check(values[...])])) : ""
        return try USCC(body + last)
    }

    private static func check(_ values: ArraySlice<Int>) -> Int {
        var weight = 1
        var sum = 0
        for value in values {
            sum += value * weight
            weight = weight * 3 % 31
        }
        return (31 - sum % 31) % 31
    }

    package var description: String { text }
}
