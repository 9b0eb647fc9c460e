import Kernel
import People
import Policy
import Registry

/// Hours are texts with at most two decimals, as on the pages: `41.66`.
struct APIPeople: Encodable, Sendable {
    let year: Int
    let people: [APIPerson]
    /// What to send as `cursor` for what follows; empty at the end.
    let next: String

    static let sample = APIPeople(year: 2022, people: [.sample], next: "3.17")
}

struct APIPerson: Encodable, Sendable {
    let person: Int
    let name: String
    let unit: String
    let region: String
    let level: String
    let standings: [APIStanding]

    private init() {
        (person, name, unit, region) = (1, "岳明远", "泰安示例机械有限公司", "370902")
        (level, standings) = ("intermediate", [.sample])
    }

    init(_ found: (line: RosterEntry, kept: [StoredStanding])) {
        (person, name, unit) = (found.line.person.number, found.line.name, found.line.unitName)
        (region, level) = (found.line.region.text, found.line.level)
        standings = found.kept.map { kept in
            APIStanding(
                policy: kept.policy.key, outcome: kept.outcome.rawValue,
                requirements: kept.lines.map { APIRequirement($0.name, $0.required, $0.counted) })
        }
    }

    static let sample = APIPerson()
}

struct APIStanding: Encodable, Sendable {
    let policy: String
    let outcome: String
    let requirements: [APIRequirement]

    static let sample = APIStanding(
        policy: "taian-2022", outcome: "short", requirements: [APIRequirement("公需科目", CreditHours(30), CreditHours(12))]
    )
}

struct APIRequirement: Encodable, Sendable {
    let name: String
    let wanted: String
    let counted: String

    init(_ name: String, _ wanted: CreditHours, _ counted: CreditHours) {
        (self.name, self.wanted, self.counted) = (name, "\(wanted)", "\(counted)")
    }
}

struct APIYear: Encodable, Sendable {
    let person: Int
    let year: Int
    let state: String
    let standings: [APIStanding]
    let entries: [Entry]
    let refused: [Refusal]

    struct Entry: Encodable, Sendable {
        /// In the ledger of `person`, where that is somebody merged into the one who is asked for.
        let number: Int
        let person: Int?
        let day: String
        let kind: String
        let title: String
        let subject: String
        let hours: String
        /// What of them counts.
        let counted: String
        let steps: [String]
        let uncounted: [String]

        init(_ explained: ExplainedEntry) {
            (number, person) = (explained.id.number, explained.owner?.number)
            (day, kind, title) = ("\(explained.day)", explained.kind, explained.title)
            (subject, hours, counted) = (explained.subject, "\(explained.hours)", "\(explained.counted)")
            (steps, uncounted) = (explained.steps, explained.uncounted.map(\.words))
        }
    }

    struct Refusal: Encodable, Sendable {
        let number: Int
        /// The evidence's own; empty where it states none.
        let day: String
        let kind: String
        let title: String
        let why: String

        init(_ explained: ExplainedRefusal) {
            (number, day) = (explained.number, explained.day.map { "\($0)" } ?? "")
            (kind, title, why) = (explained.kind, explained.title, explained.why)
        }
    }

    init(_ reading: YearOverview, _ year: Year) {
        (person, self.year, state) = (reading.person.number.number, year.number, reading.state.year.rawValue)
        standings = reading.standings.map { item in
            let hoursRequirements = item.version.policy.hoursRequirements
            return APIStanding(
                policy: item.version.key, outcome: item.standing.outcome.rawValue,
                requirements: item.standing.lines.map {
                    APIRequirement(hoursRequirements[$0.hoursRequirement].name, $0.required, $0.counted)
                })
        }
        entries = reading.standings.flatMap { item in item.entries.map { Entry(reading.explained($0, in: item)) } }
        refused = reading.refusals(in: year).map(Refusal.init)
    }

    private init() {
        var explained = ExplainedEntry(
            EntryID(person: 1, number: 1), day: .first, hours: CreditHours(8), kind: "课程", subject: "专业科目")
        (explained.title, explained.steps, explained.counted) = ("数据安全", ["8 学时"], CreditHours(7))
        explained.uncounted = [ExplainedEntry.Uncounted("其中 1 学时不计")]
        (person, year, state, standings, entries) = (1, 2022, "settled", [.sample], [Entry(explained)])
        refused = [Refusal(ExplainedRefusal(number: 2, year: Year(2022), kind: "论文", why: "没有刊号"))]
    }

    static let sample = APIYear()
}

struct APIPolicy: Encodable, Sendable {
    let key: String
    let version: Int
    let hash: String
    let title: String
    let region: String
    let inForce: String

    init(_ version: PolicyVersion) {
        (key, self.version, hash) = (version.key, version.version, version.hash.hexadecimal)
        (title, region) = (version.policy.title, version.policy.jurisdiction.text)
        inForce = "\(version.policy.inForce)"
    }

    private init() {
        (key, version, hash) = ("taian-2022", 1, "00")
        (title, region, inForce) = ("泰安市 2022 年度", "370900", "2022-01-01")
    }

    static let sample = APIPolicy()
}

struct APIPolicyText: Encodable, Sendable {
    let policy: APIPolicy
    let sections: [Section]

    struct Section: Encodable, Sendable {
        let title: String
        let lines: [String]
    }

    init(_ version: PolicyVersion) {
        policy = APIPolicy(version)
        sections = PolicyText(version.policy).sections.map { Section(title: $0.title, lines: $0.lines) }
    }

    private init() {
        (policy, sections) = (.sample, [Section(title: "学时要求", lines: ["公需科目：至少 30 学时（二(一)）"])])
    }

    static let sample = APIPolicyText()
}
