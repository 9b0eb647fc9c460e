import Foundation
import Kernel
import People
import Policy
import Registry

/// The order of a list of people. A list of one unit is sorted; a longer list has the order of an index.
enum RosterOrder: String, CaseIterable {
    case number, name, level, missing

    static let ofLongLists: [RosterOrder] = [.number, .name]

    func title(isOfOneUnit: Bool) -> String {
        switch self {
        case .number: isOfOneUnit ? "人员编号" : "单位"
        case .name: isOfOneUnit ? "姓名拼音" : "姓氏"
        case .level: "职称级别，高的在前"
        case .missing: "缺的学时，多的在前"
        }
    }

    /// People who are equal in it follow their numbers.
    func sorted(_ people: [RosterList.Listed]) -> [RosterList.Listed] {
        switch self {
        case .number: people
        case .name:
            people.enumerated().sorted { a, b in
                let order = Self.compared(a.element.line.name, b.element.line.name)
                return order == .orderedSame ? a.offset < b.offset : order == .orderedAscending
            }.map(\.element)
        case .level: ordered(people) { Self.rank($0.line.level) }
        case .missing: ordered(people) { -Self.missing($0.kept) }
        }
    }

    /// As the index has names: by their characters.
    static func bySurname(_ people: [RosterList.Listed]) -> [RosterList.Listed] {
        people.sorted { a, b in
            let (one, other) = (a.line.name.utf8, b.line.name.utf8)
            guard !one.elementsEqual(other) else { return a.line.place.person < b.line.place.person }
            return one.lexicographicallyPrecedes(other)
        }
    }

    private func ordered(_ people: [RosterList.Listed], _ key: (RosterList.Listed) -> Int) -> [RosterList.Listed] {
        people.enumerated().map { (key($0.element), $0.offset, $0.element) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { $0.2 }
    }

    private static let chinese = Locale(identifier: "zh_CN")

    private static func compared(_ a: String, _ b: String) -> ComparisonResult {
        a.compare(b, options: [], range: nil, locale: chinese)
    }

    private static func rank(_ level: String) -> Int {
        PeopleImport.levels.firstIndex { $0.1 == level } ?? PeopleImport.levels.count
    }

    /// The missing hours in hundredths; the maximum if nothing is entered. It is the largest shortfall of a standing
    /// and not the sum, because the hours of a subject are also part of the total.
    private static func missing(_ kept: [StoredStanding]) -> Int {
        guard !kept.isEmpty else { return Int.max }
        return kept.filter { $0.outcome == .short }.reduce(0) { sum, standing in
            sum + (standing.lines.map(\.short.hundredths).max() ?? 0)
        }
    }
}
