import Kernel
import Policy

/// A line of a standing's text: its name and its words.
struct StandingTextLine {
    let name: Substring
    let words: [Substring]

    init(_ line: Substring) {
        let all = line.utf8.split(separator: 32).map { Substring($0) }
        (name, words) = (all.first ?? "", Array(all.dropFirst()))
    }

    /// All words as numbers; `nil` where one is no number.
    var numbers: [Int]? {
        let numbers = words.compactMap { Int($0) }
        return numbers.count == words.count ? numbers : nil
    }
}

/// Parses a standing's text line by line.
struct StandingTextParser {
    /// Whether the text is of version 1.
    let isFirst: Bool
    private var policy: String?
    private var period: Period?
    private var outcome: Outcome?
    private var waivers: [Int] = []
    private var carried = CreditHours.zero
    private var lines: [Standing.RequirementResult] = []
    private var uncounted: [Standing.Uncounted] = []
    private var entries: [EntryID]?

    init(isFirst: Bool) { self.isFirst = isFirst }

    var record: StandingRecord? {
        guard let policy, let period, let outcome, let entries else { return nil }
        return StandingRecord(
            policy: policy, period: period, outcome: outcome, waivers: waivers, carried: carried, lines: lines,
            uncounted: uncounted, entries: entries)
    }

    /// Reads a line; returns `false` where its format is unknown.
    mutating func take(_ line: StandingTextLine) -> Bool {
        let words = line.words
        switch line.name {
        case "policy": policy = words.joined(separator: " ")
        case "period":
            guard words.count == 2, let from = Day(words[0]), let to = Day(words[1]),
                let stated = Period(checking: from, to)
            else { return false }
            period = stated
        case "outcome": return take(outcome: words)
        case "waivers" where !isFirst:
            guard let numbers = line.numbers else { return false }
            waivers = numbers
        case "carried":
            guard let hours = line.numbers?.first else { return false }
            carried = CreditHours(hundredths: hours)
        case "line": return take(line: words)
        case "uncounted": return take(uncounted: words)
        case "entries":
            let all = words.compactMap(Self.entry)
            guard all.count == words.count else { return false }
            entries = all
        default: return false
        }
        return true
    }

    /// Version 1 had the waivers after the outcome: `outcome short waivers 0,2`.
    private mutating func take(outcome words: [Substring]) -> Bool {
        outcome = words.first.flatMap { Outcome(rawValue: String($0)) }
        guard isFirst else { return words.count == 1 }
        guard words.count > 1, words[1] == "waivers" else { return false }
        waivers = words.dropFirst(2).flatMap { $0.split(separator: ",") }.compactMap { Int($0) }
        return words.count < 4
    }

    private mutating func take(line words: [Substring]) -> Bool {
        guard words.count == 5, let hoursRequirement = Int(words[0]), let required = Int(words[2]),
            let earned = Int(words[3]),
            let counted = Int(words[4])
        else { return false }
        let year = words[1] == "-" ? nil : Year(words[1])
        guard year != nil || words[1] == "-" else { return false }
        lines.append(
            Standing.RequirementResult(
                hoursRequirement: hoursRequirement, year: year, required: CreditHours(hundredths: required),
                earned: CreditHours(hundredths: earned), counted: CreditHours(hundredths: counted)))
        return true
    }

    private mutating func take(uncounted words: [Substring]) -> Bool {
        guard 3...4 ~= words.count, let entry = entry(words[0]), let hours = Int(words[1]),
            let reason = reason(words[2], words.dropFirst(3).first)
        else { return false }
        uncounted.append(Standing.Uncounted(entry: entry, hours: CreditHours(hundredths: hours), reason: reason))
        return true
    }

    private func reason(_ word: Substring, _ value: Substring?) -> Standing.Reason? {
        switch (word, value) {
        case ("cap", let cap?): Int(cap).map { .cap($0) }
        case ("twice", let other?): entry(other).map { .twice(of: $0) }
        case ("lower", let other?): entry(other).map { .lowerLevel(than: $0) }
        case ("earlier", nil): .countedEarlier
        default: nil
        }
    }

    /// Version 1 named uncounted entries by number alone.
    private func entry(_ word: Substring) -> EntryID? {
        isFirst ? Int(word).map { EntryID(person: 0, number: $0) } : Self.entry(word)
    }

    private static func entry(_ word: Substring) -> EntryID? {
        let parts = word.split(separator: ":")
        guard parts.count == 2, let person = Int(parts[0]), let number = Int(parts[1]) else { return nil }
        return EntryID(person: person, number: number)
    }
}
