import ArgumentParser
import Foundation
import Kernel
import Policy

struct PolicyBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Decisions and standings per second on one core, compared with the paper rule coded by hand.",
        discussion: "Example: xueshi bench policy --policy Policies/taian/2022.yaml --seconds 3")
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "The policy file.") var policy = "Policies/taian/2022.yaml"
    @Option(help: "Seconds that each part runs.") var seconds = 3

    func validate() throws { try bounded("--seconds", seconds, 1...3600) }

    func run() async throws {
        try await answering(json) {
            let reading = try readPolicy(at: policy)
            guard let policy = reading.policy else {
                throw Failure(
                    .refused, "policy.errors", "政策文件有错误。请先运行 policy check。",
                    en: "The policy has errors: run policy check.")
            }
            let papers = Self.papers
            for paper in papers { try Self.holdSame(policy.decide(paper), HandCoded.decide(paper)) }
            var sink = 0
            let decisions = rate(seconds) { index in
                if case .credited(let credited) = policy.decide(papers[index % papers.count]) {
                    sink &+= credited.steps.count
                }
            }
            let byHand = rate(seconds) { index in
                if let credited = HandCoded.decide(papers[index % papers.count]) { sink &+= credited.steps.count }
            }
            let entries = Self.entries(policy)
            let year = Year(2022).period
            let facts = [DatedFact("employer", .text("enterprise")), DatedFact("relation", .text("labour"))]
            let standings = rate(seconds) { _ in
                sink &+= policy.standing(in: year, facts: facts, entries: entries).lines.count
            }
            return CommandOutput(
                "policy", lines: ["\(papers.count) papers decided; \(entries.count) entries a standing (\(sink % 10))"],
                [
                    "decisions": decisions, "standings": standings, "hand-coded": byHand,
                    "ratio": ratio(decisions, byHand),
                ])
        }
    }

    private static let papers: [Evidence] = (1...64).map { index in
        Evidence(
            "paper",
            [
                "title": .text("示例论文 \(index)"), "number": .text("CN 37-\(1000 + index)/T"),
                "journal": .text(["foreign", "national", "provincial", "municipal"][index % 4]),
                "authors": .integer(1 + index % 7), "publication-date": .day(Day(2022, 1 + index % 12, 1) ?? .first),
            ])
    }

    /// Both must give the same hours in the same number of steps, otherwise the comparison is meaningless.
    private static func holdSame(_ decision: Decision, _ byHand: HandCoded.Credited?) throws {
        guard case .credited(let credited) = decision, let byHand, credited.lines.map(\.hours) == [byHand.hours],
            credited.steps.count == byHand.steps.count, credited.lines.map(\.year) == [byHand.year]
        else {
            throw Failure(
                .damaged, "bench.differs", "政策与手写规则的结果不同，不能比较。",
                en: "Policy and hand-coded rule differ: nothing to compare.")
        }
    }

    private static func entries(_ policy: Policy) -> [Entry] {
        (1...8).map { number in
            let subject = number % 3 == 0 ? "public" : "professional"
            return Entry(
                number: number, day: Day(2022, number, 1) ?? .first, year: Year(2022), hours: CreditHours(12),
                subject: subject, kind: "online-course", tags: ["course": "课程 \(number)", "year": "2022"])
        }
    }
}

/// The notice's rule for papers (二(三)3), written directly in Swift as the baseline.
private enum HandCoded {
    struct Step {
        let name: String
        let input: Int
        let value: Int
    }

    struct Credited {
        let year: Year
        let subject: String
        let hours: CreditHours
        let clause: String
        let steps: [Step]
    }

    static func decide(_ evidence: Evidence) -> Credited? {
        guard case .text(let title)? = evidence.facts["title"], !title.isEmpty,
            case .text(let number)? = evidence.facts["number"], !number.isEmpty,
            case .text(let journal)? = evidence.facts["journal"],
            case .integer(let authors)? = evidence.facts["authors"], authors >= 1,
            case .day(let day)? = evidence.facts["publication-date"], day.year == Year(2022)
        else { return nil }
        let whole: Int
        switch journal {
        case "foreign": whole = 22500
        case "national": whole = 12500
        case "provincial": whole = 5000
        case "municipal": whole = 2500
        default: return nil
        }
        let share = whole / authors
        guard share > 0 else { return nil }
        let steps = [
            Step(name: "by", input: whole, value: whole), Step(name: "share", input: authors, value: share),
        ]
        return Credited(
            year: day.year, subject: "professional", hours: CreditHours(hundredths: share), clause: "二(三)3",
            steps: steps)
    }
}

/// The number of runs of a body per second, measured over some seconds.
func rate(_ seconds: Int, _ body: (Int) throws -> Void) rethrows -> Int {
    let clock = ContinuousClock()
    let start = clock.now
    var (index, elapsed) = (0, Duration.zero)
    while elapsed < .seconds(seconds) {
        for _ in 0..<256 {
            try body(index)
            index += 1
        }
        elapsed = clock.now - start
    }
    return Int(Double(index) / elapsed.inSeconds)
}

func ratio(_ a: Int, _ b: Int) -> String { String(format: "%.2f", Double(a) / Double(max(1, b))) }

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
