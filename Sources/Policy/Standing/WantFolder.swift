import Kernel

/// Holds requirements against what counts.
struct WantFolder {
    let policy: Policy
    let situation: Situation
    /// Requirements that an exemption takes away, by key.
    let spared: Set<String>
    let fold: Fold
    /// The same before any cap, where a way of an `any-of` has caps of its own.
    let uncapped: Fold?

    /// Appends the requirement's lines; answers whether it is met. `regardless`: also where its `when` does not hold.
    func fold(_ requirement: Requirement, regardless: Bool = false, _ lines: inout [Standing.Line]) -> Bool {
        switch requirement {
        case .one(let want):
            if !regardless, let when = want.when, !when.holds(in: situation) { return true }
            return fold(want, &lines)
        case .anyOf(let sets, _):
            let ways = policy.ways(of: sets, situation)
            var met = !ways.oneIsEnough
            for set in ways.sets {
                var all = true
                for requirement in set { all = fold(requirement, regardless: !ways.oneIsEnough, &lines) && all }
                met = ways.oneIsEnough ? met || all : met && all
            }
            return met
        }
    }

    private func fold(_ want: Want, _ lines: inout [Standing.Line]) -> Bool {
        let wanted = spared.contains(want.key) ? 0 : hundredths(want.amount)
        let counted = counted(for: want)
        var met = true
        for year in years(of: want) {
            var (all, counts) = (0, 0)
            fold.entries.withUnsafeBufferPointer { entries in
                for index in fold.first..<entries.count {
                    guard year == nil || fold.year(entries[index], want.each) == year,
                        want.filter.matches(entries[index]),
                        fold.besides.isEmpty || !fold.besides[index - fold.first]
                    else { continue }
                    all += entries[index].hours.hundredths
                    counts += counted[index]
                }
            }
            let line = Standing.Line(
                want: want.index, year: year, wanted: CreditHours(hundredths: wanted),
                earned: CreditHours(hundredths: all), counted: CreditHours(hundredths: counts))
            lines.append(line)
            met = met && counts >= wanted
        }
        return met
    }

    /// Hundredths of each entry that count for a want.
    func counted(for want: Want) -> [Int] {
        guard var own = uncapped else { return fold.counted }
        own.cap(policy.capsOfWants[want.index], situation)
        return own.counted
    }

    private func years(of want: Want) -> [Year?] {
        switch want.each {
        case nil: [nil]
        case .year: fold.years.all
        case .calendarYear: situation.period.years
        }
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
        case .perYear(let amount): return strict(amount) * fold.years.count
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

extension Fold {
    /// The year of the period that an entry counts in, as a want counts years.
    func year(_ entry: Entry, _ each: EachYear?) -> Year { each == .year ? years.year(of: entry) : entry.year }
}

extension Policy {
    /// The sets of an `any-of` that are asked: those that apply, of which one is enough. Where none does, all: what is
    /// not known spares nobody.
    func ways(of sets: [[Requirement]], _ situation: Situation) -> (sets: [[Requirement]], oneIsEnough: Bool) {
        let applying = sets.filter { $0.applies(in: situation) }
        return applying.isEmpty ? (sets, false) : (applying, true)
    }

    /// The facts of a person on the day that they are judged on.
    func situation(in period: Period, _ facts: [DatedFact], asked: [String: String] = [:]) -> Situation {
        let judged = judgedOn?.day(in: period.to.year) ?? period.to
        return Situation(person: facts, asked: asked, day: judged, period: period)
    }
}
