import Kernel
import Policy

/// The hours that reversals remove and new entries add, by policy, year and subject.
struct LedgerChange {
    private struct Slot: Equatable {
        let policy: PolicyVersion?
        let year: Year
        let subject: String
        let key: String

        static func == (a: Slot, b: Slot) -> Bool { a.year == b.year && a.subject == b.subject && a.key == b.key }
    }

    private typealias Part = (slot: Slot, gone: CreditHours, come: CreditHours)

    private var parts: [Part] = []
    private var days: (gone: Set<Day>, come: Set<Day>) = ([], [])

    /// `nil` where there are no entries.
    init?(_ entries: [LedgerEntry], _ book: PolicyBook) {
        guard !entries.isEmpty else { return nil }
        for entry in entries {
            let slot = Slot(
                policy: book.all[entry.policy.number], year: entry.year, subject: entry.subject, key: entry.policyKey)
            let place = parts.firstIndex { $0.slot == slot } ?? parts.endIndex
            if place == parts.endIndex { parts.append((slot, .zero, .zero)) }
            if entry.reverses == nil {
                parts[place].come = parts[place].come + entry.hours
                days.come.insert(entry.day)
            } else {
                parts[place].gone = parts[place].gone - entry.hours
                days.gone.insert(entry.day)
            }
        }
    }

    /// Whether the hours of each policy, year and subject stay the same.
    var isEven: Bool { parts.allSatisfy { $0.come == $0.gone } }

    /// Whether the hours of some policy, year and subject are fewer than before.
    var reducesHours: Bool { parts.contains { $0.come < $0.gone } }

    /// 原计 30 学时，现计 20 学时; where hours move to another year or subject: 2022 年度公需科目 30 学时改为专业科目 30 学时.
    var words: String {
        let changed = parts.filter { $0.come != $0.gone }
        let hours =
            if changed.isEmpty {
                "学时不变"
            } else if reducesHours, changed.contains(where: { $0.come > $0.gone }) {
                moved(changed)
            } else {
                "原计 \(parts.reduce(.zero) { $0 + $1.gone }) 学时，现计 \(parts.reduce(.zero) { $0 + $1.come }) 学时"
            }
        guard days.gone.count == 1, days.come.count == 1, days.gone != days.come, let old = days.gone.first,
            let new = days.come.first
        else { return hours }
        return hours + "，日期 \(old) 改为 \(new)"
    }

    private func moved(_ parts: [Part]) -> String {
        let (from, to) = (parts.filter { $0.gone > .zero }, parts.filter { $0.come > .zero })
        let isOneYear = Set(parts.map(\.slot.year)).count == 1
        // Two policies with the same year and subject are both named.
        let isClear = Set(parts.map { "\($0.slot.year) \($0.slot.subject)" }).count == parts.count
        let name = { (slot: Slot, namesYear: Bool) in
            let policy = slot.policy?.policy
            return (isClear ? "" : "“\(policy?.title ?? slot.key)”") + (namesYear ? "\(slot.year) 年度" : "")
                + (policy?.subject(slot.subject)?.name ?? slot.subject)
        }
        let before = from.map { "\(name($0.slot, true)) \($0.gone) 学时" }.joined(separator: "、")
        let after = to.map { "\(name($0.slot, !isOneYear)) \($0.come) 学时" }.joined(separator: "、")
        return before + (isClear && !isOneYear ? "改为 " : "改为") + after
    }
}
