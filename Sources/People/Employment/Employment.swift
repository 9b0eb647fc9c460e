import Kernel

/// At which unit a person was from when to when, and how (劳动关系、聘用关系).
package struct Employment: Sendable, Hashable {
    package let organisation: ID<Organisation>
    /// `labour`, `appointment`, or `none` for those whom an agency looks after.
    package let relation: String
    package let during: Period

    package init(organisation: ID<Organisation>, relation: String, during: Period) {
        (self.organisation, self.relation, self.during) = (organisation, relation, during)
    }
}

/// What was true of a person, as far as it is known now: what a policy is given, and where the person belongs.
package struct History: Sendable {
    package var employments: [(employment: Employment, unit: Organisation)] = []
    /// Titles, professions, leave … under the names that policies use.
    package var facts: [DatedFact] = []

    package init() {}

    /// The unit on a day; where there was none that day, the last one before it.
    package func unit(on day: Day) -> Organisation? {
        var last: (isThere: Bool, from: Day, unit: Organisation)?
        for (employment, unit) in employments where employment.during.from <= day {
            let next = (isThere: day <= employment.during.to, from: employment.during.from, unit: unit)
            if let last, !Self.comesAfter(next, last) { continue }
            last = next
        }
        return last?.unit
    }

    private static func comesAfter(
        _ a: (isThere: Bool, from: Day, unit: Organisation), _ b: (isThere: Bool, from: Day, unit: Organisation)
    ) -> Bool {
        a.isThere == b.isThere ? (a.from, a.unit.number) > (b.from, b.unit.number) : a.isThere
    }

    /// All dated facts: those of the employments (`employer`, `relation`) and the person's own.
    package var dated: [DatedFact] {
        var dated: [DatedFact] = []
        dated.reserveCapacity(employments.count * 2 + facts.count)
        for (employment, unit) in employments {
            let nature = employment.relation == "none" ? "none" : unit.nature
            dated.append(DatedFact("employer", .text(nature), employment.during))
            dated.append(DatedFact("relation", .text(employment.relation), employment.during))
        }
        return dated + facts
    }

    /// The professions of a day: an accountant stands under the accountants' rule too.
    package func professions(on day: Day) -> [String] {
        facts.filter { $0.name == "profession" && $0.during.contains(day) }.map(\.value.description)
    }
}
