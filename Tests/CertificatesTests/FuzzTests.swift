import Kernel
import Signing
import Testbed
import Testing

@testable import Certificates

@Suite struct CodeFuzzTests {
    /// For any input, only the signed code is valid.
    @Test(.timeLimit(.minutes(20))) func randomCodesAreNeverValid() throws {
        let keys = try KeyFile.temporary()
        let code = try CertificateCode(signing: CodeTests.facts, keys)
        let seeds = [code.bytes, Array("http://a/v/AAAAAAAAAAAAAAAA#\(code.text)".utf8), Array(code.text.utf8)]
        var mutator = Mutator(seed: 4, words: ["#", "/v/", "AAAAAAAAAAAAAAAA", "=", "\u{3000}"])
        let before = Mutator.memory
        for turn in 0..<Mutator.count(20_000, long: 800_000) {
            let bytes = mutator.next(of: seeds)
            let presented = VerificationInput(
                turn.isMultiple(of: 2) ? String(decoding: bytes, as: UTF8.self) : Base32.encode(bytes))
            guard case .code(let read, let number) = presented else { continue }
            let fault = Verification.fault(read, number, keys.publicKeys)
            #expect(fault != nil || read == code)
        }
        #expect(Mutator.memory - before < 200)
    }

    /// A damaged form only fails.
    @Test(.timeLimit(.minutes(20))) func damagedFormsOnlyFail() throws {
        let seeds = [Array(try FormTests.text().prefix(2500).utf8), Array(try FormTests.text().utf8)]
        var mutator = Mutator(seed: 5, words: ["{name}", "**", "[", "-1", "1e400", "&a", "*a", "- ", "{", "}"])
        for _ in 0..<Mutator.count(40, long: 1000) {
            let text = String(decoding: mutator.next(of: seeds), as: UTF8.self)
            do {
                _ = try CertificateForm(reading: text)
            } catch {
                #expect(error.code == "form.file")
            }
        }
    }
}
