import Kernel

extension [Requirement] {
    /// Hours requirements that count the same hours as another one that applies at the same time. Two sets of one
    /// `any-of` never apply at the same time.
    func twins(_ outer: Set<HoursRequirement.Meaning> = []) -> [HoursRequirement] {
        var (known, twins) = (outer, [HoursRequirement]())
        for hoursRequirement in flatMap(\.alone) where !known.insert(hoursRequirement.meaning).inserted {
            twins.append(hoursRequirement)
        }
        for case .anyOf(let sets, _) in self { twins += sets.flatMap { $0.twins(known) } }
        return twins
    }
}

extension Requirement {
    fileprivate var alone: [HoursRequirement] {
        if case .one(let hoursRequirement) = self { [hoursRequirement] } else { [] }
    }
}

extension FactShape {
    /// Whether the fact can take one of these values.
    func canBe(_ values: Set<String>) -> Bool {
        guard case .oneOf(let choices) = form else { return true }
        return choices.contains { values.contains($0.key) }
    }
}

extension RequiredAmount {
    /// The amount at the end of a chain of shares.
    var innermost: RequiredAmount {
        if case .share(_, let of) = self { of.innermost } else { self }
    }

    var facts: [String] {
        switch self {
        case .amount(let amount), .perYear(let amount): amount.facts.map(\.fact)
        case .perMonth(let amount, let condition): amount.facts.map(\.fact) + condition.tests.flatMap(\.names)
        case .share(_, let of): of.facts
        case .named: []
        }
    }
}

extension CalculationStep {
    var isOverYears: Bool {
        switch self {
        case .eachYear, .spread: true
        default: false
        }
    }

    /// The facts that the step looks up in tables.
    var facts: [String] {
        switch self {
        case .start(let amount), .cap(let amount), .floor(let amount), .per(_, _, let amount, _):
            amount.facts.map(\.fact)
        case .times(.table(let fact, _, _)): [fact]
        default: []
        }
    }
}

extension FactTest {
    /// The tested fact, and the facts that bound its span of days.
    var names: [String] {
        guard case .day(let from, let to) = match else { return [fact] }
        return [fact] + [from, to].compactMap { if case .fact(let name)? = $0 { name } else { nil } }
    }
}

extension HoursRequirement {
    /// The counted hours and their condition. Of two requirements with the same meaning, one is redundant.
    struct Meaning: Hashable {
        let filter: String
        let when: Condition?
        let each: EachYear?
    }

    var meaning: Meaning { Meaning(filter: filter.word, when: when, each: each) }
}

extension Filter {
    /// A key that is the same for filters with the same words.
    var word: String {
        switch self {
        case .everything: "all"
        case .subject(let keys): "subject\(keys.sorted())"
        case .kind(let keys): "kind\(keys.sorted())"
        case .tag(let name, let keys): "\(name)\(keys.sorted())"
        case .all(let parts): "all\(parts.map(\.word).sorted())"
        case .any(let parts): "any\(parts.map(\.word).sorted())"
        case .none(let parts): "none\(parts.map(\.word).sorted())"
        }
    }
}

extension Condition {
    var isPersonal: Bool { tests.contains { test in test.origin == .person || test.names.count > 1 } }

    /// No facts can meet the condition: two tests of one fact exclude each other.
    var isImpossible: Bool {
        switch self {
        case .test(let test): return test.isImpossible
        case .any(let parts): return !parts.isEmpty && parts.allSatisfy(\.isImpossible)
        case .none(let parts): return parts.contains { $0 == .always }
        case .all(let parts):
            if parts.contains(where: \.isImpossible) { return true }
            let tests = parts.flatMap { part -> [FactTest] in
                if case .test(let test) = part { [test] } else { part.joined }
            }
            return tests.enumerated().contains { index, test in tests[..<index].contains { $0.excludes(test) } }
        }
    }

    /// The tests that must all hold.
    private var joined: [FactTest] {
        guard case .all(let parts) = self else { return [] }
        return parts.flatMap { part -> [FactTest] in if case .test(let test) = part { [test] } else { part.joined } }
    }
}

extension Condition {
    /// Whether the two conditions are known never to hold together.
    func excludes(_ other: Condition) -> Bool {
        switch (self, other) {
        case (.any(let parts), _): parts.allSatisfy { $0.excludes(other) }
        case (_, .any(let parts)): parts.allSatisfy { excludes($0) }
        case (.all(let parts), _): parts.contains { $0.excludes(other) }
        case (_, .all(let parts)): parts.contains { excludes($0) }
        case (.none(let parts), _): parts.contains { other.implies($0) }
        case (_, .none(let parts)): parts.contains { implies($0) }
        case (.test(let a), .test(let b)): a.excludes(b)
        }
    }

    /// Whether `other` holds wherever this condition holds.
    private func implies(_ other: Condition) -> Bool {
        switch (self, other) {
        case (_, .all(let parts)): return parts.allSatisfy { implies($0) }
        case (_, .any(let parts)): return parts.contains { implies($0) }
        case (.all(let parts), _): return parts.contains { $0.implies(other) }
        case (.test(let a), .test(let b)):
            if case (.oneOf(let few), .oneOf(let many)) = (a.match, b.match), a.fact == b.fact, a.days == b.days {
                return Set(few).isSubset(of: many)
            }
            return a == b
        default: return self == other
        }
    }
}

extension FactTest {
    fileprivate var isImpossible: Bool {
        if case .oneOf(let keys) = match { return keys.isEmpty }
        if case .day(.day(let from)?, .day(let to)?) = match { return to < from }
        return false
    }

    /// Whether the two tests cannot hold together.
    fileprivate func excludes(_ other: FactTest) -> Bool {
        guard fact == other.fact, days == nil, other.days == nil else { return false }
        switch (match, other.match) {
        case (.oneOf(let a), .oneOf(let b)): return Set(a).isDisjoint(with: b)
        case (.number(let a), .number(let b)), (.yearsAgo(let a), .yearsAgo(let b)): return !a.overlaps(b)
        default: return false
        }
    }
}
