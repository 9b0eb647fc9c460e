import Foundation
import Kernel
import Signing
import Testbed
import Testing

@testable import Certificates

@Suite struct CodeTests {
    static let facts = CertificateFacts(
        kind: .annual, number: CertificateNumber(bytes: Array(1...10)), form: 1, issued: Day(number: 19_500),
        period: Year(2022).period, name: "岳明远", id: "999999********0018", unit: "示例单位", authority: "示例机关",
        type: "11999999MB00000011011", issuer: "11999999MB00000011", result: "合格",
        lines: [.init("公需科目", CreditHours(30)), .init("专业科目", CreditHours(hundredths: 6566))], item: "", day: nil)

    static func signed(_ facts: CertificateFacts) -> CertificateCode {
        CertificateCode(
            facts: facts, signature: Signature(key: 0x0102_0304, suite: 1, bytes: Array(repeating: 9, count: 64)))
    }

    /// Built independently from docs/certificates.md.
    @Test func theBytesMatchTheDocumentation() {
        let wide = { (text: String) in
            let bytes = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            return [UInt8(bytes.count << 1 | 1)] + bytes
        }
        let narrow = { (text: String) in [UInt8(text.utf8.count << 1)] + Array(text.utf8) }
        var bytes: [UInt8] = [1, 1, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 1]
        // 19500 = 0b1_0011000_0101100; 2022-01-01 is day 18993, 2022-12-31 day 19357.
        bytes += [0xAC, 0x98, 0x01, 0xB1, 0x94, 0x01, 0x9D, 0x97, 0x01]
        bytes += wide("岳明远") + narrow("999999********0018") + wide("示例单位") + wide("示例机关")
        bytes += narrow("11999999MB00000011") + narrow("+011")
        // 合格 is the fourth of the common texts, 公需科目 and 专业科目 the first two.
        bytes += [1, 3, 2, 1, 0, 0xB8, 0x17, 1, 1, 0xA6, 0x33]
        bytes += [0, 0] + Array(repeating: 9, count: 64)
        #expect(Self.signed(Self.facts).bytes == bytes)
        #expect(CertificateCode(bytes: bytes)?.facts == Self.facts)
    }

    /// Random facts of every shape are read back unchanged.
    @Test func encodedFactsAreReadBackUnchanged() throws {
        var generator = SeededNumbers(7)
        let characters = Array("岳明远䶮𬭎㛃𠀀·ABCxyz019 （）-é😀".unicodeScalars).map(Character.init)
        for _ in 0..<2000 {
            let text = { (most: Int) in
                String(
                    (0..<Int.random(in: 0...most, using: &generator)).map { _ in
                        characters.randomElement(using: &generator) ?? "a"
                    })
            }
            let from = Day(number: Int.random(in: 0...40_000, using: &generator))
            let facts = CertificateFacts(
                kind: Bool.random(using: &generator) ? .annual : .hours,
                number: CertificateNumber(bytes: (0..<10).map { _ in UInt8.random(in: 0...255, using: &generator) }),
                form: Int.random(in: 1...500, using: &generator), issued: from,
                period: Period(from: from, to: from.adding(days: 400)), name: text(20), id: text(18), unit: text(80),
                authority: text(20), type: text(20), issuer: text(4), result: text(3),
                lines: (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    .init(text(8), CreditHours(hundredths: Int.random(in: 0...1_000_000, using: &generator)))
                }, item: text(20), day: Bool.random(using: &generator) ? from.adding(days: 1) : nil)
            let code = Self.signed(facts)
            let read = try #require(CertificateCode(bytes: code.bytes))
            #expect(read.facts == facts)
            #expect(Base32.decode(code.text) == code.bytes)
            #expect(code.text.utf8.allSatisfy { 65...90 ~= $0 || 50...55 ~= $0 })
        }
    }

    @Test func everyChangedOrMissingByteIsDetected() throws {
        let keys = try KeyFile.temporary()
        let code = try CertificateCode(signing: Self.facts, keys)
        #expect(Verification.fault(code, nil, keys.publicKeys)?.state == nil)
        for index in code.bytes.indices {
            for bit in 0..<8 {
                var bytes = code.bytes
                bytes[index] ^= 1 << UInt8(bit)
                guard let read = CertificateCode(bytes: bytes) else { continue }
                let state = Verification.fault(read, nil, keys.publicKeys)?.state
                #expect(2...5 ~= index ? state == .unknownKey : state == .altered)
            }
        }
        for count in 0..<code.bytes.count { #expect(CertificateCode(bytes: Array(code.bytes.prefix(count))) == nil) }
        #expect(CertificateCode(bytes: code.bytes + [0]) == nil)
    }

    @Test func aCodeHasExactlyOneText() {
        #expect(Base32.encode([0xFF]) == "74")
        #expect(Base32.decode("74") == [0xFF])
        #expect(Base32.decode("75") == nil)
        #expect(Base32.decode("7") == nil)
        #expect(Base32.decode("7!") == nil)
        #expect(Base32.decode("mzxw6ytboi") == Array("foobar".utf8))
    }

    @Test func typedNumbersAreReadInAnySpelling() throws {
        let number = CertificateNumber(bytes: Array(1...10))
        #expect(number.text.count == 16)
        #expect(CertificateNumber(number.grouped) == number)
        #expect(CertificateNumber(number.grouped.lowercased() + " ") == number)
        #expect(CertificateNumber(number.text.replacing("B", with: "8").replacing("O", with: "0")) == number)
        #expect(CertificateNumber(String(number.text.dropLast())) == nil)
    }

    /// The two samples that are published with the standard.
    @Test func identifiersHaveTheCheckCharacterOfTheStandard() {
        #expect(
            ElectronicIdentifier.text(
                type: "11100000000013338W011", issuer: "11430000006122244L", serial: "20230000403")
                == "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
        #expect(
            ElectronicIdentifier.text(type: "11100000MB03271699022", issuer: "340100", serial: "000000016")
                == "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9")
        #expect(ElectronicIdentifier.text(type: "a", issuer: "1", serial: "1") == nil)
    }

    @Test func aKeyVerifiesOnlyWhatWasSignedBeforeItsRetirement() throws {
        let born = Day(2022, 1, 1) ?? .first
        var facts = Self.facts
        facts.issued = born
        let keys = try KeyFile.temporary()
        let code = try CertificateCode(signing: facts, keys)
        let open = keys.signingKey
        let key = { (created: Day, retired: Day?) in
            PublicKey(id: open.id, suite: open.suite, created: created, retired: retired, bytes: open.bytes)
        }
        #expect(Verification.fault(code, nil, [key(born, nil)]) == nil)
        #expect(Verification.fault(code, nil, [key(born, born)]) == nil)
        #expect(Verification.fault(code, nil, [key(born.adding(days: 1), nil)])?.state == .altered)
        #expect(Verification.fault(code, nil, [key(.first, born.adding(days: -1))])?.state == .altered)
        #expect(Verification.fault(code, nil, [])?.state == .unknownKey)
    }
}

extension KeyFile {
    static func temporary() throws -> KeyRing {
        let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let system = SystemInputs(now: { 1_600_000_000_000 }, random: SystemInputs.real.random)
        return try KeyFile.create(at: folder.path + "/keys.json", system: system)
    }
}
