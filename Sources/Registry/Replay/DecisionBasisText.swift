import Kernel
import People
import Policy

/// A basis as it is stored with a decision, in two columns: the person's facts, and the rest. Every version that was
/// ever written stays readable; each has a golden file.
///
/// Version 1, one line each: `basis 1`; `engine N`; `policies` and the numbers of versions in their order; `post REGION
/// UNIT FROM TO` for each employment; `frozen VERSION FROM TO` for each settled period; `claim AUTHORS OTHERS TAKEN
/// WORK` for each work, with `-` for no authors. Facts: `NAME=VALUE FROM/TO`, the value as in ``FactText``. A decision
/// from before version 1 has only its facts, sorted.
struct DecisionBasisText: Sendable {
    let facts: String
    private let rest: String

    init(_ basis: DecisionBasis) {
        facts = basis.facts.map { "\($0.name)=\(FactText.encode($0.value)) \($0.during.from)/\($0.during.to)" }
            .joined(separator: "\n")
        let policies = basis.candidates.map { "\($0.number)" }.joined(separator: " ")
        let posts = basis.posts.map { "\npost \($0.region.text) \($0.unit) \($0.during.from) \($0.during.to)" }
        let settledPeriods = basis.settledPeriods.items.map {
            "\nfrozen \($0.version.number) \($0.period.from) \($0.period.to)"
        }
        rest = "basis 1\nengine \(basis.engine)\npolicies \(policies)" + (posts + settledPeriods).joined()
    }

    func rest(_ claims: [ClaimSnapshot]) -> String {
        claims.reduce(rest) { text, claim in
            text + "\nclaim \(claim.authors.map { "\($0)" } ?? "-") \(claim.others) \(claim.taken) \(claim.work)"
        }
    }

    /// `nil` where the text has another format, or names an unknown policy version.
    static func read(_ facts: [DatedFact], _ rest: String, _ book: PolicyBook) -> (
        basis: DecisionBasis, claims: [ClaimSnapshot]
    )? {
        var parts = Parts()
        let lines = rest.utf8.split(separator: UInt8(ascii: "\n")).map { Substring($0) }
        guard lines.first == "basis 1" else { return nil }
        for line in lines.dropFirst() {
            guard parts.take(line, book) else { return nil }
        }
        guard let engine = parts.engine else { return nil }
        let basis = DecisionBasis(
            engine: engine, facts: facts, posts: parts.posts, candidates: parts.candidates,
            settledPeriods: SettledPeriods(parts.settledPeriods)
        )
        return (basis, parts.claims)
    }

    /// The engine that a basis names; 0 where it names none.
    static func engine(_ rest: String) -> Int {
        let line = rest.split(separator: "\n", maxSplits: 2).dropFirst().first
        return line.flatMap { $0.hasPrefix("engine ") ? Int($0.dropFirst(7)) : nil } ?? 0
    }

    /// The facts, one in each line; `nil` where a line has another format. It reads bytes, since a page reads the facts
    /// of all entries of a year.
    static func read(facts: String) -> [DatedFact]? {
        var facts = facts
        return facts.withUTF8 { read(UnsafeRawBufferPointer($0)) }
    }

    private static func read(_ facts: UnsafeRawBufferPointer) -> [DatedFact]? {
        var (read, rest): ([DatedFact], _) = ([], facts[...])
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")), let space = line.lastIndex(of: UInt8(ascii: " ")),
                sign < space, let value = FactText.fact(line[(sign + 1)..<space]),
                let during = period(UnsafeRawBufferPointer(rebasing: line[(space + 1)...]))
            else { return nil }
            read.append(DatedFact(String(decoding: line[..<sign], as: UTF8.self), value, during))
        }
        return read
    }

    /// `2022-01-01/2022-12-31`
    private static func period(_ text: UnsafeRawBufferPointer) -> Period? {
        guard text.count == 21, text[10] == UInt8(ascii: "/"),
            let from = Day(utf8: UnsafeRawBufferPointer(rebasing: text[..<10])),
            let to = Day(utf8: UnsafeRawBufferPointer(rebasing: text[11...]))
        else { return nil }
        return Period(checking: from, to)
    }

    private struct Parts {
        var engine: Int?
        var candidates: [PolicyVersion] = []
        var posts: [DecisionBasis.Post] = []
        var settledPeriods: [SettledPeriods.Item] = []
        var claims: [ClaimSnapshot] = []

        /// Adds a line; returns `false` where its format is unknown.
        mutating func take(_ line: Substring, _ book: PolicyBook) -> Bool {
            let words = line.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            switch words.first {
            case "engine":
                engine = words.dropFirst().first.flatMap { Int($0) }
            case "policies":
                candidates = words.dropFirst().compactMap { Int($0).flatMap { book.all[$0] } }
                return candidates.count == words.count - 1
            case "post":
                guard words.count == 5, let region = RegionCode(words[1]), let unit = Int(words[2]),
                    let during = Period(words[3], words[4])
                else { return false }
                posts.append(DecisionBasis.Post(region: region, unit: unit, during: during))
            case "frozen":
                guard words.count == 4, let version = Int(words[1]).flatMap({ book.all[$0] }),
                    let period = Period(words[2], words[3])
                else { return false }
                settledPeriods.append(SettledPeriods.Item(period: period, version: version))
            case "claim":
                guard let claim = Self.claim(line) else { return false }
                claims.append(claim)
            default: return false
            }
            return true
        }

        /// The work comes last, since it may contain spaces.
        private static func claim(_ line: Substring) -> ClaimSnapshot? {
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count == 5, let others = Int(words[2]), let taken = Int(words[3]) else { return nil }
            return ClaimSnapshot(work: String(words[4]), authors: Int(words[1]), others: others, taken: taken)
        }
    }
}

extension Period {
    /// `nil` where one of the texts is no day, or the second is before the first.
    fileprivate init?(_ from: Substring, _ to: Substring) {
        guard let from = Day(from), let to = Day(to) else { return nil }
        self.init(checking: from, to)
    }
}
