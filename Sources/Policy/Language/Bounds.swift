import Kernel

/// An inclusive range of numbers; either end may be open: `1..`, `..10`, `5..10` or `7`.
package struct Bounds: Sendable, Hashable, CustomStringConvertible {
    package let low: Int?
    package let high: Int?

    init(low: Int?, high: Int?) { (self.low, self.high) = (low, high) }

    /// Reads bounds, each end with `number`; `nil` if an end cannot be read or the ends are in the wrong order.
    init?(_ text: String, _ number: (String) -> Int? = { wholeNumber($0) }) {
        guard let dots = text.firstRange(of: "..") else {
            guard let one = number(text) else { return nil }
            self.init(low: one, high: one)
            return
        }
        let (left, right) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
        guard left.isEmpty || number(left) != nil, right.isEmpty || number(right) != nil else { return nil }
        self.init(low: left.isEmpty ? nil : number(left), high: right.isEmpty ? nil : number(right))
        if let low, let high, low > high { return nil }
    }

    package func contains(_ number: Int) -> Bool { (low ?? .min) <= number && number <= (high ?? .max) }
    func overlaps(_ other: Bounds) -> Bool {
        (low ?? .min) <= (other.high ?? .max) && (other.low ?? .min) <= (high ?? .max)
    }

    package var description: String { written { String($0) } }

    /// As text for people, after what is bounded: `，至少为 1`, `，不超过 10`, `，为 5 至 10`; empty without bounds.
    func text(_ write: (Int) -> String = { String($0) }) -> LocalizedText {
        switch (low, high) {
        case (let low?, let high?):
            low == high
                ? LocalizedText("，为 \(write(low))", en: ", exactly \(write(low))")
                : LocalizedText("，为 \(write(low)) 至 \(write(high))", en: ", from \(write(low)) to \(write(high))")
        case (let low?, nil): LocalizedText("，至少为 \(write(low))", en: ", at least \(write(low))")
        case (nil, let high?): LocalizedText("，不超过 \(write(high))", en: ", at most \(write(high))")
        case (nil, nil): .empty
        }
    }

    func written(_ write: (Int) -> String) -> String {
        if let low, low == high { return write(low) }
        return "\(low.map(write) ?? "")..\(high.map(write) ?? "")"
    }
}

/// Reads an end of bounds in hours, such as `10` or `0.5`; returns hundredths.
func hoursNumber(_ text: String) -> Int? { CreditHours(text)?.hundredths }
func dayNumber(_ text: String) -> Int? { Day(text)?.number }
