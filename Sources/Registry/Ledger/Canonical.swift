import Database
import Kernel
import Signing

/// The bytes that an entry's hash is computed over, and the hash.
///
/// One byte version (1), one byte suite (1, SHA-256), 32 bytes hash of the person's previous entry (zeros for the
/// first). Then, in this order: person, number, reverses (0 for none), after, evidence, decision as integers; 32 bytes
/// hash of the policy; day as text; year as integer; subject as text; hundredths of hours as integer; kind, tags, work
/// as texts; entered as integer. An integer is eight bytes, two's complement, big-endian. A text is its length in bytes
/// as four bytes, big-endian, and its UTF-8.
struct Canonical {
    static let first = [UInt8](repeating: 0, count: 32)

    private var bytes: [UInt8] = []
    private var digest = [UInt8](repeating: 0, count: 32)

    /// The hash of an entry, given the hash of the previous one. The order of the fields is defined only here.
    mutating func hash(
        _ entry: some CanonicalFields & ~Escapable, policy: [UInt8], after previous: [UInt8]
    ) throws -> [UInt8] {
        begin(previous)
        for field in [CanonicalField.person, .number, .reverses, .follows, .evidence, .decision] {
            add(try entry.integer(field))
        }
        bytes.append(contentsOf: policy)
        try add(entry, .day)
        add(try entry.integer(.year))
        try add(entry, .subject)
        add(try entry.integer(.hours))
        for field in [CanonicalField.kind, .tags, .work] { try add(entry, field) }
        add(try entry.integer(.entered))
        bytes.withUnsafeBytes { sha256($0, into: &digest) }
        return digest
    }

    private mutating func begin(_ previous: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(1)
        bytes.append(1)
        bytes.append(contentsOf: previous)
    }

    private mutating func add(_ number: Int) {
        withUnsafeBytes(of: Int64(number).bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func add(_ entry: some CanonicalFields & ~Escapable, _ field: CanonicalField) throws {
        entry.withText(field) { text in
            withUnsafeBytes(of: UInt32(text.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text)
        }
    }
}

/// The columns of ``LedgerStore/chained(after:through:_:)`` by position: the fields that an entry's hash covers, then
/// the hash itself and the policy's key.
enum CanonicalField: Int {
    case person, number, reverses, follows, evidence, decision, policy, day, year, subject, hours, kind, tags, work
    case entered, hash, policyKey
}

/// An entry that can be hashed: a draft, or a row of the ledger.
protocol CanonicalFields: ~Escapable {
    func integer(_ field: CanonicalField) throws -> Int
    func withText(_ field: CanonicalField, _ body: (UnsafeRawBufferPointer) -> Void)
}

extension Row: CanonicalFields {
    /// `reverses` is 0 where the column is null.
    func integer(_ field: CanonicalField) throws -> Int {
        field == .reverses ? try optionalInt(field.rawValue) ?? 0 : try int(field.rawValue)
    }

    func withText(_ field: CanonicalField, _ body: (UnsafeRawBufferPointer) -> Void) {
        withBytes(field.rawValue, body)
    }
}

extension LedgerEntry: CanonicalFields {
    func integer(_ field: CanonicalField) -> Int {
        switch field {
        case .person: person.number
        case .number: number
        case .reverses: reverses ?? 0
        case .follows: after
        case .evidence: evidence
        case .decision: decision
        case .policy: policy.number
        case .year: year.number
        case .hours: hours.hundredths
        case .entered: entered
        case .day, .subject, .kind, .tags, .work, .hash, .policyKey: 0
        }
    }

    func withText(_ field: CanonicalField, _ body: (UnsafeRawBufferPointer) -> Void) {
        let text =
            switch field {
            case .day: day.description
            case .subject: subject
            case .kind: kind
            case .tags: tags
            case .work: work
            default: ""
            }
        Array(text.utf8).withUnsafeBytes(body)
    }
}
