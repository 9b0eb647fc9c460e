import Kernel
import Synchronization
import Web

/// A task that waits for the signed-in user: 待办.
package struct PendingTask: PageValue, Equatable {
    /// 待处理的申请
    package let title: String
    /// At least 1.
    package let count: Int
    package let link: Link

    /// `nil` if the count is 0.
    package init?(_ title: String, _ count: Int, _ link: Link) {
        guard count > 0 else { return nil }
        (self.title, self.count, self.link) = (title, count, link)
    }

    private init() { (title, count, link) = ("待处理的申请", 3, .home) }

    package static var fields: [String: Field<PendingTask>] {
        ["title": .text { $0.title }, "count": .text { "\($0.count)" }, "link": .text { $0.link.text }]
    }

    package static var sample: PendingTask { PendingTask() }
}

/// The parts that features contribute to shared pages. It is filled after all features have been made.
package final class Contributions: Sendable {
    private let sites = Mutex<[FeatureSite]>([])

    package init() {}

    package func fill(_ all: [FeatureSite]) { sites.withLock { $0 = all } }

    var all: [FeatureSite] { sites.withLock { $0 } }
}
