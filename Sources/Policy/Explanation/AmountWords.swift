import Kernel

extension Bounds {
    /// The range as text, with `write` for each value: `10 至 20`, `3 及以上`, `7`.
    func range(_ write: (Int) -> String) -> LocalizedText {
        switch (low, high) {
        case (let low?, let high?):
            low == high
                ? .quoted(write(low))
                : LocalizedText("\(write(low)) 至 \(write(high))", en: "\(write(low)) to \(write(high))")
        case (let low?, nil): LocalizedText("\(write(low)) 及以上", en: "\(write(low)) or more")
        case (nil, let high?): LocalizedText("\(write(high)) 及以下", en: "\(write(high)) or less")
        case (nil, nil): LocalizedText("任意", en: "any")
        }
    }

    /// Bounds in hundredths of an hour, as text: `10 至 20`.
    var hours: LocalizedText { range { CreditHours(hundredths: $0).description } }
}

extension FactShape {
    /// The bounds as a policy file writes them: `1..3`.
    func written(_ bounds: Bounds) -> String {
        switch form {
        case .hours: bounds.written { CreditHours(hundredths: $0).description }
        case .day: bounds.written { Day(number: $0).description }
        default: bounds.description
        }
    }

    /// Bounds of this fact's values as text: `10 至 20`. Bounds of hours are in hundredths.
    func range(_ bounds: Bounds) -> LocalizedText {
        switch form {
        case .hours: bounds.hours
        case .day: bounds.range { Day(number: $0).description }
        default: bounds.range { String($0) }
        }
    }
}

extension Policy {
    /// The shape of a fact of the kind, of a person, or of a purpose.
    func shape(_ fact: String, _ kind: EvidenceKind?) -> FactShape? {
        kind?.shape(fact) ?? person.first { $0.key == fact } ?? purposes.flatMap(\.asks).first { $0.key == fact }
    }

    func name(_ fact: String, _ kind: EvidenceKind? = nil) -> String { shape(fact, kind)?.name ?? fact }

    /// `30 学时`, `10 至 20 学时（由审核人核定）`, `按职称级别：高级 90 学时，中级 72 学时`.
    func words(_ amount: Amount, _ unit: String = "学时", of kind: EvidenceKind? = nil) -> String {
        switch amount {
        case .fixed(let hundredths): return "\(CreditHours(hundredths: hundredths)) \(unit)"
        case .chosen(let bounds): return "\(bounds.hours.chinese) \(unit)（由审核人核定）"
        case .table(let table):
            let names = amount.facts.reduce(into: [String]()) { names, fact in
                let name = name(fact.fact, kind)
                if !names.contains(name) { names.append(name) }
            }
            let rows = rows(table, of: kind).map { "\($0.label.chinese) \(words($0.amount, unit, of: kind))" }
            return "按\(names.joined(separator: "、"))：" + rows.joined(separator: "，")
        }
    }

    /// The rows of a table and its inner tables, each labelled with the values that select it: `自然科学奖国家级`.
    func rows(
        _ table: AmountTable, of kind: EvidenceKind?, before: LocalizedText = .empty
    ) -> [(label: LocalizedText, amount: Amount)] {
        let shape = shape(table.fact, kind)
        let labelled: [(LocalizedText, Amount)] =
            switch table.rows {
            case .keyed(let amounts, let order):
                order.compactMap { key in amounts[key].map { (.quoted(shape?.name(of: .text(key)) ?? key), $0) } }
            case .ranged(let rows):
                rows.map { row in
                    let range = shape?.range(row.bounds) ?? .quoted(row.bounds.description)
                    return (LocalizedText.quoted("\(shape?.name ?? table.fact) ") + range, row.amount)
                }
            }
        return labelled.flatMap { label, amount -> [(LocalizedText, Amount)] in
            if case .table(let inner) = amount { return rows(inner, of: kind, before: before + label) }
            return [(before + label, amount)]
        }
    }
}
