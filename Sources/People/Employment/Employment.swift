import Kernel

/// A person's unit in a period, with the relation (劳动关系、聘用关系).
package struct Employment: Sendable, Hashable {
    package let organisation: ID<Organisation>
    /// `labour`, `appointment`, or `none` for people whom an agency administers.
    package let relation: String
    package let during: Period

    package init(organisation: ID<Organisation>, relation: String, during: Period) {
        (self.organisation, self.relation, self.during) = (organisation, relation, during)
    }
}

/// A person's employments and facts as known now. Policies read them, and they determine where the person belongs.
package struct History: Sendable {
    package var employments: [(employment: Employment, unit: Organisation)] = []
    /// Titles, professions, leave and more, under the names of the policies.
    package var facts: [DatedFact] = []

    package init() {}

    /// The unit on a day, or the last one before it.
    package func unit(on day: Day) -> Organisation? {
        let place = Self.place(on: day, employments.count) { place in
            (employments[place].employment.during, employments[place].unit.number.number)
        }
        return place.map { employments[$0].unit }
    }

    /// The index of the post for a day: one that includes it, else an earlier one. Among several the last to begin,
    /// then the unit with the highest number.
    package static func place(
        on day: Day, _ count: Int, _ post: (Int) -> (during: Period, unit: Int)
    ) -> Int? {
        var last: (exists: Bool, from: Day, unit: Int, place: Int)?
        for place in 0..<count {
            let (during, unit) = post(place)
            guard during.from <= day else { continue }
            let exists = day <= during.to
            if let last {
                let isLater = exists == last.exists ? (during.from, unit) > (last.from, last.unit) : exists
                if !isLater { continue }
            }
            last = (exists, during.from, unit, place)
        }
        return last?.place
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
}
