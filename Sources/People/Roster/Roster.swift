import Kernel

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
