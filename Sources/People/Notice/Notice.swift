import Kernel

/// 通知: what the bureau tells everybody. It is never changed: another one is published, or it is withdrawn.
package struct Notice: Sendable, Hashable {
    package let number: ID<Notice>
    package let title: String
    /// Paragraphs, one a line.
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
