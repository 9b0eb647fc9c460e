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

    static let none = LocalizedText("学时不变", en: "the same hours")

    /// 原计 30 学时，现计 20 学时; where hours move to another year or subject: 2022年度公需科目 30 学时改为专业科目 30 学时.
    var words: LocalizedText {
        let changed = parts.filter { $0.come != $0.gone }
        let hours =
            if changed.isEmpty {
                Self.none
            } else if reducesHours, changed.contains(where: { $0.come > $0.gone }) {
                moved(changed)
            } else {
                Self.totals(parts.reduce(.zero) { $0 + $1.gone }, parts.reduce(.zero) { $0 + $1.come })
            }
        guard days.gone.count == 1, days.come.count == 1, days.gone != days.come, let old = days.gone.first,
            let new = days.come.first
        else { return hours }
        return hours + LocalizedText("，日期 \(old) 改为 \(new)", en: ", day \(old) becomes \(new)")
    }

    private static func totals(_ before: CreditHours, _ after: CreditHours) -> LocalizedText {
        LocalizedText("原计 \(before) 学时，现计 \(after) 学时", en: "\(before) hours before, \(after) now")
    }

    private func moved(_ parts: [Part]) -> LocalizedText {
        let (from, to) = (parts.filter { $0.gone > .zero }, parts.filter { $0.come > .zero })
        let isOneYear = Set(parts.map(\.slot.year)).count == 1
        // Two policies with the same year and subject are both named.
        let isClear = Set(parts.map { "\($0.slot.year) \($0.slot.subject)" }).count == parts.count
        let name = { (slot: Slot, namesYear: Bool) -> LocalizedText in
            let policy = slot.policy?.policy
            let year = namesYear ? LocalizedText("\(slot.year)年度", en: "\(slot.year) ") : .empty
            let title = isClear ? LocalizedText.empty : .quoted("“\(policy?.title ?? slot.key)”")
            return title + year
                + .quoted(policy?.subject(slot.subject)?.name ?? slot.subject)
        }
        let hours = { (hours: CreditHours) in LocalizedText(" \(hours) 学时", en: " \(hours) hours") }
        let and = LocalizedText("、", en: ", ")
        let before = from.map { name($0.slot, true) + hours($0.gone) }.joined(by: and)
        let after = to.map { name($0.slot, !isOneYear) + hours($0.come) }.joined(by: and)
        return before + LocalizedText("改为", en: " becomes ") + after
    }
}
