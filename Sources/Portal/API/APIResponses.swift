import Kernel
import People
import Policy
import Registry

/// A page of people. Hours are texts with at most two decimals, as on the pages: `41.66`.
struct APIPeople: Codable, Sendable {
    let year: Int
    let people: [APIPerson]
    /// The `cursor` of the next page; empty at the end.
    let next: String
}

struct APIPerson: Codable, Sendable {
    let person: Int
    let name: String
    let unit: String
    let region: String
    let level: String
    let standings: [APIStanding]

    init(_ found: (line: RosterEntry, kept: [StoredStanding])) {
        (person, name, unit) = (found.line.person.number, found.line.name, found.line.unitName)
        (region, level) = (found.line.region.text, found.line.level)
        standings = found.kept.map { kept in
            APIStanding(
                policy: kept.policy.key, outcome: kept.outcome, waived: kept.isWaived,
                requirements: kept.lines.map { APIRequirement($0.name, $0.required, $0.counted) })
        }
    }
}

struct APIStanding: Codable, Sendable {
    let policy: String
    let outcome: Outcome
    /// Whether what is short is not enforced (不作硬性要求); the outcome is `short` then.
    let waived: Bool
    let requirements: [APIRequirement]
}

struct APIRequirement: Codable, Sendable {
    let name: String
    let wanted: String
    let counted: String

    init(_ name: String, _ wanted: CreditHours, _ counted: CreditHours) {
        (self.name, self.wanted, self.counted) = (name, "\(wanted)", "\(counted)")
    }
}

struct APIYear: Codable, Sendable {
    let person: Int
    let year: Int
    let state: YearState
    let standings: [APIStanding]
    let entries: [Entry]
    let refused: [Refusal]

    struct Entry: Codable, Sendable {
        /// The entry's number in the ledger of `person`, which is set if the entry belongs to a person merged into this
        /// one.
        let number: Int
        let person: Int?
        let day: String
        let kind: String
        let title: String
        let subject: String
        let hours: String
        /// The hours that count.
        let counted: String
        let steps: [String]
        let uncounted: [String]

        init(_ explained: ExplainedEntry) {
            (number, person) = (explained.id.number, explained.owner?.number)
            (day, kind, title) = ("\(explained.day)", explained.kind, explained.title)
            (subject, hours, counted) = (explained.subject, "\(explained.hours)", "\(explained.counted)")
            (steps, uncounted) = (explained.steps.map(\.chinese), explained.uncounted.map(\.words.chinese))
        }
    }

    struct Refusal: Codable, Sendable {
        let number: Int
        /// The day of the evidence; empty if it states none.
        let day: String
        let kind: String
        let title: String
        let why: String

        init(_ explained: ExplainedRefusal) {
            (number, day) = (explained.number, explained.day.map { "\($0)" } ?? "")
            (kind, title, why) = (explained.kind, explained.title, explained.why.chinese)
        }
    }

    init(_ reading: YearOverview, _ year: Year) {
        (person, self.year, state) = (reading.person.number.number, year.number, reading.state.year)
        standings = reading.standings.map { item in
            let hoursRequirements = item.version.policy.hoursRequirements
            return APIStanding(
                policy: item.version.key, outcome: item.standing.outcome, waived: item.isWaived,
                requirements: item.standing.lines.map {
                    APIRequirement(hoursRequirements[$0.hoursRequirement].name, $0.required, $0.counted)
                })
        }
        entries = reading.standings.flatMap { item in item.entries.map { Entry(reading.explained($0, in: item)) } }
        refused = reading.refusals(in: year).map(Refusal.init)
    }
}

struct APIPolicy: Codable, Sendable {
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
}

struct APIPolicyText: Codable, Sendable {
    let policy: APIPolicy
    let sections: [Section]

    struct Section: Codable, Sendable {
        let title: String
        let lines: [String]
    }

    init(_ version: PolicyVersion) {
        policy = APIPolicy(version)
        sections = PolicyText(version.policy).sections.map { Section(title: $0.title, lines: $0.lines) }
    }
}
