/// Knows which numbers were given out, whatever a database says that was put back.
package protocol NumberHighWaterStore: Sendable {
    /// No number of this kind below it is given out again.
    func least(_ kind: String) -> Int
    /// Numbers below `next` are given out: told after the commit.
    func given(_ kind: String, next: Int)
}
