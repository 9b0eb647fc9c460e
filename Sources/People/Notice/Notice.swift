import Kernel

/// 通知: published by the bureau for everybody. It is never changed, only withdrawn.
package struct Notice: Sendable, Hashable {
    package let number: ID<Notice>
    package let title: String
    /// One paragraph a line.
    package let body: String
    /// Milliseconds since 1970.
    package let published: Int
    package let withdrawal: Withdrawal?

    package struct Withdrawal: Sendable, Hashable {
        package let reason: String
        package let day: Int
    }

    static let longestTitle = 60
    static let longestBody = 5000
    static let longestReason = 200
}
