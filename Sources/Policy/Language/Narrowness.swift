import Kernel

extension EvidenceKind {
    /// The subjects that the kind's hours may fill, by its own rules or by a theme.
    func reachableSubjects(_ themes: [Theme]) -> Set<String> {
        var found = Set(creditRules.flatMap { $0.subject.reachable(facts) })
        if case .oneOf(let choices)? = shape("theme")?.form {
            found.formUnion(themes.filter { theme in choices.contains { $0.key == theme.key } }.compactMap(\.subject))
        }
        return found
    }
}

extension Filter {
    /// Whether `other` matches every entry that this filter matches, by their definitions. `reach` holds the subjects
    /// that each kind may fill.
    func lies(in other: Filter, _ reach: [String: Set<String>]) -> Bool {
        switch (self, other) {
        case (_, .everything): true
        case (.any(let parts), _): parts.allSatisfy { $0.lies(in: other, reach) }
        case (_, .all(let parts)): parts.allSatisfy { lies(in: $0, reach) }
        case (.all(let parts), _) where parts.contains { $0.lies(in: other, reach) }: true
        case (_, .any(let parts)): parts.contains { lies(in: $0, reach) }
        case (.subject(let mine), .subject(let all)), (.kind(let mine), .kind(let all)):
            Set(mine).isSubset(of: all)
        case (.kind(let kinds), .subject(let subjects)):
            kinds.allSatisfy { reach[$0].map { !$0.isEmpty && $0.isSubset(of: subjects) } ?? false }
        case (.tag(let name, let mine), .tag(let other, let all)): name == other && mine.isSubset(of: all)
        case (.none(let mine), .none(let all)):
            all.allSatisfy { part in mine.contains { part.lies(in: $0, reach) } }
        default: false
        }
    }
}

extension [Filter] {
    /// The indices of the filters in order: a filter that lies within another comes first; otherwise `precedes`
    /// decides.
    func narrowestFirst(_ reach: [String: Set<String>], _ precedes: (Int, Int) -> Bool) -> [Int] {
        var within = [[Int]](repeating: [], count: count)
        var open = [Int](repeating: 0, count: count)
        for inner in indices {
            for outer in indices where inner != outer && self[inner].lies(in: self[outer], reach) {
                if self[outer].lies(in: self[inner], reach) { continue }
                within[inner].append(outer)
                open[outer] += 1
            }
        }
        var left = indices.sorted(by: precedes)
        var order: [Int] = []
        while let place = left.firstIndex(where: { open[$0] == 0 }) {
            let next = left.remove(at: place)
            order.append(next)
            for outer in within[next] { open[outer] -= 1 }
        }
        return order
    }
}

extension [Cap] {
    /// The indices of the caps in the order in which they apply: shorter spans first; within a span, a cap that lies
    /// within another before it; otherwise the smaller limit, hours before items, and last the order of the file.
    func narrowestFirst(_ reach: [String: Set<String>]) -> [Int] {
        Span.allCases.flatMap { span -> [Int] in
            let places = indices.filter { self[$0].span == span }
            let sizes = places.map { self[$0].most.size }
            let order = places.map { self[$0].filter }.narrowestFirst(reach) { (sizes[$0], $0) < (sizes[$1], $1) }
            return order.map { places[$0] }
        }
    }
}

extension Cap.Most {
    /// Orders limits in hours before limits in items, each by its number.
    fileprivate var size: Int {
        switch self {
        case .hours(let hours): hours.hundredths
        case .items(let items): 1 << 40 + items
        }
    }
}
