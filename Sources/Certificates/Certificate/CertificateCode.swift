import Kernel
import Signing

/// The printed facts with their signature, as the QR code holds them: a few hundred bytes in base 32.
///
/// docs/certificates.md describes the encoding byte by byte, so that others can write a verifier.
package struct CertificateCode: Sendable, Hashable {
    static let format: UInt8 = 1
    static let signatureLength = 64

    package let facts: CertificateFacts
    package let signature: Signature

    package let bytes: [UInt8]

    /// The signed bytes: everything except the signature.
    package var signed: [UInt8] { Array(bytes.dropLast(Self.signatureLength)) }
    package var text: String { Base32.encode(bytes) }

    init(facts: CertificateFacts, signature: Signature) {
        (self.facts, self.signature) = (facts, signature)
        bytes = Self.bytes(facts, key: signature.key, suite: signature.suite) + signature.bytes
    }

    /// Signs the facts with the newest key.
    init(signing facts: CertificateFacts, _ keys: KeyRing) throws(Failure) {
        let key = keys.signingKey
        self.init(facts: facts, signature: try keys.sign(Self.bytes(facts, key: key.id, suite: key.suite)))
    }

    private static func bytes(_ facts: CertificateFacts, key: Int, suite: Int) -> [UInt8] {
        var out = CodeWriter()
        out.bytes = [format, UInt8(truncatingIfNeeded: suite)]
        for shift in [24, 16, 8, 0] { out.bytes.append(UInt8(truncatingIfNeeded: key >> shift)) }
        out.bytes += facts.number.bytes
        out.bytes.append(facts.kind.rawValue)
        for number in [facts.form, facts.issued.number, facts.period.from.number, facts.period.to.number] {
            out.put(number)
        }
        let type =
            facts.type.utf8.starts(with: facts.issuer.utf8)
            ? "+" + String(decoding: facts.type.utf8.dropFirst(facts.issuer.utf8.count), as: UTF8.self) : facts.type
        for text in [facts.name, facts.id, facts.unit, facts.authority, facts.issuer, type, facts.result] {
            out.put(text)
        }
        out.put(facts.lines.count)
        for line in facts.lines {
            out.put(line.name)
            out.put(line.hours.hundredths)
        }
        out.put(facts.item)
        out.put(facts.day?.number ?? 0)
        return out.bytes
    }

    /// Reads the bytes of a code; `nil` if they are not in this format or not in its canonical encoding.
    package init?(bytes: [UInt8]) {
        self.init(held: bytes)
        guard Self.bytes(facts, key: signature.key, suite: signature.suite) == signed else { return nil }
    }

    /// Reads the bytes of a code that this program wrote.
    init?(held bytes: [UInt8]) {
        guard bytes.count > Self.signatureLength else { return nil }
        var input = CodeReader(bytes.dropLast(Self.signatureLength))
        guard input.byte() == Self.format, let suite = input.byte(), let key = input.take(4),
            let number = input.take(CertificateNumber.length), let kind = input.byte(),
            let facts = Self.facts(&input, CertificateNumber(bytes: Array(number)), kind)
        else { return nil }
        (self.facts, self.bytes) = (facts, bytes)
        signature = Signature(
            key: key.reduce(0) { $0 << 8 | Int($1) }, suite: Int(suite),
            bytes: Array(bytes.suffix(Self.signatureLength)))
    }

    private static func facts(
        _ input: inout CodeReader, _ number: CertificateNumber, _ kind: UInt8
    ) -> CertificateFacts? {
        guard let kind = CertificateFacts.Kind(rawValue: kind), let form = input.number(), let issued = input.day(),
            let from = input.day(), let to = input.day(), let period = Period(checking: from, to),
            let texts = input.texts(7), let count = input.number(), count <= 40
        else { return nil }
        var lines: [CertificateFacts.NamedHours] = []
        for _ in 0..<count {
            guard let name = input.text(), let hours = input.number() else { return nil }
            lines.append(CertificateFacts.NamedHours(name, CreditHours(hundredths: hours)))
        }
        guard let item = input.text(), let day = input.day(), input.isAtEnd else { return nil }
        let type =
            texts[5].utf8.first == UInt8(ascii: "+")
            ? texts[4] + String(decoding: texts[5].utf8.dropFirst(), as: UTF8.self) : texts[5]
        return CertificateFacts(
            kind: kind, number: number, form: form, issued: issued, period: period, name: texts[0],
            id: texts[1], unit: texts[2], authority: texts[3], type: type, issuer: texts[4], result: texts[6],
            lines: lines, item: item, day: day.number == 0 ? nil : day)
    }
}

// MARK: - Bytes

/// Texts that nearly every certificate contains; each is encoded as a 1 and its index. Entries are only ever appended.
private let common = ["公需科目", "专业科目", "总学时", "合格", "免修"]
private let longest = common.reduce(0) { max($0, $1.utf8.count) }

/// Numbers in groups of seven bits, the lowest first. Texts with their length, in UTF-8 or UTF-16, whichever is
/// shorter.
private struct CodeWriter {
    var bytes: [UInt8] = []

    mutating func put(_ number: Int) {
        var rest = UInt64(max(0, number))
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(_ text: String) {
        if text.utf8.count <= longest, let place = common.firstIndex(of: text) {
            bytes += [1, UInt8(place)]
            return
        }
        let (narrow, wide) = (text.utf8.count, text.utf16.count * 2)
        put(wide < narrow ? wide << 1 | 1 : narrow << 1)
        guard wide < narrow else { return bytes.append(contentsOf: text.utf8) }
        for unit in text.utf16 {
            bytes.append(UInt8(unit >> 8))
            bytes.append(UInt8(unit & 255))
        }
    }
}

private struct CodeReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Reads a number of at most 35 bits; no number in a code is larger.
    mutating func number() -> Int? {
        var (value, shift) = (0, 0)
        while let byte = rest.popFirst(), shift < 35 {
            value |= Int(byte & 127) << shift
            if byte < 128 { return value }
            shift += 7
        }
        return nil
    }

    mutating func day() -> Day? {
        number().flatMap { $0 <= Day.last.number ? Day(number: $0) : nil }
    }

    mutating func texts(_ count: Int) -> [String]? {
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = text() else { return nil }
            texts.append(text)
        }
        return texts
    }

    mutating func text() -> String? {
        guard let length = number() else { return nil }
        if length == 1 { return byte().flatMap { common.indices.contains(Int($0)) ? common[Int($0)] : nil } }
        guard let bytes = take(length >> 1) else { return nil }
        if length & 1 == 0 { return String(validating: bytes, as: UTF8.self) }
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        // Invalid UTF-16 decodes to another text, whose encoding differs, so the code is rejected.
        return String(decoding: units, as: UTF16.self)
    }
}
