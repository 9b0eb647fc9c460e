/// Knows which numbers were given out, even if the database was restored to an earlier state.
package protocol NumberHighWaterStore: Sendable {
    /// Numbers of this kind below the result are never given out again.
    func least(_ kind: String) -> Int
    /// Numbers below `next` were given out; called after the commit.
    func given(_ kind: String, next: Int)
}
