import Kernel
import Signing

/// What a list of people is narrowed to, beside whose list it is.
package struct RosterFilter: Sendable, Hashable {
    package var region: RegionCode?
    package var unit: ID<Organisation>?
    /// 单位性质, as policies name it.
    package var nature = ""

    package init() {}
}

/// Somebody at a unit today.
package struct RosterLine: Sendable, Hashable {
    package let person: ID<Person>
    package let name: String
    package let unit: ID<Organisation>
    package let unitName: String
    package let region: RegionCode
    package let nature: String
    /// Empty where none was stated.
    package let level: String

    package var place: RosterPlace { RosterPlace(unit: unit.number, person: person.number) }
}

/// Where a list goes on: after this person of this unit. Lists are in the order of units, then of people.
package struct RosterPlace: Sendable, Hashable, CustomStringConvertible {
    package let unit: Int
    package let person: Int

    package init(unit: Int, person: Int) { (self.unit, self.person) = (unit, person) }

    /// Reads `12.345`, as a link holds it.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.filter { $0.utf8.count <= 9 && $0.utf8.allSatisfy { 48...57 ~= $0 } }.compactMap { Int($0) }
        guard parts.count == 2, numbers.count == 2 else { return nil }
        self.init(unit: numbers[0], person: numbers[1])
    }

    package var description: String { "\(unit).\(person)" }
}

extension People {
    /// The place after somebody in a list by name, who may be out of the reader's scope. It has a mark: whoever could
    /// name any person would learn from where the list goes on what that person is called.
    package func place(after person: ID<Person>) -> RosterPlace {
        RosterPlace(unit: mark(of: person), person: person.number)
    }

    /// `nil` of a place that was not given out.
    package func person(at place: RosterPlace) -> ID<Person>? {
        let person = ID<Person>(place.person)
        return place.unit == mark(of: person) ? person : nil
    }

    /// Nine digits, as a place has.
    private func mark(of person: ID<Person>) -> Int {
        let hash = keys.lookup("\(person)", context: "roster/after")
        return hash.prefix(4).reduce(0) { $0 << 8 | Int($1) } % 1_000_000_000
    }
}
