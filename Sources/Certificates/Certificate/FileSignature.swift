import Kernel
import Signing

/// The signature over a printed file, as its last line. It detects every later change of the file.
///
/// `%xueshi-seal ` and base 32 of: suite (1 byte), key (4), day of printing (4), signature (64). The signed bytes are
/// `certificate page seal 1`, a line end, those 9 bytes, and the SHA-256 of all bytes before the line. PDF readers
/// treat the line as a comment.
enum FileSignature {
    private static let mark = Array("%xueshi-seal ".utf8)
    private static let head = 9
    /// Base 32 of 73 bytes.
    private static let length = 117

    /// The file with its signature line.
    static func sign(_ file: [UInt8], on day: Day, _ keys: KeyRing) throws(Failure) -> [UInt8] {
        let ended = file.last == 10 ? file : file + [10]
        let key = keys.signingKey
        let head = [UInt8(truncatingIfNeeded: key.suite)] + bytes(key.id) + bytes(day.number)
        let signature = try keys.sign(signed(head, ended))
        return ended + mark + Array(Base32.encode(head + signature.bytes).utf8) + [10]
    }

    enum State {
        /// The file is as it was printed.
        case whole
        /// Only blank bytes were added before or after it, or its last line end is missing.
        case padded
        /// The file or its signature line was changed.
        case broken
        /// There is no signature line: another program wrote the file.
        case missing
    }

    static func state(of file: [UInt8], _ keys: [PublicKey]) -> State {
        let state = exactState(of: file, keys)
        guard case .broken = state else { return state }
        let start = file.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let first = file[start...].firstIndex(where: { !isBlank($0) }),
            let last = file.lastIndex(where: { !isBlank($0) }),
            case .whole = exactState(of: Array(file[first...last]) + [10], keys)
        else { return .broken }
        return .padded
    }

    /// NUL, and the ASCII blanks and line ends.
    private static func isBlank(_ byte: UInt8) -> Bool { [0, 9, 10, 12, 13, 32].contains(byte) }

    private static func exactState(of file: [UInt8], _ keys: [PublicKey]) -> State {
        guard let start = file.indices.suffix(length + mark.count + 200).last(where: { file[$0...].starts(with: mark) })
        else { return .missing }
        let line = String(decoding: file[(start + mark.count)...], as: UTF8.self)
        guard start > 0, file[start - 1] == 10, line.utf8.count == length + 1, line.hasSuffix("\n"),
            let held = Base32.decode(line.dropLast()), Base32.encode(held) == line.dropLast(), held.count > head
        else { return .broken }
        let (suite, id, day) = (Int(held[0]), number(held[1..<5]), Day(number: number(held[5..<9])))
        let signature = Signature(key: id, suite: suite, bytes: Array(held[head...]))
        guard let key = keys.first(where: { $0.id == id }), key.wasUsed(on: day),
            key.verify(signed(Array(held[..<head]), file[..<start]), signature) == .valid
        else { return .broken }
        return .whole
    }

    private static func signed(_ head: [UInt8], _ file: some Sequence<UInt8>) -> [UInt8] {
        Array("certificate page seal 1\n".utf8) + head + sha256(file)
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
