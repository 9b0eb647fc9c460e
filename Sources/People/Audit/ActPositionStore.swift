import Database
import Kernel

/// The position of each subscription in each chain of acts.
struct ActPositionStore {
    private let transaction: Transaction
    private let audit: AuditStore

    init(_ transaction: Transaction, _ people: People) {
        (self.transaction, audit) = (transaction, AuditStore(transaction, people))
    }

    /// The chain name in the row that marks a subscription as begun; no chain has this name.
    private static let begun = ""

    func hasBegun(_ subscription: String) throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM act_position WHERE subscription = \(subscription) AND chain = \(Self.begun)")
    }

    /// Begins a subscription once; a second call changes nothing.
    func begin(_ subscription: String, _ start: ActSubscription.Start) throws {
        guard try !hasBegun(subscription) else { return }
        try put(subscription, Self.begun, 0)
        guard case .next = start else { return }
        try transaction.execute(
            """
            INSERT INTO act_position (subscription, chain, number)
            SELECT \(subscription), chain, records FROM audit_chain
            """)
    }

    private static func unread(_ subscription: String) -> SQL {
        """
        FROM audit_chain c LEFT JOIN act_position p ON p.subscription = \(subscription) AND p.chain = c.chain
        WHERE c.records > coalesce(p.number, 0)
        """
    }

    /// A chain, and the time of its last act in milliseconds since 1970.
    typealias ChainEnd = (chain: String, time: Int)

    /// The next chains with unread acts of a subscription, or those of them with acts since a time. The chain with the
    /// oldest end comes first.
    func unreadChains(
        _ subscription: String, since time: Int?, after last: ChainEnd?, limit: Int
    ) throws -> [ChainEnd] {
        let recent: SQL = time.map { "AND c.chain IN (SELECT r.chain FROM audit_record r WHERE r.time >= \($0))" } ?? ""
        let later: SQL = last.map { "AND (c.time, c.chain) > (\($0.time), \($0.chain))" } ?? ""
        return try transaction.rows(
            """
            SELECT c.chain, c.time \(Self.unread(subscription)) \(recent) \(later)
            ORDER BY c.time, c.chain LIMIT \(limit)
            """
        ) { (chain: try $0.text(0), time: try $0.int(1)) }
    }

    func unreadCount(_ subscription: String) throws -> Int {
        try transaction.first("SELECT sum(c.records - coalesce(p.number, 0)) \(Self.unread(subscription))") {
            try $0.optionalInt(0) ?? 0
        } ?? 0
    }

    /// The next acts of a chain. Failure: `audit.damaged`.
    func unread(_ subscription: String, _ chain: String, limit: Int) throws -> [AuditRecord] {
        let number = try transaction.first(
            "SELECT number FROM act_position WHERE subscription = \(subscription) AND chain = \(chain)"
        ) { try $0.int(0) }
        return try audit.records(of: chain, after: number ?? 0, limit: limit)
    }

    func put(_ subscription: String, _ chain: String, _ number: Int) throws {
        try transaction.execute(
            """
            INSERT INTO act_position (subscription, chain, number) VALUES (\(subscription), \(chain), \(number))
            ON CONFLICT (subscription, chain) DO UPDATE SET number = excluded.number
            """)
    }
}
