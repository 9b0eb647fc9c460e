import Kernel

/// Compares requirements with the hours that count.
struct RequirementEvaluator {
    let policy: Policy
    let context: EvaluationContext
    /// The keys of requirements that an exemption removes.
    let spared: Set<String>
    let fold: EntryFold
    /// The fold before any cap, if a way of an `any-of` has its own caps.
    let uncapped: EntryFold?

    /// Appends the requirement's lines; returns whether it is met. `regardless` ignores its `when`.
    func fold(_ requirement: Requirement, regardless: Bool = false, _ lines: inout [Standing.RequirementResult]) -> Bool
    {
        switch requirement {
        case .one(let hoursRequirement):
            if !regardless, let when = hoursRequirement.when, !when.holds(in: context) { return true }
            return fold(hoursRequirement, &lines)
        case .anyOf(let sets, _):
            let ways = policy.ways(of: sets, context)
            var met = !ways.oneIsEnough
            for set in ways.sets {
                var all = true
                for requirement in set { all = fold(requirement, regardless: !ways.oneIsEnough, &lines) && all }
                met = ways.oneIsEnough ? met || all : met && all
            }
            return met
        }
    }

    private func fold(_ hoursRequirement: HoursRequirement, _ lines: inout [Standing.RequirementResult]) -> Bool {
        let required = spared.contains(hoursRequirement.key) ? 0 : hundredths(hoursRequirement.amount)
        let counted = counted(for: hoursRequirement)
        var met = true
        for year in years(of: hoursRequirement) {
            var (all, counts) = (0, 0)
            fold.entries.withUnsafeBufferPointer { entries in
                for index in fold.first..<entries.count {
                    guard year == nil || fold.year(entries[index], hoursRequirement.each) == year,
                        hoursRequirement.filter.matches(entries[index]),
                        fold.besides.isEmpty || !fold.besides[index - fold.first]
                    else { continue }
                    all += entries[index].hours.hundredths
                    counts += counted[index]
                }
            }
            let line = Standing.RequirementResult(
                hoursRequirement: hoursRequirement.index, year: year, required: CreditHours(hundredths: required),
                earned: CreditHours(hundredths: all), counted: CreditHours(hundredths: counts))
            lines.append(line)
            met = met && counts >= required
        }
        return met
    }

    /// Hundredths of each entry that count for a requirement.
    func counted(for hoursRequirement: HoursRequirement) -> [Int] {
        guard var own = uncapped else { return fold.counted }
        own.cap(policy.capsOfRequirements[hoursRequirement.index], context)
        return own.counted
    }

    private func years(of hoursRequirement: HoursRequirement) -> [Year?] {
        switch hoursRequirement.each {
        case nil: [nil]
        case .year: fold.years.all
        case .calendarYear: context.period.years
        }
    }

    /// The hours required of this person, in hundredths.
    private func hundredths(_ amount: RequiredAmount, depth: Int = 0) -> Int {
        switch amount {
        case .amount(let amount): return strict(amount)
        case .share(let share, let of):
            let whole = hundredths(of, depth: depth)
            return share.times(Rational(whole)).map { Rounding(direction: .up, step: 1).round($0, shared: false) }?
                .hundredths ?? whole
        case .named(let key):
            let hoursRequirement = policy.requirements.flatMap(\.hoursRequirements).first { $0.key == key }
            return depth > 4 ? 0 : hoursRequirement.map { hundredths($0.amount, depth: depth + 1) } ?? 0
        case .perYear(let amount): return strict(amount) * fold.years.count
        case .perMonth(let amount, let condition): return strict(amount) * months(condition)
        }
    }

    /// If the person's facts fit no row of the table, the largest amount: missing facts do not reduce a requirement.
    private func strict(_ amount: Amount) -> Int { amount.hundredths(in: context) ?? amount.all.max() ?? 0 }

    /// The number of months of the period, counted from its first day, on whose first day the condition holds.
    private func months(_ condition: Condition) -> Int {
        var (count, month) = (0, 0)
        while case let day = context.period.from.adding(months: month), day <= context.period.to {
            var moment = context
            moment.day = day
            count += condition.holds(in: moment) ? 1 : 0
            month += 1
        }
        return count
    }
}

extension EntryFold {
    /// The year in which an entry counts for a requirement.
    func year(_ entry: Entry, _ each: EachYear?) -> Year { each == .year ? years.year(of: entry) : entry.year }
}

extension Policy {
    /// The sets of an `any-of` that apply; one of them is enough. If none applies, all are required: missing facts do
    /// not reduce a requirement.
    func ways(of sets: [[Requirement]], _ context: EvaluationContext) -> (sets: [[Requirement]], oneIsEnough: Bool) {
        let applying = sets.filter { $0.applies(in: context) }
        return applying.isEmpty ? (sets, false) : (applying, true)
    }

    /// The facts of a person on the day of evaluation.
    func context(in period: Period, _ facts: [DatedFact], asked: [String: String] = [:]) -> EvaluationContext {
        let judged = evaluatedOn?.day(in: period.to.year) ?? period.to
        return EvaluationContext(person: facts, asked: asked, day: judged, period: period)
    }
}
