import Kernel

/// An exact fraction; the pipeline calculates in fractions before the policy rounds.
package struct Rational: Sendable, Hashable {
    package let numerator: Int
    /// Positive; the fraction is in lowest terms.
    package let denominator: Int

    package init(_ whole: Int) { (numerator, denominator) = (whole, 1) }

    private init(lowest numerator: Int, _ denominator: Int) {
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let divisor = a == 0 ? 1 : Int(a)
        (self.numerator, self.denominator) = (numerator / divisor, denominator / divisor)
    }

    /// `nil` for a zero or negative denominator.
    package init?(_ numerator: Int, over denominator: Int) {
        guard denominator > 0 else { return nil }
        self.init(lowest: numerator, denominator)
    }

    /// Reads `3`, `0.5`, `2/3` or `50%`.
    package init?(_ text: some StringProtocol) {
        if text.hasSuffix("%"), let percent = Rational(text.dropLast()) {
            self.init(percent.numerator, over: percent.denominator * 100)
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let a = wholeNumber(parts[0]), let b = wholeNumber(parts[1]) {
            self.init(a, over: b)
            return
        }
        let decimals = text.split(separator: ".", omittingEmptySubsequences: false)
        guard decimals.count == 2, let whole = wholeNumber(decimals[0]), let part = wholeNumber(decimals[1]),
            decimals[1].utf8.count <= 6
        else {
            guard let whole = wholeNumber(text) else { return nil }
            self.init(whole)
            return
        }
        let scale = decimals[1].reduce(1) { product, _ in product * 10 }
        self.init(whole * scale + part, over: scale)
    }

    /// The product; `nil` on overflow.
    package func times(_ other: Rational) -> Rational? {
        let (a, overA) = numerator.multipliedReportingOverflow(by: other.numerator)
        let (b, overB) = denominator.multipliedReportingOverflow(by: other.denominator)
        return overA || overB ? nil : Rational(lowest: a, b)
    }

    /// The quotient; `nil` for a divisor of zero or less, and on overflow.
    package func divided(by divisor: Int) -> Rational? {
        guard divisor > 0 else { return nil }
        let (b, over) = denominator.multipliedReportingOverflow(by: divisor)
        return over ? nil : Rational(lowest: numerator, b)
    }

    package static func < (a: Rational, b: Rational) -> Bool {
        a.numerator.multipliedFullWidth(by: b.denominator) < b.numerator.multipliedFullWidth(by: a.denominator)
    }
}

extension Rational: CustomStringConvertible {
    package var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }

    /// `1.5` if two decimals are exact, otherwise `1/3`.
    var decimal: String {
        guard 100 % denominator == 0 else { return description }
        return CreditHours(hundredths: numerator * (100 / denominator)).description
    }
}

/// How hours are rounded: down, up or to the nearest multiple of `step` hundredths.
package struct Rounding: Sendable, Hashable {
    package enum Direction: String, Sendable, CaseIterable {
        case down
        case nearest
        case up
    }

    package let direction: Direction
    /// Hundredths, positive.
    package let step: Int

    /// Rounds hundredths to hours. Shares are always rounded down, so their sum never exceeds the whole.
    func round(_ hundredths: Rational, shared: Bool) -> CreditHours {
        let units = hundredths.denominator * step
        let (whole, rest) = hundredths.numerator.quotientAndRemainder(dividingBy: units)
        let up =
            switch shared ? .down : direction {
            case .down: false
            case .up: rest > 0
            case .nearest: rest * 2 >= units
            }
        return CreditHours(hundredths: (whole + (up ? 1 : 0)) * step)
    }
}
