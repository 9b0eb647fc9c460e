import Foundation
import Kernel

/// Common passwords and their variants: a capital letter, a year, 123 or ! at the end, @ for a. The list is mapped into
/// memory when the first password is set.
struct CommonPasswords: Sendable {
    private let list: Data

    /// Failure: `account.common-list`.
    init(_ url: URL = Bundle.module.bundleURL.appending(path: "Account.passwords/common.txt")) throws(Failure) {
        guard let list = try? Data(contentsOf: url, options: .mappedIfSafe) else { throw .noList(url.path) }
        self.list = list
    }

    private static let shared = Result { () throws(Failure) in try CommonPasswords() }

    /// Failure: `account.common-list`.
    static func contain(_ password: String) throws(Failure) -> Bool { try shared.get().contain(password) }

    func contain(_ password: String) -> Bool {
        let plain = password.precomposedStringWithCompatibilityMapping.lowercased()
        let core = Self.core(plain)
        let around = plain.replacing(core, with: "", maxReplacements: 1)
        var forms = [plain, plain.filter { $0.isLetter || $0.isNumber }, Self.shifted(plain), Self.unit(plain)]
        if isGuessed(around) { forms += [core, Self.unit(core)] }
        // In `aa5201314` two letters surround a common number.
        if core.count < 3 { forms.append(around.filter(\.isNumber)) }
        return forms.contains { has($0) || has(Self.spelt($0)) }
    }

    /// The text from its first to its last letter.
    private static func core(_ text: String) -> String {
        guard let first = text.firstIndex(where: \.isLetter), let last = text.lastIndex(where: \.isLetter) else {
            return text
        }
        return String(text[first...last])
    }

    /// Whether the characters around a word are few, a date or common themselves.
    private func isGuessed(_ around: String) -> Bool {
        let digits = around.filter(\.isNumber)
        let isDay = digits.count == 8 && (digits.hasPrefix("19") || digits.hasPrefix("20"))
        return around.count <= 6 || isDay || has(digits)
    }

    /// `1qaz@wsx` becomes `1qaz2wsx`: signs typed with the shift key become digits.
    private static func shifted(_ text: String) -> String {
        let (signs, digits) = (Array("!@#$%^&*()"), Array("1234567890"))
        return String(text.map { letter in signs.firstIndex(of: letter).map { digits[$0] } ?? letter })
    }

    /// `p@ssw0rd` becomes `password`.
    private static func spelt(_ text: String) -> String {
        let letters: [Character: Character] = [
            "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
        ]
        return String(text.map { letters[$0] ?? $0 })
    }

    /// `qwerqwer` becomes `qwer`.
    private static func unit(_ text: String) -> String {
        let letters = Array(text)
        let length = (3...max(3, letters.count)).first { length in
            letters.count.isMultiple(of: length) && letters.indices.allSatisfy { letters[$0] == letters[$0 % length] }
        }
        return String(letters.prefix(length ?? letters.count))
    }

    /// Whether the list contains the word. Its lines are sorted by bytes.
    private func has(_ word: String) -> Bool {
        let word = Array(word.utf8)
        guard word.count >= 3 else { return false }
        return list.withUnsafeBytes { bytes in
            var (low, high) = (0, bytes.count)
            while low < high {
                var start = (low + high) / 2
                while start > low, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                let line = bytes[start..<end]
                if line.elementsEqual(word) { return true }
                if line.lexicographicallyPrecedes(word) { low = end + 1 } else { high = start }
            }
            return false
        }
    }
}

extension Failure {
    fileprivate static func noList(_ path: String) -> Failure {
        Failure(
            .unavailable, "account.common-list", "常用密码名单读不到，现在不能设置密码。请重新安装本程序。",
            en: "The list of common passwords cannot be read. Install the program again.", detail: path)
    }
}
