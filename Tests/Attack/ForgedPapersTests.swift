import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Signing
import Synchronization
import Testbed
import Testing

@testable import Certificates

/// Certificates that were never issued or were altered.
@Suite("Attack: forged certificates are not valid")
struct ForgedPapersTests {
    /// A seeded tenth of the forgeries, or all with `bin/test --long`.
    private static let isLong = Mutator.count(0, long: 1) == 1
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    @Test(.timeLimit(.minutes(10))) func noForgedCertificateIsValid() async throws {
        try await withCity(.sqlite) { city in
            let papers = try await Papers.issued(city)
            var bench = try await ForgeryBench(city)
            // The genuine certificates are valid, so the test can detect a valid one.
            for paper in papers { #expect(try await bench.isValid(.text(paper.address))) }
            for paper in papers { try await changedBytes(of: paper, &bench) }
            try await cutAndJoined(papers, &bench)
            try await signedByOthers(papers, city, &bench)
            try await swappedFacts(papers, &bench)
            try await otherNumbers(papers, &bench)
            try await guessedNumbers(papers, &bench)
            try await editedFiles(papers, city, &bench)
            print("attack: forged=\(bench.tried) valid=\(bench.passed.count)")
            #expect(bench.passed.isEmpty, "\(bench.passed.prefix(20).joined(separator: "\n"))")
            #expect(bench.tried > 2_000)
            for paper in papers { #expect(try await bench.isValid(.text(paper.address))) }
        }
    }

    /// Each byte of the code with each other value.
    private func changedBytes(of paper: Papers, _ bench: inout ForgeryBench) async throws {
        var chosen = Mutator(seed: 17, words: [])
        for place in paper.code.indices {
            for change in 1...255 where Self.isLong || chosen.below(10) == 0 {
                var bytes = paper.code
                bytes[place] ^= UInt8(change)
                try await bench.hold(.code(bytes), "byte \(place) ^ \(change)")
            }
        }
    }

    private func cutAndJoined(_ papers: [Papers], _ bench: inout ForgeryBench) async throws {
        for paper in papers {
            for count in 0..<paper.code.count {
                try await bench.hold(.code(Array(paper.code.prefix(count))), "the first \(count)")
                try await bench.hold(.code(Array(paper.code.dropFirst(count + 1))), "without the first \(count + 1)")
                var bytes = paper.code
                bytes.insert(0, at: count)
                try await bench.hold(.code(bytes), "a 0 at \(count)")
                bytes = paper.code
                bytes.remove(at: count)
                try await bench.hold(.code(bytes), "without byte \(count)")
            }
            for more in [[0], [255], paper.code, Array(repeating: 0, count: 64)] as [[UInt8]] {
                try await bench.hold(.code(paper.code + more), "\(more.count) bytes more")
                try await bench.hold(.code(more + paper.code), "\(more.count) bytes before")
            }
        }
        // The same signature plus the order of the curve: other bytes that a lax verifier accepts.
        for paper in papers { try await bench.hold(.code(Self.addingOrder(to: paper.code)), "the order added") }
        // The facts of one code with the signature of another, joined at every place.
        let (one, two) = (papers[0].code, papers[1].code)
        for count in 0..<min(one.count, two.count) {
            let joined = one.prefix(count) + two.dropFirst(count)
            if Array(joined) != one, Array(joined) != two {
                try await bench.hold(.code(Array(joined)), "joined at \(count)")
            }
            let tailed = one.dropLast(count) + two.suffix(count)
            if Array(tailed) != one, Array(tailed) != two {
                try await bench.hold(.code(Array(tailed)), "tail of \(count)")
            }
        }
    }

    private static func addingOrder(to code: [UInt8]) -> [UInt8] {
        let order: [UInt8] =
            [0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14]
            + Array(repeating: 0, count: 15) + [0x10]
        var (bytes, carry) = (code, 0)
        for (place, added) in order.enumerated() {
            let sum = Int(code[code.count - 32 + place]) + Int(added) + carry
            (bytes[code.count - 32 + place], carry) = (UInt8(sum & 255), sum >> 8)
        }
        return bytes
    }

    /// Signed with the attacker's keys, under their id and under that of the authority's key.
    private func signedByOthers(_ papers: [Papers], _ city: City, _ bench: inout ForgeryBench) async throws {
        for turn in 0..<(Self.isLong ? 100 : 10) {
            let keys = try KeyFile.create(at: city.folder.path + "/other-\(turn).json", system: SystemInputs.real)
            for paper in papers {
                let code = try CertificateCode(signing: paper.facts, keys)
                try await bench.hold(.code(code.bytes), "signed by another")
                let ours = city.people.keys.signingKey
                for suite in [ours.suite, 0, 2] {
                    let named = Signature(key: ours.id, suite: suite, bytes: code.signature.bytes)
                    try await bench.hold(
                        .code(CertificateCode(facts: paper.facts, signature: named).bytes), "signed by another as ours")
                }
                for bytes in [[], Array(repeating: 0, count: 64), Array(repeating: 255, count: 64)] as [[UInt8]] {
                    let empty = Signature(key: ours.id, suite: ours.suite, bytes: bytes)
                    try await bench.hold(
                        .code(CertificateCode(facts: paper.facts, signature: empty).bytes), "with no signature")
                }
            }
        }
    }

    /// A fact of one certificate in another, with each signature, and invented facts.
    private func swappedFacts(_ papers: [Papers], _ bench: inout ForgeryBench) async throws {
        for paper in papers {
            for other in papers where other.code != paper.code {
                let changes: [(inout CertificateFacts) -> Void] = [
                    { $0.number = other.facts.number }, { $0.name = other.facts.name }, { $0.id = other.facts.id },
                    { $0.unit = other.facts.unit }, { $0.lines = other.facts.lines }, { $0.name += "　" },
                    { $0.result = "免修" }, { $0.period = Year(2023).period }, { $0.form += 1 }, { $0.kind = .hours },
                    { $0.issued = $0.issued.adding(days: -1) }, { $0.authority += "局" }, { $0.item = "x" },
                    { $0.day = $0.issued }, { $0.lines.reverse() }, { $0.lines += other.facts.lines },
                ]
                for change in changes {
                    var facts = paper.facts
                    change(&facts)
                    guard facts != paper.facts else { continue }
                    for signature in [paper.signature, other.signature] {
                        let forged = CertificateCode(facts: facts, signature: signature)
                        try await bench.hold(.code(forged.bytes), "other facts")
                    }
                }
            }
        }
    }

    /// A genuine code in the address of another certificate.
    private func otherNumbers(_ papers: [Papers], _ bench: inout ForgeryBench) async throws {
        for paper in papers {
            let number = Array(paper.facts.number.text)
            for place in number.indices {
                for letter in Self.alphabet where letter != number[place] {
                    var other = number
                    other[place] = letter
                    let address = paper.address.replacing("/\(paper.facts.number.text)#", with: "/\(String(other))#")
                    try await bench.hold(.text(address), "the address of \(String(other))")
                }
            }
        }
    }

    /// Numbers near issued ones and random numbers. Spellings with look-alike characters are the same number.
    private func guessedNumbers(_ papers: [Papers], _ bench: inout ForgeryBench) async throws {
        let issued = Set(papers.map(\.facts.number.text))
        var chosen = Mutator(seed: 18, words: [])
        for paper in papers {
            let number = Array(paper.facts.number.text)
            for place in number.indices {
                for letter in Self.alphabet where letter != number[place] {
                    var other = number
                    other[place] = letter
                    try await bench.hold(.text(String(other)), "guessed")
                }
                let alike = zip("OIBZSG", "018256").map { ($0, $1) }
                for (meant, read) in alike where number[place] == meant {
                    var other = number
                    other[place] = read
                    // 0, 1 and 8 are read as O, I and B; 2, 5 and 6 are different letters.
                    let same = CertificateNumber(String(other)).map { issued.contains($0.text) } ?? false
                    if !same { try await bench.hold(.text(String(other)), "looks alike") }
                }
            }
        }
        for _ in 0..<(Self.isLong ? 100_000 : 1_000) {
            let text = String((0..<16).map { _ in Self.alphabet[chosen.below(32)] })
            if !issued.contains(text) { try await bench.hold(.text(text), "any") }
        }
    }
}

// MARK: - Files

extension ForgedPapersTests {
    /// Edited text, appended and overlaid content, the seal of another file, changed bytes under the seal.
    private func editedFiles(_ papers: [Papers], _ city: City, _ bench: inout ForgeryBench) async throws {
        let paper = papers[0]
        let file = try await city.certificates.pdf(of: paper.facts.number)
        let other = try await city.certificates.pdf(of: papers[1].facts.number)
        let seal = Array(file.suffix(131)), body = Array(file.dropLast(131))
        let (otherSeal, otherBody, note) = (Array(other.suffix(131)), Array(other.dropLast(131)), Array("% x\n".utf8))
        var forged: [(String, [UInt8])] = [
            ("appended", file + note), ("sealed twice", file + seal), ("cut", Array(file.dropLast())),
            ("another’s seal", body + otherSeal), ("another’s body", otherBody + seal), ("two files", other + file),
            ("beneath the seal", body + note + seal), ("no seal", body), ("an update", body + Self.update + seal),
            ("an update after all", file + Self.update),
        ]
        forged += try await drawn(paper, city)
        var chosen = Mutator(seed: 19, words: [])
        for _ in 0..<(Self.isLong ? 150 : 12) {
            var bytes = file
            bytes[chosen.below(bytes.count)] ^= 1 << UInt8(chosen.below(8))
            forged.append(("a bit", bytes))
        }
        for (what, bytes) in forged { try await bench.hold(file: bytes, what) }
    }

    /// The page drawn again with other text, with an overlay, and with another seal.
    private func drawn(_ paper: Papers, _ city: City) async throws -> [(String, [UInt8])] {
        let form = try required(try await city.database.read { try city.certificates.forms($0) }[paper.facts.form]).form
        let page = try form.page(required(CertificateCode(bytes: paper.code)))
        let keys = try KeyFile.create(at: city.folder.path + "/pages.json", system: SystemInputs.real)
        var files: [(String, [UInt8])] = []
        for (old, new) in [("岳明远", "岳明达"), ("合格", "优秀"), ("示例机械", "示例电力"), ("90", "99")] {
            var edited = page
            edited.elements = page.elements.map { element in
                guard case .text(var text) = element else { return element }
                text.runs = text.runs.map { .init($0.text.replacing(old, with: new), isBold: $0.isBold) }
                return .text(text)
            }
            let bytes = try CertificateRenderer().draw(edited)
            files.append(("\(new) for \(old)", bytes))
            files.append(("\(new) for \(old), sealed", try FileSignature.sign(bytes, on: paper.facts.issued, keys)))
        }
        var over = page
        over.elements += page.elements
        files.append(("laid over", try CertificateRenderer().draw(over)))
        return files
    }

    /// An incremental update as editors write it: a note over the name.
    private static let update = Array(
        """
        99 0 obj
        << /Type /Annot /Subtype /FreeText /Rect [100 500 400 540] /Contents (x) /DA (/Helv 20 Tf 0 g) /F 4 >>
        endobj
        xref
        99 1
        0000000000 00000 n 
        trailer
        << /Size 100 /Root 1 0 R >>
        startxref
        0
        %%EOF

        """.utf8)
}

/// An issued certificate.
private struct Papers: Sendable {
    let facts: CertificateFacts
    let signature: Signature
    let code: [UInt8]
    /// The content of its QR code.
    let address: String

    static func issued(_ city: City) async throws -> [Papers] {
        try await city.publishForm()
        for name in ["岳明远", "汶小溪"] {
            let person = try await city.add(name)
            _ = try await city.recognise(person, SampleEvidence.course("公需", 30, "public"))
            _ = try await city.recognise(person, SampleEvidence.course("专业", 60))
        }
        _ = try await city.registry.settle(Year(2022))
        _ = try await city.certificates.issue(Year(2022))
        return try await city.database.read { transaction in
            try city.certificates.store(transaction).numbers(limit: 10).map { number in
                let code = try required(city.certificates.store(transaction).find(number)).code
                let form = try required(city.certificates.forms(transaction)[code.facts.form]).form
                return Papers(
                    facts: code.facts, signature: code.signature, code: code.bytes, address: form.address(code))
            }.sorted { $0.facts.name > $1.facts.name }
        }
    }
}

/// Presents certificates to the online and the offline verifier, and counts the accepted ones.
private struct ForgeryBench {
    enum Paper {
        case code([UInt8])
        case text(String)
    }

    private let city: City
    private let away: OfflineVerifier
    private(set) var tried = 0
    private(set) var passed: [String] = []

    init(_ city: City) async throws {
        self.city = city
        away = OfflineVerifier(
            keys: try await city.certificates.publishedKeys(), status: try await city.certificates.statusSnapshot(),
            now: city.people.system.now())
    }

    func isValid(_ paper: Paper) async throws -> Bool {
        let presented: VerificationInput
        switch paper {
        case .code(let bytes): presented = VerificationInput(Base32.encode(bytes))
        case .text(let text): presented = VerificationInput(text)
        }
        let isValidAway = away.verify(presented).state == .valid
        let isValidHere = try await city.certificates.verify(presented).state == .valid
        return isValidAway || isValidHere
    }

    mutating func hold(_ paper: Paper, _ what: String) async throws {
        tried += 1
        if try await isValid(paper) { passed.append(what) }
    }

    /// An unreadable file counts as refused.
    mutating func hold(file: [UInt8], _ what: String) async throws {
        let path = city.folder.path + "/forged.pdf"
        try Data(file).write(to: URL(filePath: path))
        tried += 1
        do {
            let states = [
                try await city.certificates.verify(file: path).state, try await away.verify(file: path).state,
            ]
            if states.contains(.valid) { passed.append(what) }
        } catch let failure as Failure {
            guard failure.kind == .badInput else { throw failure }
        }
    }
}
