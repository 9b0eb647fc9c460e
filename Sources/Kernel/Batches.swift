extension ClosedRange<Int> {
    /// The numbers 1 through `last` in ranges of `size`, of which the last may be shorter; none if `last` is 0.
    package static func batches(through last: Int, of size: Int) -> [ClosedRange<Int>] {
        stride(from: 1, through: last, by: size).map { $0...Swift.min($0 + size - 1, last) }
    }
}
