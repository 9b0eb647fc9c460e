import Kernel

/// Searches a file that is not entirely UTF-8 for texts that are: two encodings in one file, or UTF-8 with a broken
/// byte.
///
/// Bytes from 0x80 on occur in runs. Some names in GB18030 happen to be UTF-8 of two characters; four characters in
/// consecutive runs are not a coincidence.
struct EncodingRuns {
    /// The first line with a UTF-8 text, the first line with another text, and the number of other texts.
    private var utf8: Int?
    private var other: Int?
    private var others = 0
    /// The file ends inside a UTF-8 character.
    private var isCut = false
    /// UTF-8 characters since the last other run, and the line of the first.
    private var together = (characters: 0, line: 1)
    private var line = 1
    private var last: UInt8 = 0
    private var run = Run()

    private struct Run {
        var count = 0
        /// The number of bytes that the character still lacks.
        var lacking = 0
        var isWhole = true
        /// Chinese characters in UTF-8.
        var characters = 0

        mutating func add(_ byte: UInt8) {
            count += 1
            if byte < 0xC0 {
                isWhole = isWhole && lacking > 0
                lacking -= 1
            } else {
                isWhole = isWhole && lacking == 0
                lacking = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1
                if 0xE4...0xE9 ~= byte { characters += 1 }
            }
        }

        var isUTF8: Bool { isWhole && lacking == 0 }
    }

    init(of path: String) throws(Failure) {
        let file = try ByteFile(path)
        while true {
            let bytes = try file.next(TextEncoding.piece)
            if bytes.isEmpty { break }
            for byte in bytes { take(byte) }
        }
        isCut = run.isWhole && run.lacking > 0
        endRun()
    }

    private mutating func take(_ byte: UInt8) {
        if byte >= 0x80 { return run.add(byte) }
        endRun()
        if byte == 13 || byte == 10 && last != 13 { line += 1 }
        last = byte
    }

    private mutating func endRun() {
        guard run.count > 0 else { return }
        if run.isUTF8 {
            if together.characters == 0 { together.line = line }
            together.characters += run.characters
            if together.characters > 3 { utf8 = utf8 ?? together.line }
        } else {
            together.characters = 0
            other = other ?? line
            others += 1
        }
        run = Run()
        last = 0
    }

    /// `nil` if no part of the file is certainly UTF-8.
    var failure: Failure? {
        guard let utf8, let other else { return nil }
        if others == 1 { return isCut ? .sheetCut(line: other) : .sheetBroken(line: other) }
        return .sheetMixed(line: max(utf8, other))
    }
}
