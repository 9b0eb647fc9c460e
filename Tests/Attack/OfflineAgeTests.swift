import Database
import Kernel
import People
import Signing
import Testbed
import Testing

@testable import Certificates

@Suite("Attack: an old snapshot hides a revocation")
struct OfflineAgeTests {
    @Test func anOldSnapshotGivesNoResult() async throws {
        try await withCity(.sqlite) { city in
            let facts = CertificateFacts(
                kind: .annual, number: CertificateNumber(bytes: Array(1...10)), form: 1,
                issued: city.people.system.today,
                period: Year(2022).period, name: "岳明远", id: "999999********0018", unit: "示例单位", authority: "示例机关",
                type: "11999999MB00000011011", issuer: "11999999MB00000011", result: "合格", lines: [], item: "", day: nil
            )
            let code = try CertificateCode(signing: facts, city.people.keys)
            let keys = try await city.certificates.publishedKeys()
            let status = try await city.certificates.statusSnapshot()
            func found(_ days: Int, _ most: Int = OfflineVerifier.mostDays) -> Verification {
                let now = status.time + days * 86_400_000
                return OfflineVerifier(keys: keys, status: status, now: now, mostDays: most)
                    .verify(.code(code, number: nil))
            }
            #expect(found(0).state == .valid && found(30).state == .valid)
            #expect(found(31).state == .cannotCheck && found(31, 60).state == .valid)
            #expect(found(31).reasons.last?.chinese.contains("31 天前") == true)
            // If the clock is behind the snapshot, its age is unknown.
            #expect(found(-2).state == .cannotCheck)
        }
    }
}
