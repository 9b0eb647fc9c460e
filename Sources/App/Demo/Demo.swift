import Database
import Kernel
import People
import Policy
import Registry

/// An invented city of a given size, with all kinds of people and units, and years full of hours.
///
/// The same seed gives the same city. It has units of every nature, people with and without a unit, people who moved in
/// 2021, and people with no hours to too many. ID numbers begin with 999999, which is not a real region.
package struct Demo: Sendable {
    let installation: Installation
    let seed: Int
    /// The number of people in one transaction.
    static let batchSize = 100

    package init(_ installation: Installation, seed: Int) { (self.installation, self.seed) = (installation, seed) }

    /// Fills a database without people: regions and policies if they are missing, the named people of the sample lists,
    /// and `count` more. Failures: `demo.not-empty`, and those of the files.
    package func fill(
        people count: Int, samples: String, policies: String, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> (people: Int, organisations: Int, entries: Int) {
        let people = installation.people
        let held = try await installation.database.read { try PersonStore($0, people).count() }
        guard held == 0 else {
            throw Failure.notEmpty(held)
        }
        try await prepare(samples, policies)
        let units = try await makeUnits(count)
        for start in stride(from: 0, to: count, by: Self.batchSize) {
            let range = start..<min(start + Self.batchSize, count)
            try await installation.database.write { transaction in
                let batch = try installation.registry.batch(transaction)
                for index in range { try make(index, units, batch, transaction) }
                try batch.finish()
            }
            progress(range.upperBound)
        }
        let (made, organisations) = try await installation.database.read { transaction in
            (try PersonStore(transaction, people).count(), try OrganisationStore(transaction).count())
        }
        return (made, organisations, try await installation.registry.entryCount())
    }

    /// An ID number of the invalid region 999999, different for each index below about fourteen million.
    package static func idNumber(_ index: Int) -> String { Names.idNumber(index)?.text ?? "" }

    private func prepare(_ samples: String, _ policies: String) async throws {
        _ = try await PlacesImport(installation).run("\(samples)/places.csv")
        for year in 2018...2022 {
            let reading = try readPolicy(at: "\(policies)/\(year).yaml")
            guard let policy = reading.policy else { continue }
            _ = try await installation.registry.publish(policy.key, reading.flat, dryRun: false)
        }
        let lists = SheetImport(installation.registry)
        _ = try await lists.people("\(samples)/people.csv", dryRun: false)
        _ = try await lists.hours("\(samples)/hours.csv", dryRun: false)
    }

    private func makeUnits(_ count: Int) async throws -> [Organisation] {
        try await installation.database.write { transaction in
            var generator = SeededGenerator(seed)
            let store = OrganisationStore(transaction)
            let regions = try RegionStore(transaction).all()
            var units: [Organisation] = []
            for region in regions {
                let above = try store.authorities(in: region.code).map(\.number)
                let agency = "\(region.name)代管服务站"
                units.append(
                    try store.find(agency, in: region.code)
                        ?? store.add(
                            agency, .agency, uscc: nil, nature: "none", region: region.code, upstream: above.first))
                for turn in 0..<max(3, min(400, count / 150)) {
                    let (nature, names) = generator.pick(Names.units)
                    let name = "\(region.name)\(Names.numbered(turn))\(generator.pick(names))"
                    let body = "9137\(region.code.text.prefix(6))\(Names.padded(1_000_000 + units.count, 7))"
                    units.append(
                        try store.add(
                            name, .employer, uscc: try? USCC.completing(body), nature: nature, region: region.code,
                            upstream: above.isEmpty ? nil : generator.pick(above)))
                }
            }
            return units
        }
    }

    private func make(
        _ index: Int, _ units: [Organisation], _ batch: RecognitionBatch, _ transaction: Transaction
    ) throws {
        var generator = SeededGenerator(seed &* 1_000_003 &+ index)
        guard let id = Names.idNumber(index) else { return }
        let person = try PersonStore(transaction, installation.people).add(Names.person(&generator), id, phone: nil)
        let unit = generator.pick(units)
        let relation = unit.role == .agency ? "none" : unit.nature == "institution" ? "appointment" : "labour"
        let since = Day(2010 + generator.below(12), 1 + generator.below(12), 1 + generator.below(28)) ?? .first
        let employments = EmploymentStore(transaction, installation.people)
        _ = try employments.put(
            Employment(organisation: unit.number, relation: relation, during: Period(from: since, to: .last)),
            of: person)
        if generator.chance(8) {
            let next = generator.pick(units.filter { $0.role == .employer })
            let day = Day(2021, 1 + generator.below(12), 1) ?? .first
            _ = try employments.put(
                Employment(
                    organisation: next.number, relation: next.nature == "institution" ? "appointment" : "labour",
                    during: Period(from: max(day, since.adding(days: 1)), to: .last)), of: person)
        }
        for submission in Years(person: person).submissions(&generator) {
            _ = try batch.take(submission)
        }
    }
}

/// The learning of an invented person in 2021 and 2022.
private struct Years {
    let person: ID<Person>

    func submissions(_ generator: inout SeededGenerator) -> [Submission] {
        var made: [Submission] = []
        for year in [2021, 2022] {
            let diligence = generator.below(10)
            if diligence > 0 { made += courses(year, diligence, &generator) }
            if year == 2022 { made += works(&generator) }
        }
        return made
    }

    private func courses(_ year: Int, _ diligence: Int, _ generator: inout SeededGenerator) -> [Submission] {
        var plans: [(subject: String, theme: String?, hours: Int)] = [
            ("public", "ethics", diligence < 3 ? 10 : 16), ("public", nil, diligence < 3 ? 8 : 14),
            ("professional", nil, diligence < 5 ? 16 : 30),
            ("professional", year == 2022 ? "rural-revitalisation" : nil, diligence > 6 ? 24 : 12),
        ]
        if diligence >= 5 { plans += [("professional", nil, 10), ("professional", nil, 6)] }
        return plans.enumerated().map { turn, plan in
            var facts: [String: Fact] = [
                "course": .text("\(year) 年\(plan.subject == "public" ? "公需" : "专业")课程 \(turn + 1)"),
                "provider": .text("泰安示例学习平台"), "subject": .text(plan.subject), "year": .integer(year),
                "credit": .hours(CreditHours(plan.hours)), "exam": .text(generator.chance(97) ? "passed" : "failed"),
                "passed-on": .day(Day(2022, 1 + generator.below(12), 1 + generator.below(28)) ?? .first),
            ]
            facts["theme"] = plan.theme.map { .text($0) }
            return Submission(
                person: person, source: .operator, reference: "course-\(year)-\(turn)",
                evidence: Evidence("online-course", facts))
        }
    }

    private func works(_ generator: inout SeededGenerator) -> [Submission] {
        let day = Fact.day(Day(2022, 1 + generator.below(12), 1 + generator.below(28)) ?? .first)
        switch generator.below(12) {
        case 0:
            return [
                submit(
                    "paper",
                    [
                        "title": .text("示例研究 \(person)"),
                        "number": .text("CN 37-\(Names.padded(1 + generator.below(9998), 4))/T"),
                        "journal": .text(generator.pick(["national", "provincial", "municipal"])),
                        "authors": .integer(1 + generator.below(5)), "publication-date": day,
                    ])
            ]
        case 1:
            return [
                submit(
                    "award",
                    [
                        "prize": .text("progress"), "level": .text(generator.pick(["municipal", "county"])),
                        "project": .text("示例项目 \(person)"), "certificate": .text("KJ-\(person)"), "awarded-on": day,
                    ])
            ]
        case 2:
            return [
                submit(
                    "self-study",
                    ["course": .text("概率论"), "certificate": .text("ZK-\(person)"), "passed-on": day])
            ]
        default: return []
        }
    }

    private func submit(_ kind: String, _ facts: [String: Fact]) -> Submission {
        Submission(person: person, source: .operator, reference: kind, evidence: Evidence(kind, facts))
    }
}

extension Failure {
    /// `held`: the number of people in the database.
    package static func notEmpty(_ held: Int) -> Failure {
        Failure(
            .refused, "demo.not-empty", "数据库中已有 \(held) 人，示例只填充空库。请用 --data 另指目录。",
            en: "The database has \(held) people; the demo fills only an empty one. Name another --data.")
    }
}
