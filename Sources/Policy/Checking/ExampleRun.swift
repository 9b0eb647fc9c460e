import Kernel

/// What an example came to.
package struct ExampleResult: Sendable {
    package let credits: [(evidence: Evidence, decision: Decision)]
    package let entries: [Entry]
    package let standing: Standing?
    package let facts: [DatedFact]
}

extension Policy {
    /// Decides what an example gives and folds it.
    package func run(_ example: Example) -> ExampleResult {
        var credits: [(evidence: Evidence, decision: Decision)] = []
        var entries: [Entry] = []
        for item in example.items {
            switch item {
            case .entry(let entry): entries.append(entry)
            case .evidence(let evidence):
                let decision = decide(evidence, example.person)
                credits.append((evidence, decision))
                guard case .credited(let credited) = decision else { continue }
                for line in credited.lines {
                    entries.append(entry(line, of: credited, evidence, number: entries.count + 1))
                }
            }
        }
        let period = period.periods(touching: example.year, example.person).first
        let standing = period.map { self.standing(in: $0, facts: example.person, entries: entries) }
        return ExampleResult(credits: credits, entries: entries, standing: standing, facts: example.person)
    }

    /// The entry that a line of a decision becomes in the ledger.
    package func entry(_ line: Credited.Line, of credited: Credited, _ evidence: Evidence, number: Int) -> Entry {
        Entry(
            number: number, day: credited.day, year: line.year, hours: line.hours, subject: line.subject,
            kind: credited.kind, tags: tags(of: evidence), work: work(of: evidence))
    }

    /// Runs every example; a finding for each thing that came out otherwise. Answers how many examples failed.
    func runExamples(_ findings: Findings) -> Int {
        examples.filter { example in
            let result = run(example)
            let wrong = example.expected.compactMap { expected in
                mismatch(expected, example, result).map { (expected.place, $0) }
            }
            for (place, text) in wrong { findings.error(place, "example “\(example.name)”: \(text)") }
            return !wrong.isEmpty
        }.count
    }

    /// `expected 41.66, got 41.67`, or `nil` where it came out as expected.
    private func mismatch(_ expected: Expectation, _ example: Example, _ result: ExampleResult) -> String? {
        switch expected.what {
        case .credited(let subject, let hours):
            let got = result.entries.filter { $0.subject == subject }.reduce(.zero) { $0 + $1.hours }
            return got == hours ? nil : "\(subject): expected \(hours), got \(got)\(refusals(result))"
        case .inYear(let year, let hours):
            let got = result.entries.filter { $0.year == year }.reduce(.zero) { $0 + $1.hours }
            return got == hours ? nil : "\(year): expected \(hours), got \(got)\(refusals(result))"
        case .refused(let words):
            let got = refusals(result)
            return !got.isEmpty && got.contains(words)
                ? nil : "expected a refusal with “\(words)”, got\(got.isEmpty ? " none" : got)"
        case .clause(let clause):
            let got = clauses(result)
            return got.contains(clause) ? nil : "clause: expected \(clause), got \(got.joined(separator: ", "))"
        default:
            guard let standing = result.standing else { return "there is no period in \(example.year)" }
            return mismatch(expected, example, result, standing)
        }
    }

    private func mismatch(
        _ expected: Expectation, _ example: Example, _ result: ExampleResult, _ standing: Standing
    ) -> String? {
        switch expected.what {
        case .outcome(let outcome):
            return standing.outcome == outcome
                ? nil : "outcome: expected \(outcome.name), got \(standing.outcome.name)\(refusals(result))"
        case .uncounted(let hours):
            let got = standing.uncounted.reduce(.zero) { $0 + $1.hours }
            return got == hours ? nil : "uncounted: expected \(hours), got \(got)"
        case .waived(let purpose, let isWaived):
            let asked = waiver(for: purpose, asked: example.asked, facts: example.person, in: standing.period)
            return (asked != nil) == isWaived
                ? nil : "\(purpose): expected \(isWaived ? "a" : "no") waiver, got \(asked?.says ?? "none")"
        case .figure(let figure, let key, let hours):
            let got = standing.lines.filter { wants[$0.want].key == key }.reduce(.zero) { $0 + $1[figure] }
            return got == hours ? nil : "\(figure.rawValue) \(key): expected \(hours), got \(got)\(refusals(result))"
        default: return nil
        }
    }

    private func refusals(_ result: ExampleResult) -> String {
        result.credits.map { credit in
            if case .refused(let refusal) = credit.decision { " (refused: \(words(for: refusal)))" } else { "" }
        }.joined()
    }

    /// The clauses under which items were decided, and of exemptions that hold.
    private func clauses(_ result: ExampleResult) -> [String] {
        let decided = result.credits.compactMap { credit -> String? in
            switch credit.decision {
            case .credited(let credited): credited.clause.short
            case .refused(let refusal): refusal.clause?.short
            }
        }
        return decided + (result.standing?.exemptions.map { exemptions[$0].clause.short } ?? [])
    }
}

extension Standing.Line {
    subscript(figure: Expectation.Figure) -> CreditHours {
        switch figure {
        case .wanted: wanted
        case .earned: earned
        case .counted: counted
        case .short: short
        case .surplus: surplus
        }
    }
}
