import Database
import Integrity
import Kernel
import People

/// The names of sources from before sources had a type. The rows keep these names; their meanings were recorded once in
/// the state log.
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

    /// `nil` where the name is unknown.
    func source(_ name: String) -> EvidenceSource? { EvidenceSource(name) ?? typed[name] }

    /// All names of a source in evidence, the current one first.
    func names(of source: EvidenceSource) -> [String] { [source.text] + (names[source] ?? []) }

    /// The same, with all spellings of this platform's name.
    func joining(_ platform: PlatformName) -> LegacySources {
        var joined = self
        joined.names[platform.source] = platform.spellings.flatMap { names(of: .platform($0)) }.filter {
            $0 != platform.source.text
        }
        return joined
    }
}

extension LegacySources {
    /// Records the source of each name in evidence: an account's name stands for its current organisation.
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
