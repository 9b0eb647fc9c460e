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

@Suite struct CertificateTests {
    @Test(arguments: Engine.allCases)
    func eachSettledQualifyingStandingGetsOneCertificate(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            _ = try await city.qualified("岳明远")
            _ = try await city.add("汶小溪")
            await #expect(throws: Failure.self) { try await city.certificates.issue(Year(2022)) }
            _ = try await city.registry.settle(Year(2022))
            #expect(try await city.certificates.due() == 1)
            #expect(try await city.certificates.counts() == [Year(2022): IssueCount(due: 1)])
            let first = try await city.certificates.issue(Year(2022))
            #expect(figures(first.issued, first.unchanged, first.refused) == figures(1, 0, 0))
            let again = try await city.certificates.issue(Year(2022))
            #expect(figures(again.issued, again.unchanged, again.refused) == figures(0, 1, 0))
            #expect(try await city.certificates.due() == 0)
            #expect(try await city.certificates.counts() == [Year(2022): IssueCount(issued: 1)])
        }
    }

    @Test(arguments: Engine.allCases) func concurrentIssuingCreatesOneCertificateEach(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            for name in ["岳明远", "汶小溪", "安澜"] { _ = try await city.qualified(name) }
            _ = try await city.registry.settle(Year(2022))
            async let one = city.certificates.issue(Year(2022))
            async let other = city.certificates.issue(Year(2022))
            let (a, b) = try await (one, other)
            #expect(figures(a.issued + b.issued, a.refused + b.refused) == figures(3, 0))
            for person in 1...3 { #expect(try await city.certificates.all(of: ID(person)).count == 1) }
        }
    }

    /// A change that affects no printed fact leaves the certificate valid, and no other becomes due.
    @Test(arguments: Engine.allCases)
    func changesWithoutEffectOnTheFactsKeepTheCertificateValid(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("专业", 60), reference: "twice")
            #expect(try await city.registry.year(Year(2022), of: person).settled.map(\.version) == [1, 2])
            #expect(try await city.state(number).state == .valid)
            #expect(try await city.certificates.due() == 0)
            #expect(try await city.certificates.issue(Year(2022)).issued == 0)
            // A revoked certificate is issued again only with `again`, whatever the version.
            try await city.certificates.revoke(number, reason: "印错")
            #expect(try await city.certificates.issue(Year(2022)).issued == 0)
            let again = try await city.certificates.issue(Year(2022), again: true)
            #expect(again.issued == 1)
            #expect(try await city.state(required(again.last)).state == .valid)
            #expect(try await city.certificates.issue(Year(2022)).issued == 0)
        }
    }

    /// A year that is reopened and settled again without a change: standings are frozen as before, certificates stay
    /// valid.
    @Test(arguments: Engine.allCases)
    func settlingAReopenedYearUnchangedKeepsCertificatesValid(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            try await city.registry.reopen(Year(2022), reason: "复核")
            #expect(try await city.registry.settle(Year(2022)).written == 1)
            #expect(try await city.registry.settle(Year(2022)).written == 0)
            #expect(try await city.state(number).state == .valid)
            #expect(try await city.certificates.due() == 0)
            // The year is frozen: late hours give a new version beside the old one.
            _ = try await city.recognise(person, SampleEvidence.course("迟到", 12))
            #expect(
                try await city.registry.year(Year(2022), of: person).settled.map(\.reason)
                    == ["settle", "settle", "entries"])
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func aCorrectedNameSupersedesTheCertificate(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            let people = city.people
            try await city.database.write { transaction in
                _ = try PersonStore(transaction, people).correct(person, name: "岳明源", phone: nil)
            }
            #expect(try await city.state(number).state == .superseded)
            #expect(try await city.certificates.issue(Year(2022)).issued == 1)
        }
    }

    /// Merging and unmerging change the state of the certificate.
    @Test(arguments: Engine.allCases) func mergesChangeTheStateOfTheCertificate(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            let other = try await city.add("汶小溪")
            try await city.registry.merge(person, into: other, reason: "同一人")
            #expect(try await city.state(number).state == .superseded)
            _ = try await city.registry.unmerge(person, reason: "两人")
            #expect(try await city.state(number).state == .valid)
        }
    }

    @Test(arguments: Engine.allCases) func aRevocationIsFinalAndShowsItsReason(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            try await city.certificates.revoke(number, reason: "信息有误")
            let found = try await city.state(number)
            #expect(found.state == .revoked)
            #expect(found.reasons[0].chinese.contains("信息有误"))
            let twice = await #expect(throws: Failure.self) { try await city.certificates.revoke(number, reason: "x") }
            #expect(twice?.code == "certificate.revoked")
            let nobody = CertificateNumber(bytes: Array(repeating: 1, count: 10))
            let none = await #expect(throws: Failure.self) { try await city.certificates.revoke(nobody, reason: "x") }
            #expect(none?.code == "certificate.unknown")
            #expect(try await city.certificates.issue(Year(2022)).issued == 0)
        }
    }

    /// A certificate revoked by mistake is replaced only with `again`, under another number.
    @Test(arguments: Engine.allCases) func aRevokedCertificateIsReplacedOnlyOnRequest(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, first) = try await city.issued("岳明远")
            try await city.certificates.revoke(first, reason: "误发")
            #expect(try await city.certificates.due() == 0)
            let again = try await city.certificates.issue(Year(2022), person: person, again: true)
            #expect(again.issued == 1)
            let second = try required(again.last)
            #expect(second != first)
            #expect(try await city.state(second).state == .valid)
            #expect(try await city.state(first).state == .revoked)
            #expect(try await city.certificates.issue(Year(2022), person: person, again: true).unchanged == 1)
            let hours = try await city.certificates.issueHours(person, entry: 1).number
            try await city.certificates.revoke(hours, reason: "误发")
            let refused = await #expect(throws: Failure.self) {
                try await city.certificates.issueHours(person, entry: 1)
            }
            #expect(refused?.code == "certificate.was-revoked")
            let other = try await city.certificates.issueHours(person, entry: 1, again: true)
            #expect(other.number != hours)
            #expect(try await city.certificates.issueHours(person, entry: 1).number == other.number)
        }
    }

    @Test(arguments: Engine.allCases) func theFirstPrintedFileIsKept(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            let first = try await city.certificates.pdf(of: number)
            // Later changes of the form or the fonts have no effect.
            try await city.publishForm { $0.replacing("继续教育证书", with: "继续教育合格证") }
            #expect(try await city.certificates.pdf(of: number) == first)
            #expect(first.starts(with: Array("%PDF".utf8)))
            _ = try await city.recognise(person, SampleEvidence.course("迟到", 12))
            #expect(try await city.certificates.issue(Year(2022)).issued == 1)
            #expect(try await city.certificates.pdf(of: number) == first)
        }
    }

    @Test(arguments: Engine.allCases) func anHourCertificateFollowsItsEntry(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            let person = try await city.qualified("岳明远")
            let made = try await city.certificates.issueHours(person, entry: 2)
            #expect(made.facts.item == "线上课程《专业》")
            #expect(made.facts.lines == [.init("专业科目", CreditHours(60))])
            #expect(try await city.certificates.issueHours(person, entry: 2).number == made.number)
            _ = try await city.recognise(person, SampleEvidence.course("专业", 40), reference: "q")
            #expect(try await city.state(made.number).state == .superseded)
            let gone = await #expect(throws: Failure.self) { try await city.certificates.issueHours(person, entry: 2) }
            #expect(gone?.code == "certificate.no-entry")
        }
    }

    /// A correction that changes no hours leaves the entry; the certificate has the corrected title.
    @Test(arguments: Engine.allCases) func anHourCertificateHasTheCorrectedTitle(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            let person = try await city.add("岳明远")
            let evidence = SampleEvidence.graduateCourses("JY-1", on: "2022-06-30")
            let facts = evidence.facts.merging(["school": .text("泰安示例大学")]) { $1 }
            _ = try await city.recognise(person, evidence, reference: "1")
            _ = try await city.recognise(person, Evidence(evidence.kind, facts), reference: "1", reason: "学校写错")
            let made = try await city.certificates.issueHours(person, entry: 1)
            #expect(made.facts.item == "在职研究生课程学习《泰安示例大学》")
        }
    }

    /// A duplicate of another entry; which of the two counts may change with later items.
    @Test(arguments: Engine.allCases) func uncountedEntriesGetNoCertificate(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            let person = try await city.qualified("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("专业", 60), reference: "twice")
            let double = await #expect(throws: Failure.self) {
                try await city.certificates.issueHours(person, entry: 3)
            }
            #expect(double?.code == "certificate.uncounted")
            #expect(double?.words.chinese.contains("第 3 笔不计入学时，没有开具学时证明：与第 2 笔重复，只计一次（") == true)
            let made = try await city.certificates.issueHours(person, entry: 2)
            #expect(try await city.state(made.number).state == .valid)
            _ = try await city.recognise(person, SampleEvidence.course("专业", 70, on: "2022-05-01"), reference: "more")
            #expect(try await city.state(made.number).state == .superseded)
            let late = await #expect(throws: Failure.self) { try await city.certificates.issueHours(person, entry: 2) }
            #expect(late?.words.chinese.contains("与第 4 笔重复") == true)
        }
    }

    /// If part of an item counts, that part is certified, and the certificate is valid while this is so.
    @Test(arguments: Engine.allCases) func anHourCertificateStatesTheCountedHours(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            _ = try await city.registry.publishForTests("taian/2022") {
                // The examples of the file would fail with this cap.
                let rules = $0.components(separatedBy: "\nexamples:")[0]
                return rules.replacing(
                    "at-least: 60\n", with: "at-least: 60\n    at-most: [{ hours: 70, per: year }]\n")
            }
            let person = try await city.qualified("岳明远")
            let whole = try await city.certificates.issueHours(person, entry: 2)
            _ = try await city.recognise(person, SampleEvidence.course("先学", 30, on: "2022-05-01"), reference: "first")
            #expect(try await city.state(whole.number).state == .superseded)
            let part = try await city.certificates.issueHours(person, entry: 2)
            #expect(part.facts.lines == [.init("专业科目", CreditHours(40))])
            #expect(try await city.certificates.issueHours(person, entry: 2).number == part.number)
            let old = try await city.state(whole.number)
            #expect(old.state == .superseded && old.reasons[0].chinese.contains(part.number.grouped))
            _ = try await city.recognise(person, SampleEvidence.course("先学", 10, on: "2022-05-01"), reference: "first")
            #expect(try await city.state(part.number).state == .superseded)
            #expect(try await city.certificates.issueHours(person, entry: 2).number == whole.number)
            #expect(try await city.state(whole.number).state == .valid)
        }
    }

    @Test(arguments: Engine.allCases) func unprintableNamesAreReportedAndStayDue(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            // A private-use character that no font has; the others are rare and can be printed.
            for name in ["岳\u{E000}远", "䶮㛃𬭎𠀀", "买买提·阿卜杜热合曼"] { _ = try await city.qualified(name) }
            _ = try await city.registry.settle(Year(2022))
            let report = try await city.certificates.issue(Year(2022))
            #expect(figures(report.issued, report.refused) == figures(2, 1))
            #expect(report.refusals[0].failure.code == "certificate.glyph")
            #expect(report.refusals[0].failure.words.chinese.contains("姓名中的“\u{E000}”（U+E000）"))
            #expect(try await city.certificates.due() == 1)
        }
    }

    @Test(arguments: Engine.allCases) func withoutAFormNoCertificateIsIssued(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm { $0.replacing("\"370900\"", with: "\"370983\"") }
            _ = try await city.qualified("岳明远")
            _ = try await city.registry.settle(Year(2022))
            let report = try await city.certificates.issue(Year(2022))
            #expect(report.refused == 1)
            #expect(report.refusals[0].failure.code == "certificate.no-form")
        }
    }

    @Test(arguments: Engine.allCases) func aReopenedYearIssuesNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, number) = try await city.issued("岳明远")
            try await city.registry.reopen(Year(2022), reason: "复核")
            #expect(try await city.state(number).state == .valid)
            #expect(try await city.certificates.issue(Year(2022), person: person).issued == 0)
            let failure = await #expect(throws: Failure.self) { try await city.certificates.issue(Year(2022)) }
            #expect(failure?.code == "certificate.unsettled")
        }
    }

    /// Without the keys, the database reveals no names in certificates.
    @Test(arguments: Engine.allCases) func factsAndFilesAreStoredEncrypted(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            _ = try await city.certificates.pdf(of: number)
            let kept = try await city.database.read { transaction in
                let code = try transaction.first("SELECT code FROM certificate") { try $0.bytes(0) } ?? []
                return code + (try transaction.first("SELECT pdf FROM certificate_print") { try $0.bytes(0) } ?? [])
            }
            #expect(kept.count > 10_000)
            let name = "岳明远".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            #expect(!kept.contains(name))
            #expect(!kept.contains(Array("%PDF".utf8)))
        }
    }

    @Test(arguments: Engine.allCases) func aCertificateTooLongForTheCodeIsNotIssued(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            let unit = try await city.unit(String(repeating: "长", count: 60), "370902")
            let person = try await city.add(String(repeating: "名", count: 40), at: unit)
            _ = try await city.recognise(person, SampleEvidence.course("公需", 30, "public"), reference: "p")
            _ = try await city.recognise(person, SampleEvidence.course("专业", 60), reference: "q")
            _ = try await city.registry.settle(Year(2022))
            let report = try await city.certificates.issue(Year(2022))
            #expect(report.refusals.map(\.failure.code) == ["certificate.long"])
        }
    }

    /// Removes the triggers and rewrites stored rows, as somebody with the database's password could.
    private static func unguard(_ engine: Engine) -> [SQL] {
        engine == .sqlite
            ? [
                "DROP TRIGGER certificate_no_update", "DROP TRIGGER certificate_form_no_update",
                "DROP TRIGGER certificate_form_no_delete", "DROP TRIGGER settled_no_update",
                "DROP TRIGGER settled_no_delete",
            ]
            : [
                "DROP TRIGGER certificate_append ON certificate", "DROP TRIGGER settled_append ON settled",
                "DROP TRIGGER certificate_form_append ON certificate_form",
            ]
    }

    @Test(arguments: Engine.allCases) func alteredRowsAreNotUsed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            for statement in Self.unguard(engine) { try await city.database.write { _ = try $0.execute(statement) } }
            let codeAfter = { (change: @escaping @Sendable (Transaction) throws -> Void) async -> String? in
                let failure = await #expect(throws: Failure.self) {
                    try await city.database.write(change)
                    _ = try await city.certificates.verify(.number(number))
                    _ = try await city.certificates.due()
                }
                return failure?.code
            }
            #expect(await codeAfter { try $0.execute("UPDATE settled SET body = 'x'") } == "database.forged")
            let settled = try required(Registry.table("settled"))
            let key: [any Bindable] = [1, "taian-2022", "2022-01-01", 1]
            try await city.database.write { try $0.execute("DELETE FROM settled") }
            #expect(
                await codeAfter { transaction in
                    let hash = [UInt8](repeating: 1, count: 32)
                    try transaction.insert(key + [2022, 2, "qualified", "x", hash, "settle", 1, 1], into: settled)
                } == "settlement.damaged")
            #expect(await codeAfter { try $0.execute("UPDATE certificate SET code = holder") } == "database.forged")
        }
    }

    @Test(arguments: Engine.allCases) func anUnreadableCodeIsNotUsed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            for statement in Self.unguard(engine) { try await city.database.write { _ = try $0.execute(statement) } }
            let certificates = try required(Certificates.tables.first { $0.name.description == "certificate" })
            let nonsense = try city.people.keys.seal([1, 2], context: "certificate/code/\(number.text)")
            for (code, expected) in [(nonsense, "certificate.damaged"), ([1, 2, 3], "sealed.damaged")] {
                try await city.database.write { transaction in
                    try transaction.update(certificates, key: [number.text], [("code", code)])
                }
                let failure = await #expect(throws: Failure.self) {
                    _ = try await city.certificates.verify(.number(number))
                }
                #expect(failure?.code == expected)
            }
        }
    }

    @Test(arguments: Engine.allCases) func anAlteredFormIsNotUsed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            for statement in Self.unguard(engine) { try await city.database.write { _ = try $0.execute(statement) } }
            try await city.database.write { _ = try $0.execute("UPDATE certificate_form SET text = 'x'") }
            let form = await #expect(throws: Failure.self) {
                try await Certificates(city.database, city.registry).pdf(of: number)
            }
            #expect(form?.code == "database.forged")
            let forms = try required(Certificates.tables.first { $0.name.description == "certificate_form" })
            try await city.database.write { transaction in
                let row = try transaction.first(
                    "SELECT number, key, version, region, text, hash, published FROM certificate_form"
                ) { $0.values(0..<7) }
                try transaction.execute("DELETE FROM certificate_form")
                try transaction.insert(required(row), into: forms)
            }
            let damaged = await #expect(throws: Failure.self) {
                try await Certificates(city.database, city.registry).pdf(of: number)
            }
            #expect(damaged?.code == "form.damaged")
            try await city.database.write { _ = try $0.execute("DELETE FROM certificate_form") }
            let gone = await #expect(throws: Failure.self) {
                try await Certificates(city.database, city.registry).pdf(of: number)
            }
            #expect(gone?.code == "form.removed")
        }
    }
}
