import Database
import Integrity
import Kernel
import People

/// What sources were called before they had a type, and whom each name stands for. The rows stay as they were written;
/// what their names mean was recorded once, as a change of state.
struct LegacySources: Sendable {
    private let typed: [String: EvidenceSource]
    private var names: [EvidenceSource: [String]]

    init(_ recorded: [String: String] = [:]) {
        typed = recorded.compactMapValues(EvidenceSource.init)
        names = typed.reduce(into: [:]) { $0[$1.value, default: []].append($1.key) }
    }

    static func read(_ transaction: Transaction, _ people: People) throws -> LegacySources {
        try people.states.remembered(.source, transaction) { LegacySources($0.all(.source)) }
    }

    /// `nil` where the name is none of ours.
    func source(_ name: String) -> EvidenceSource? { EvidenceSource(name) ?? typed[name] }

    /// All names of a source in evidence, the one of now first.
    func names(of source: EvidenceSource) -> [String] { [source.text] + (names[source] ?? []) }

    /// The same, where what came from this platform is found under all spellings of its name.
    func joining(_ platform: PlatformName) -> LegacySources {
        var joined = self
        joined.names[platform.source] = platform.spellings.flatMap { names(of: .platform($0)) }.filter {
            $0 != platform.source.text
        }
        return joined
    }
}

extension LegacySources {
    /// Records whom the names stand for that evidence has: an account's for its organisation of now.
    static func record(_ transaction: Transaction) throws {
        let sources = try transaction.rows(
            "SELECT source, max(received) FROM evidence GROUP BY source ORDER BY source"
        ) { (name: try $0.text(0), at: try $0.int(1)) }
        for (name, time) in sources {
            let source = try typed(name, transaction)
            try StateLog.record(StateChange(.source, name, source.text), at: time, transaction)
        }
    }

    private static func typed(_ name: String, _ transaction: Transaction) throws -> EvidenceSource {
        if name == "import" { return .operator }
        guard name.hasPrefix("account-"), let account = Int(name.dropFirst(8)) else { return .platform(name) }
        switch try AccountStore.office(of: account, transaction) {
        case .some(.some(let organisation)): return .organisation(organisation)
        case .some(.none): return .bureau
        case .none: return .platform(name)
        }
    }
}
