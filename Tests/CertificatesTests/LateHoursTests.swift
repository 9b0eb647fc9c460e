import Database
import Kernel
import People
import Registry
import Testbed
import Testing

@testable import Certificates

/// The certificate of a settled year whose hours change afterwards.
@Suite struct LateHoursTests {
    /// Submits the professional course of a qualified person again, with other hours.
    private func correct(_ person: ID<Person>, _ hours: Int, _ city: City) async throws {
        _ = try await city.recognise(person, SampleEvidence.course("专业", hours), reference: "q")
    }

    private func issue(_ city: City) async throws -> CertificateNumber {
        let report = try await city.certificates.issue(Year(2022))
        #expect(report.issued == 1 && report.refused == 0)
        return try required(report.last)
    }

    /// Hours that a unit adds leave the certificate valid until the new one is issued, which is due.
    @Test(arguments: Engine.allCases) func addedHoursKeepTheCertificateValid(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, old) = try await city.issued("岳明远")
            let unit = EvidenceSource.organisation(city.mill.number)
            _ = try await city.recognise(person, SampleEvidence.course("迟到", 1), reference: "late", from: unit)
            #expect(try await city.state(old).state == .valid)
            #expect(try await city.certificates.all(of: person).map { $0.state } == [.valid])
            #expect(try await city.certificates.statusSnapshot().superseded.isEmpty)
            #expect(try await city.certificates.due() == 1)
            let new = try await issue(city)
            let after = try await city.state(old)
            #expect(after.state == .superseded && after.reasons[0].chinese.contains(new.grouped))
            #expect(VerificationSummary(after).title == "已被新证书取代")
            #expect(try await city.certificates.all(of: person).map { $0.state } == [.superseded(by: new), .valid])
            #expect(try await city.certificates.statusSnapshot().superseded == [old.text])
            #expect(try await city.certificates.due() == 0)
        }
    }

    /// If a stated figure shrinks, the certificate is superseded at once, and no newer one is named.
    @Test(arguments: Engine.allCases) func reducedHoursSupersedeTheCertificateAtOnce(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, first) = try await city.issued("岳明远")
            try await correct(person, 80, city)
            let second = try await issue(city)
            try await correct(person, 70, city)
            for number in [first, second] {
                let found = try await city.state(number)
                #expect(found.state == .superseded)
                #expect(found.reasons.map(\.chinese).joined().contains("新证书尚未颁发"))
                let summary = VerificationSummary(found)
                #expect(summary.title == "登记的结果已变更" && summary.name == "changed")
                #expect(!summary.advice.contains("新证书"))
            }
            let states = try await city.certificates.all(of: person).map { $0.state.name.chinese }
            #expect(states == ["结果已变更，新证书尚未颁发", "结果已变更，新证书尚未颁发"])
            #expect(try await city.certificates.due() == 1)
            let third = try await issue(city)
            #expect(
                try await city.certificates.all(of: person).map { $0.state }
                    == [.superseded(by: third), .superseded(by: third), .valid])
        }
    }

    @Test(arguments: Engine.allCases) func correctionsSupersedeAndRestoreTheCertificate(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, first) = try await city.issued("岳明远")
            let states = { try await city.certificates.all(of: person).map { $0.state } }
            try await correct(person, 40, city)
            #expect(try await states() == [.superseded(by: nil)])
            #expect(try await city.certificates.due() == 0)
            try await correct(person, 60, city)
            #expect(try await states() == [.valid])
            #expect(try await city.certificates.due() == 0)
            try await correct(person, 40, city)
            try await correct(person, 80, city)
            #expect(try await states() == [.valid])
            let second = try await issue(city)
            #expect(try await states() == [.superseded(by: second), .valid])
            // The first one would be covered, but the second one has replaced it.
            try await correct(person, 70, city)
            #expect(try await states() == [.superseded(by: nil), .superseded(by: nil)])
            try await correct(person, 90, city)
            #expect(try await states() == [.superseded(by: second), .valid])
            let third = try await issue(city)
            #expect(try await states() == [.superseded(by: third), .superseded(by: third), .valid])
            // The first one says again what is settled.
            try await correct(person, 60, city)
            #expect(try await states() == [.valid, .superseded(by: first), .superseded(by: first)])
            #expect(try await city.certificates.due() == 0)
        }
    }

    /// The revocation of the newer certificate does not make the older one valid.
    @Test(arguments: Engine.allCases)
    func aRevokedSuccessorDoesNotRestoreThePredecessor(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, first) = try await city.issued("岳明远")
            try await correct(person, 80, city)
            try await city.certificates.revoke(try await issue(city), reason: "误发")
            #expect(try await city.state(first).state == .superseded)
        }
    }
}
