import Foundation
import Kernel
import Signing

/// Filters of a list of people, besides its scope.
package struct RosterFilter: Sendable, Hashable {
    package var region: RegionCode?
    package var unit: ID<Organisation>?
    /// 单位性质 as in policies.
    package var nature = ""

    package init() {}
}

/// A person at a unit today.
package struct RosterEntry: Sendable, Hashable {
    package let person: ID<Person>
    package let name: String
    package let unit: ID<Organisation>
    package let unitName: String
    package let region: RegionCode
    package let nature: String
    /// Empty if it is unknown.
    package let level: String

    package var place: RosterCursor { RosterCursor(unit: unit.number, person: person.number) }

    /// The natures of units by which people are listed, with their codes; the last one is that of people without a
    /// unit.
    package static let natures = PeopleImport.natures + [("代管（无工作单位）", "none")]

    /// The name of a nature; the code if it is unknown.
    package static func nature(_ code: String) -> String { natures.first { $0.1 == code }?.0 ?? code }

    package var natureName: String { Self.nature(nature) }

    /// The code of the level; an unknown one is listed as none.
    package var listedLevel: String { level.isEmpty ? "none" : level }

    package var levelName: String { PeopleImport.levels.first { $0.1 == listedLevel }?.0 ?? level }
}

/// The place where a list continues: after this person of this unit. Lists are sorted by unit, then by person.
package struct RosterCursor: Sendable, Hashable, CustomStringConvertible {
    package let unit: Int
    package let person: Int

    package init(unit: Int, person: Int) { (self.unit, self.person) = (unit, person) }

    /// Parses `12.345`, the format in links.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.filter { $0.utf8.count <= 9 && $0.utf8.allSatisfy { 48...57 ~= $0 } }.compactMap { Int($0) }
        guard parts.count == 2, numbers.count == 2 else { return nil }
        self.init(unit: numbers[0], person: numbers[1])
    }

    package var description: String { "\(unit).\(person)" }
}

extension People {
    /// The place after a person in a list that is read from a city-wide index. The person may be outside the reader's
    /// scope, and the list's filter would reveal a fact about them. So the place is encrypted and valid only for the
    /// same list: a freely chosen person would reveal the same by where the list continues.
    package func place(after person: ID<Person>, in list: String) throws -> String {
        let digits = "\(person)"
        let text = String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
        let sealed = try keys.seal(Array(text.utf8), context: Self.context(list))
        return Data(sealed).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// `nil` if the place was not made for this list.
    package func person(at place: String, in list: String) -> ID<Person>? {
        let text = place.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let sealed = Data(base64Encoded: text + padding),
            let plain = try? keys.open(Array(sealed), context: Self.context(list)),
            let person = Int(String(decoding: plain, as: UTF8.self))
        else { return nil }
        return ID(person)
    }

    private static func context(_ list: String) -> String { "roster/after/\(list)" }
}
