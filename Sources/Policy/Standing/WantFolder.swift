import Kernel

/// Holds requirements against what counts.
struct WantFolder {
    let policy: Policy
    let situation: Situation
    /// Requirements that an exemption takes away, by key.
    let spared: Set<String>
    /// Surplus of earlier periods that counts here.
    let carried: [Counted]
    let fold: Fold

    /// Appends the requirement's lines; answers whether it is met. `index` counts wants through the whole policy.
    func fold(_ requirement: Requirement, _ index: inout Int, _ lines: inout [Standing.Line]) -> Bool {
        switch requirement {
        case .one(let want):
            defer { index += 1 }
            if let when = want.when, !when.holds(in: situation) { return true }
            return fold(want, index, &lines)
        case .anyOf(let sets, _):
            var met = false
            for set in sets {
                var all = true
                for requirement in set { all = fold(requirement, &index, &lines) && all }
                met = met || all
            }
            return met
        }
    }

    private func fold(_ want: Want, _ index: Int, _ lines: inout [Standing.Line]) -> Bool {
        let wanted = spared.contains(want.key) ? 0 : hundredths(want.amount)
        let years: [Year?] = want.eachYear ? situation.period.years : [nil]
        var met = true
        for year in years {
            var (all, counts) = (0, 0)
            for item in carried where want.filter.matches(item.entry) && (year == nil || item.entry.year == year) {
                counts += item.counted.hundredths
            }
            fold.entries.withUnsafeBufferPointer { entries in
                for index in fold.first..<entries.count {
                    guard year == nil || entries[index].year == year, want.filter.matches(entries[index]),
                        fold.besides.isEmpty || !fold.besides[index - fold.first]
                    else { continue }
                    all += entries[index].hours.hundredths
                    counts += fold.counted[index]
                }
            }
            let line = Standing.Line(
                want: index, year: year, wanted: CreditHours(hundredths: wanted), earned: CreditHours(hundredths: all),
                counted: CreditHours(hundredths: counts))
            lines.append(line)
            met = met && counts >= wanted
        }
        return met
    }

    /// What is wanted of this person, in hundredths.
    private func hundredths(_ amount: WantedAmount, depth: Int = 0) -> Int {
        switch amount {
        case .amount(let amount): return strict(amount)
        case .share(let share, let of):
            let whole = hundredths(of, depth: depth)
            return share.times(Rational(whole)).map { Rounding(direction: .up, step: 1).round($0, shared: false) }?
                .hundredths ?? whole
        case .named(let key):
            let want = policy.requirements.flatMap(\.wants).first { $0.key == key }
            return depth > 4 ? 0 : want.map { hundredths($0.amount, depth: depth + 1) } ?? 0
        case .perYear(let amount): return strict(amount) * situation.period.years.count
        case .perMonth(let amount, let condition): return strict(amount) * months(condition)
        }
    }

    /// Where the person's facts fit no row of the table, its greatest amount: what is not known spares nobody.
    private func strict(_ amount: Amount) -> Int { amount.hundredths(in: situation) ?? amount.all.max() ?? 0 }

    /// The months of the period, counted from its first day, on whose first day the condition holds.
    private func months(_ condition: Condition) -> Int {
        var (count, month) = (0, 0)
        while case let day = situation.period.from.adding(months: month), day <= situation.period.to {
            var moment = situation
            moment.day = day
            count += condition.holds(in: moment) ? 1 : 0
            month += 1
        }
        return count
    }
}
