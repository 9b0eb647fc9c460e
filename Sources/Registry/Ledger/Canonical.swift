import Kernel
import Signing

/// The bytes over which an entry's hash is taken, and the hash.
///
/// One byte version (1), one byte suite (1, SHA-256), 32 bytes hash of the person's entry before (zeros for the first);
/// then in this order: person, number, reverses (0 for none), after, evidence, decision as integers; 32 bytes hash of
/// the policy; day as text; year as integer; subject as text; hundredths of hours as integer; kind, tags, work as
/// texts; entered as integer. An integer is eight bytes, two's complement, the highest first. A text is its length in
/// bytes as four bytes, the highest first, and its UTF-8.
struct Canonical {
    static let first = [UInt8](repeating: 0, count: 32)

    private var bytes: [UInt8] = []
    private var digest = [UInt8](repeating: 0, count: 32)

    /// An entry's hash, given that of the one before.
    static func hash(_ entry: LedgerEntry, policy: [UInt8], after previous: [UInt8]) -> [UInt8] {
        var canonical = Canonical()
        canonical.begin(previous)
        for number in [
            entry.person.number, entry.number, entry.reverses ?? 0, entry.after, entry.evidence, entry.decision,
        ] { canonical.add(number) }
        canonical.add(raw: policy)
        canonical.add(entry.day.description)
        canonical.add(entry.year.number)
        canonical.add(entry.subject)
        canonical.add(entry.hours.hundredths)
        for text in [entry.kind, entry.tags, entry.work] { canonical.add(text) }
        canonical.add(entry.entered)
        return canonical.finish()
    }

    mutating func begin(_ previous: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(1)
        bytes.append(1)
        bytes.append(contentsOf: previous)
    }

    mutating func add(_ number: Int) {
        withUnsafeBytes(of: Int64(number).bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(raw: [UInt8]) { bytes.append(contentsOf: raw) }
    mutating func add(_ text: String) { Array(text.utf8).withUnsafeBytes { add(text: $0) } }

    mutating func add(text: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(text.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: text)
    }

    mutating func finish() -> [UInt8] {
        bytes.withUnsafeBytes { sha256($0, into: &digest) }
        return digest
    }
}
