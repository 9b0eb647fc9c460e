import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Signing
import Testbed
import Testing

@testable import Certificates

@Suite struct VerificationTests {
    /// The content of a certificate's QR code.
    private func link(_ city: City, _ number: CertificateNumber) async throws -> String {
        let held = try required(
            try await city.database.read { try city.certificates.store($0).find(number) })
        let forms = try await city.database.read { try city.certificates.forms($0) }
        return try required(forms[1]).form.address(held.code)
    }

    @Test(arguments: Engine.allCases) func everyVerificationStateIsReached(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            let address = try await link(city, number)
            let verify = { (text: String) in try await city.certificates.verify(VerificationInput(text)) }
            #expect(try await verify(address).state == .valid)
            #expect(try await verify(String(address.split(separator: "#")[1])).facts?.name == "岳明远")
            #expect(try await verify(number.grouped).facts?.name == "岳**")
            #expect(try await verify("AAAA-AAAA-AAAA-AAAA").state == .unknown)
            #expect(try await verify("你好").state == .cannotCheck)
            #expect(try await verify(String(address.dropLast(9))).state == .cannotCheck)
            let swapped = address.replacing(number.text, with: "AAAAAAAAAAAAAAAA")
            #expect(try await verify(swapped).state == .altered)
            let last = address.hasSuffix("A") ? "I" : "A"
            let flipped = address.dropLast(9) + last + address.suffix(8)
            let found = try await verify(String(flipped)).state
            #expect(found == .altered || flipped == address[...])
            _ = try await city.recognise(person, SampleEvidence.course("专业", 40), reference: "q")
            #expect(try await verify(address).state == .superseded)
            try await city.certificates.revoke(number, reason: "误发")
            #expect(try await verify(address).state == .revoked)
        }
    }

    /// Right names use up none of the five wrong ones of a day, which many requests at once do not exceed.
    @Test(arguments: Engine.allCases) func onlyWrongNamesAreCounted(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            let certificates = city.certificates
            for _ in 0..<7 { #expect(try await certificates.isName("岳明远", on: number)) }
            let wrong = try await withThrowingTaskGroup(of: Bool?.self) { group in
                for name in Array(repeating: "岳明", count: 8) + Array(repeating: "岳明远", count: 4) {
                    group.addTask {
                        do {
                            return try await certificates.isName(name, on: number)
                        } catch let failure as Failure where failure == .tooManyNames {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: 0) { if $1 == false { $0 += 1 } }
            }
            #expect(wrong == 5)
            let over = await #expect(throws: Failure.self) { try await certificates.isName("岳明远", on: number) }
            #expect(over?.code == "verify.names")
        }
    }

    @Test func aCertificateOfAnotherCityHasAnUnknownKey() async throws {
        try await withCity(.sqlite) { city in
            let other = try CertificateCode(signing: CodeTests.facts, KeyFileOfAnother.keys())
            #expect(try await city.certificates.verify(.code(other, number: nil)).state == .unknownKey)
            let ours = try CertificateCode(signing: CodeTests.facts, city.people.keys)
            let found = try await city.certificates.verify(.code(ours, number: nil))
            #expect(found.state == .altered || found.state == .unknown)
        }
    }

    @Test(arguments: Engine.allCases) func offlineVerificationGivesTheSameStates(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            let address = try await link(city, number)
            let keys = try PublishedKeys(reading: Data(try await city.certificates.publishedKeys().json.utf8))
            let snapshot = {
                try StatusSnapshot(reading: Data(try await city.certificates.statusSnapshot().json.utf8))
            }
            let now = 1_781_000_000_000
            let before = OfflineVerifier(keys: keys, status: try await snapshot(), now: now)
            #expect(before.verify(VerificationInput(address)).state == .valid)
            #expect(before.verify(VerificationInput(address)).reasons.last?.chinese.contains("证书的状态截至") == true)
            #expect(before.verify(VerificationInput(number.text)).state == .cannotCheck)
            #expect(
                OfflineVerifier(keys: keys, status: nil, now: now).verify(VerificationInput(address)).state == .valid)
            _ = try await city.recognise(person, SampleEvidence.course("专业", 40), reference: "q")
            let later = OfflineVerifier(keys: keys, status: try await snapshot(), now: now)
            #expect(later.verify(VerificationInput(address)).state == .superseded)
            try await city.certificates.revoke(number, reason: "误发")
            let last = OfflineVerifier(keys: keys, status: try await snapshot(), now: now)
            #expect(last.verify(VerificationInput(address)).state == .revoked)
            #expect(last.verify(VerificationInput(number.text)).state == .revoked)
        }
    }

    /// The removal of a number from a snapshot is detected.
    @Test func anAlteredSnapshotIsRefused() async throws {
        try await withCity(.sqlite) { city in
            let (_, number) = try await city.issued("岳明远")
            let address = try await link(city, number)
            try await city.certificates.revoke(number, reason: "误发")
            let json = try await city.certificates.statusSnapshot().json.replacing("\"\(number.text)\"", with: "")
            let status = try StatusSnapshot(reading: Data(json.utf8))
            let verifier = OfflineVerifier(keys: try await city.certificates.publishedKeys(), status: status, now: 0)
            #expect(verifier.verify(VerificationInput(address)).state == .cannotCheck)
            #expect(verifier.verify(VerificationInput(number.text)).state == .cannotCheck)
            let noStatus = #expect(throws: Failure.self) { try StatusSnapshot(reading: Data("{}".utf8)) }
            #expect(noStatus?.code == "verify.status")
            let noKeys = #expect(throws: Failure.self) { try PublishedKeys(reading: Data("[]".utf8)) }
            #expect(noKeys?.code == "verify.keys")
        }
    }

    /// Two numbers joined into one would have the same signed bytes, and neither would be found.
    @Test func anAmbiguousSnapshotIsRefused() async throws {
        try await withCity(.sqlite) { city in
            let (_, one) = try await city.issued("岳明远")
            let (_, two) = try await city.issued("汶小溪")
            for number in [one, two] { try await city.certificates.revoke(number, reason: "误发") }
            let snapshot = try await city.certificates.statusSnapshot()
            let keys = try await city.certificates.publishedKeys()
            #expect(snapshot.isGenuine(keys.publicKeys))
            let joined = try Self.changed(snapshot) { $0["revoked"] = [snapshot.revoked.joined(separator: " ")] }
            #expect(!joined.isGenuine(keys.publicKeys))
            let retired = PublicKey(
                id: keys.publicKeys[0].id, suite: 1, created: .first, retired: Day(2001, 1, 1),
                bytes: keys.publicKeys[0].bytes)
            #expect(!snapshot.isGenuine([retired]))
            for time in [Int.min, -1, Int.max] {
                let failure = #expect(throws: Failure.self) { try Self.changed(snapshot) { $0["time"] = time } }
                #expect(failure?.code == "verify.status")
            }
        }
    }

    private static func changed(
        _ snapshot: StatusSnapshot, _ change: (inout [String: Any]) -> Void
    ) throws -> StatusSnapshot {
        let read = try JSONSerialization.jsonObject(with: Data(snapshot.json.utf8))
        var document = try required(read as? [String: Any])
        change(&document)
        return try StatusSnapshot(reading: JSONSerialization.data(withJSONObject: document))
    }

    /// A file with edited text and an intact code: the edited field is named.
    @Test(arguments: [
        ("岳明远", "岳明达", "姓名"), ("65.66 学时", "95.66 学时", "学时"), ("泰安示例机械有限公司", "泰安示例电力有限公司", "单位"),
        ("合格", "优秀", "结果"), ("2022年1月1日", "2021年1月1日", "起止日期"), ("继续教育证书", "高级继续教育证书", "版式"),
    ])
    func editedTextIsAltered(_ old: String, _ new: String, _ field: String) async throws {
        try await withPrinted { city, page, path in
            var edited = page
            edited.elements = page.elements.map { element in
                guard case .text(var text) = element else { return element }
                text.runs = text.runs.map { .init($0.text.replacing(old, with: new), isBold: $0.isBold) }
                return .text(text)
            }
            try Data(CertificateRenderer().draw(edited)).write(to: URL(filePath: path))
            let found = try await city.certificates.verify(file: path)
            #expect(found.state == .altered)
            #expect(found.reasons[0].chinese.contains(field), "\(found.reasons[0].chinese)")
            // The other facts are not reported.
            #expect(found.reasons.count == 1)
        }
    }

    @Test func theUnchangedFileIsValid() async throws {
        try await withPrinted { city, page, path in
            let number = try required(try await city.certificates.numbers(limit: 1).first)
            let file = try await city.certificates.pdf(of: number)
            let keys = try await city.certificates.publishedKeys()
            let away = OfflineVerifier(keys: keys, status: nil, now: 0)
            func states(_ bytes: [UInt8]) async throws -> [Verification.State] {
                try Data(bytes).write(to: URL(filePath: path))
                let found = [try await city.certificates.verify(file: path), try await away.verify(file: path)]
                #expect(found.allSatisfy { $0.state == .valid || $0.isToldOfAFile }, "\(found.map(\.reasons))")
                return found.map(\.state)
            }
            #expect(try await states(file) == [.valid, .valid])
            // The same page without its signature line, as another program may save it: no field is reported.
            #expect(try await states(CertificateRenderer().draw(page)) == [.cannotCheck, .cannotCheck])
            var bare = page
            bare.keywords = ""
            #expect(try await states(CertificateRenderer().draw(bare)) == [.cannotCheck, .cannotCheck])
        }
    }

    /// Changes that a text reader misses: drawings over the page, text outside of it, content for printers only.
    @Test func everyChangeOfTheFileIsDetected() async throws {
        try await withPrinted { city, _, path in
            let number = try required(try await city.certificates.numbers(limit: 1).first)
            let file = try await city.certificates.pdf(of: number)
            let other = try FileSignature.sign(
                Array("%PDF-1.5\n".utf8), on: Day(2024, 1, 1) ?? .first, city.people.keys)
            let seal = Array(file.suffix(131))
            let changes: [[UInt8]] = [
                file + Array("% added\n".utf8), file + file, file.dropLast(131) + Array("% x\n".utf8) + seal,
                file.dropLast(131) + other.suffix(131), file.dropLast(4) + Array("AAA\n".utf8), file + seal,
            ]
            for change in changes {
                try Data(change).write(to: URL(filePath: path))
                let found = try await city.certificates.verify(file: path)
                #expect(found.state == .altered)
                #expect(found.isToldOfAFile, "\(found.reasons.map(\.chinese))")
            }
        }
    }

    /// Damage by mail and portals: no such file is valid, and no field is reported as forged.
    @Test func aDamagedFileIsNotReportedAsForged() async throws {
        try await withPrinted { city, _, path in
            let number = try required(try await city.certificates.numbers(limit: 1).first)
            let file = try await city.certificates.pdf(of: number)
            let lines = file.split(separator: 10, omittingEmptySubsequences: false)
            let everywhere = Array(lines.map { $0.last == 13 ? $0.dropLast() : $0 }.joined(separator: [13, 10]))
            let ways: [(String, [UInt8], String)] = [
                ("a line end behind", file + [10], "空白字节"), ("CRLF behind", file + [13, 10], "空白字节"),
                ("NUL behind", file + [UInt8](repeating: 0, count: 16), "空白字节"),
                ("cut by a byte", file.dropLast(), "空白字节"),
                ("a line end before", [13, 10] + file, "空白字节"),
                ("a byte order mark", [0xEF, 0xBB, 0xBF] + file, "空白字节"),
                ("line ends rewritten", everywhere, "传送或转存中损坏"),
            ]
            for (way, bytes, words) in ways {
                try Data(bytes).write(to: URL(filePath: path))
                let found = try await city.certificates.verify(file: path)
                #expect(
                    found.state == .cannotCheck && found.facts?.name == "岳明远", "\(way): \(found.reasons.map(\.chinese))"
                )
                #expect(found.reasons[0].chinese.contains(words), "\(way): \(found.reasons[0].chinese)")
                #expect(found.isToldOfAFile, "\(way): \(found.reasons.map(\.chinese))")
            }
        }
    }

    /// A title with line ends forges lines in the output of pdfinfo.
    @Test func aForgedPageCountIsDetected() async throws {
        try await withPrinted { city, page, path in
            var forged = page
            forged.title = "x\nPages: 1"
            try Data(CertificateRenderer().draw(forged)).write(to: URL(filePath: path))
            let file = try await PrintedFile.read(path: path)
            #expect(file.pages == 1)
            forged.title = "x\nPages: 7"
            try Data(CertificateRenderer().draw(forged)).write(to: URL(filePath: path))
            #expect(try await PrintedFile.read(path: path).pages == 1)
        }
    }

    @Test func aFileThatIsNoCertificateIsRefused() async throws {
        try await withCity(.sqlite) { city in
            let path = city.folder.path + "/x.pdf"
            let none = await #expect(throws: Failure.self) { try await city.certificates.verify(file: path) }
            #expect(none?.code == "certificate.file")
            try Data("%PDF-1.5\nnonsense".utf8).write(to: URL(filePath: path))
            let broken = await #expect(throws: Failure.self) { try await city.certificates.verify(file: path) }
            #expect(broken?.code == "certificate.pdf")
        }
    }

    /// Passes a city, the page of a certificate with 65.66 hours, and a path for a file.
    private func withPrinted(_ body: @Sendable (City, PDFPage, String) async throws -> Void) async throws {
        try await withCity(.sqlite) { city in
            try await city.publishForm()
            let person = try await city.qualified("岳明远")
            let course = SampleEvidence.course("专业", 65)
            _ = course
            var evidence = SampleEvidence.course("补", 5)
            evidence = Evidence(
                "online-course", evidence.facts.merging(["credit": .hours(CreditHours(hundredths: 566))]) { $1 })
            _ = try await city.recognise(person, evidence, reference: "r")
            _ = try await city.registry.settle(Year(2022))
            let number = try required(try await city.certificates.issue(Year(2022)).last)
            let held = try required(try await city.database.read { try city.certificates.store($0).find(number) })
            let form = try required(try await city.database.read { try city.certificates.forms($0) }[1]).form
            try await body(city, try form.page(held.code), city.folder.path + "/c.pdf")
        }
    }
}

extension Verification {
    /// Whether no reason calls the file valid, and the advice is about a file and not about scanning.
    fileprivate var isToldOfAFile: Bool {
        let advice = VerificationSummary(self).advice
        return !reasons.contains { $0.chinese.contains("真实有效") } && advice.contains("请向持证人索取原文件")
            && !advice.contains("扫描")
    }
}
