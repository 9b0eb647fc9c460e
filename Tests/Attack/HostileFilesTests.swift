import Foundation
import Kernel
import Testbed
import Testing
import Yams

@testable import App
@testable import Certificates
@testable import Documents
@testable import Processes
@testable import YAML

@Suite("Attack: files that exhaust resources")
struct HostileFilesTests {
    /// The program built with these tests, beside their bundle.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "xueshi").path

    private func failure(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "none"
        } catch let failure as Failure {
            return failure.code
        } catch let fault as LimitedProcess.Fault {
            return "\(fault)"
        } catch {
            return "\(error)"
        }
    }

    private func isRunning(_ words: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { process in
            let told = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
            return process.allSatisfy(\.isNumber) && String(decoding: told, as: UTF8.self).hasPrefix(words)
        }
    }

    private func shell(_ script: String, _ limits: ProcessLimits) -> LimitedProcess {
        LimitedProcess("bash", ["-c", script], limits)
    }

    private static let limits = ProcessLimits(memory: 300 << 20, processor: 2, time: 10, output: 1000)

    // MARK: - Child processes

    @Test func aChildProcessHasOnlyItsInput() async throws {
        let input = try OpenFile.scratch(Array("abc".utf8))
        let told = try await shell(
            "cat /dev/stdin; ls -A | wc -l; env | grep -vc '^\\(PWD\\|SHLVL\\|_\\)='; ls /proc/self/fd | wc -l",
            Self.limits
        )
        .output(to: input)
        // Standard streams, and the folder that ls itself reads.
        #expect(String(decoding: told, as: UTF8.self) == "abc0\n0\n4\n")
        #expect(try input.bytes() == Array("abc".utf8))
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "x=1; while true; do x=$x$x; done", "while true; do :; done", "echo a >file", "yes", "kill -9 $$", "exit 1",
        ])
    func aChildProcessOverItsLimitsIsKilled(_ script: String) async throws {
        let input = try OpenFile.scratch()
        let fault = await failure { _ = try await shell(script, Self.limits).output(to: input) }
        // On a busy machine the time limit may be reached before the processor limit.
        #expect(["failed", "late"].contains(fault))
    }

    @Test(.timeLimit(.minutes(1))) func aChildProcessOverItsTimeIsKilledWithItsChildren() async throws {
        let input = try OpenFile.scratch()
        let mark = "9\(Int.random(in: 100_000...999_999))"
        var limits = Self.limits
        limits.time = 1
        #expect(
            await failure { _ = try await shell("sleep \(mark) & sleep \(mark)", limits).output(to: input) } == "late")
        // The signal was sent; the system may deliver it later.
        while try isRunning("sleep\0\(mark)") { try await nextTurn() }
        let missing = await failure { _ = try await LimitedProcess("no-such-program", [], limits).output(to: input) }
        #expect(missing == "missing")
    }

    /// Two run, two wait, the fifth is refused; no client has more than two places.
    @Test func childProcessesAreLimitedPerClient() async throws {
        let gate = ProcessLimiter(running: 2, waiting: 2)
        let (stream, go) = AsyncStream<Void>.makeStream()
        let (begun, begin) = AsyncStream<String>.makeStream()
        let work = { @Sendable (who: String) in
            Task {
                try await gate.pass(who) {
                    begin.yield(who)
                    for await _ in stream { break }
                }
            }
        }
        let first = [work("a"), work("b")]
        var names = begun.makeAsyncIterator()
        let two = [await names.next(), await names.next()]
        #expect(Set(two) == ["a", "b"])
        let waiting = [work("a"), work("c")]
        while gate.inLine < 2 { try await nextTurn() }
        #expect(await failure { try await gate.pass("d") {} } == "process.busy")
        #expect(await failure { try await gate.pass("a") {} } == "process.busy")
        waiting[0].cancel()
        go.finish()
        for task in first + [waiting[1]] { try await task.value }
        #expect(await failure { try await waiting[0].value } == "CancellationError()")
        try await gate.pass("a") {}
    }

    // MARK: - Sheets in a child process

    private func pages(_ path: String) async throws -> [[SheetRow]] {
        try #require(FileManager.default.isExecutableFile(atPath: Self.program))
        var pages: [[SheetRow]] = []
        for try await page in SheetBatches(path, size: 3, by: .child(Self.program)) { pages.append(page) }
        return pages
    }

    @Test func theChildProcessReadsTheSameRows() async throws {
        let text = (1...1000).map { "甲\($0),\"乙\n\"\"\",=1+1,,\($0)\n" }.joined()
        let file = try OpenFile.scratch(Array(text.utf8))
        var here: [SheetRow] = []
        try readSheet(file.path) { here.append($0) }
        let there = try await pages(file.path)
        #expect(there.map(\.count) == Array(repeating: 3, count: 333) + [1])
        #expect(there.flatMap { $0 }.map(\.cells) == here.map(\.cells))
        #expect(there.flatMap { $0 }.map(\.number) == here.map(\.number))
    }

    @Test func failuresOfTheChildProcessAreReported() async throws {
        let file = try OpenFile.scratch(Array("a\n\"b".utf8))
        #expect(await failure { _ = try await pages(file.path) } == "sheet.quote")
        let none = try OpenFile.scratch()
        #expect(await failure { _ = try await pages(none.path) } == "sheet.empty")
        #expect(await failure { _ = try await pages("/no/such/file") } == "sheet.unreadable")
    }

    /// If the consumer stops, the child is killed. A separate link to the program identifies this child.
    @Test(.timeLimit(.minutes(1))) func aStoppedConsumerEndsTheChildProcess() async throws {
        try await withFolder { folder in
            let program = folder.path + "/xueshi"
            try FileManager.default.createSymbolicLink(atPath: program, withDestinationPath: Self.program)
            let file = try OpenFile.scratch(Array(String(repeating: "a,b\n", count: 400_000).utf8))
            for try await page in SheetBatches(file.path, size: 1, by: .child(program)) {
                #expect(page.count == 1)
                #expect(try isRunning(program))
                break
            }
            while try isRunning(program) { try await nextTurn() }
            let task = Task {
                for try await _ in SheetBatches(file.path, size: 1, by: .child(program)) { await Task.yield() }
            }
            while try !isRunning(program) { try await nextTurn() }
            task.cancel()
            #expect(["CancellationError()", "none"].contains(await failure { try await task.value }))
            while try isRunning(program) { try await nextTurn() }
        }
    }

    /// A child that cannot start ends the reading.
    @Test(.timeLimit(.minutes(1))) func aChildProcessThatCannotStartEndsTheReading() async throws {
        let file = try OpenFile.scratch([1])
        for program in ["no-such-program", "/no/such/program"] {
            let code = await failure {
                for try await _ in SheetBatches(file.path, size: 3, by: .child(program)) {}
            }
            #expect(code == "sheet.ended")
        }
    }

    /// Output of a child that was taken over by its file is refused.
    @Test(arguments: [
        "", "\u{2}", "\u{1}E", "\u{2}X", "\u{2}R", "\u{2}R\u{1}\0\0\0\0\u{1}\0\0\0",
        "\u{2}R\u{1}\0\0\0\0\u{1}\0\0\0\u{7}\0\0\0\0",
        "\u{2}R\u{1}\0\0\0\0\0\u{7F}\0\0", "\u{2}S\0\0\u{7F}\0", "\u{2}F\u{3}\0\0\0abc",
        "\u{2}R\0\0\0\u{7F}\0\0\0\0\0",
    ])
    func aMalformedStreamIsRefused(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        let code = await failure {
            try SheetStream.decode({ buffer in
                let piece = rest.prefix(min(3, buffer.count))
                buffer.copyBytes(from: piece)
                rest = rest.dropFirst(piece.count)
                return piece.count
            }) { _ in }
        }
        #expect(code == "sheet.ended")
    }

    /// Endless output of a child, here from `yes`, is refused, and the child is killed.
    @Test(.timeLimit(.minutes(1))) func endlessOutputIsRefusedAndTheChildIsKilled() async throws {
        let file = try OpenFile.scratch([1])
        let code = await failure {
            for try await _ in SheetBatches(file.path, size: 3, by: .child("/usr/bin/yes")) {}
        }
        #expect(code == "sheet.ended")
    }

    // MARK: - Refused content

    private func book(_ parts: [String: String]) throws -> OpenFile {
        let file = try OpenFile.scratch()
        let zip = try ZipWriter(file.path)
        for (name, text) in parts.sorted(by: { $0.key < $1.key }) { try zip.add(name, Array(text.utf8)) }
        try zip.finish()
        return file
    }

    private static let long = String(repeating: "x", count: 1 << 20)
    private static let markup = [
        "an attribute": "<a b='\(long)'/>", "a comment": "<a><!--\(long)--></a>",
        "depth": String(repeating: "<a>", count: 100), "a tag": "<s><a \(String(repeating: " ", count: 1 << 20))/></s>",
        "styles": "<s><cellXfs>\(String(repeating: "<xf/>", count: 100_001))</cellXfs></s>",
    ]

    @Test(arguments: markup.keys.sorted()) func oversizedMarkupIsRefused(_ name: String) async throws {
        let file = try book([
            "xl/workbook.xml": "<w xmlns:r='r'><sheet name='a' r:id='a'/></w>",
            "xl/_rels/workbook.xml.rels": "<R><Relationship Id='a' Target='worksheets/a.xml'/></R>",
            "xl/styles.xml": required(Self.markup[name]), "xl/worksheets/a.xml": "<w/>",
        ])
        #expect(await failure { try readSheet(file.path) { _ in } } == "sheet.markup")
    }

    /// A format with an unclosed quotation of maximum length is read quickly; it is a date by what precedes it.
    @Test func aLongNumberFormatIsReadInLinearTime() throws {
        let relations = "<R><Relationship Id='i' Target='worksheets/s.xml'/></R>"
        for (code, text) in [
            ("\"\(String(repeating: "[\\_*", count: 60_000))y", "44713"), ("[$-804]yyyy-m-d\"y", "2022-06-01"),
        ] {
            let quoted = code.replacing("\"", with: "&quot;")
            let file = try book([
                "xl/workbook.xml": "<w xmlns:r='r'><sheets><sheet name='a' r:id='i'/></sheets></w>",
                "xl/_rels/workbook.xml.rels": relations,
                "xl/styles.xml":
                    "<s><numFmt numFmtId='200' formatCode='\(quoted)'/><cellXfs><xf numFmtId='200'/></cellXfs></s>",
                "xl/worksheets/s.xml": "<w><row><c s='0'><v>44713</v></c></row></w>",
            ])
            var rows: [SheetRow] = []
            try readSheet(file.path) { rows.append($0) }
            #expect(rows.map { $0.cells.map(\.text) } == [[text]])
        }
    }

    /// A long text that many cells share counts for each of them, over all sheets.
    @Test func aSharedTextCountsForEachCell() async throws {
        let sheet = "<w>" + (1...200).map { _ in "<row><c t='s'><v>0</v></c></row>" }.joined() + "</w>"
        let text = String(repeating: "a", count: 900)
        let file = try book([
            "xl/workbook.xml": "<w xmlns:r='r'><sheet name='a' r:id='a'/><sheet name='b' r:id='b'/></w>",
            "xl/_rels/workbook.xml.rels":
                "<R><Relationship Id='a' Target='worksheets/a.xml'/>"
                + "<Relationship Id='b' Target='worksheets/b.xml'/></R>",
            "xl/sharedStrings.xml": "<s><si><t>\(text)</t></si></s>", "xl/worksheets/a.xml": sheet,
            "xl/worksheets/b.xml": sheet,
        ])
        let limits = SheetLimits(rows: 1000, columns: 10, cellLength: 1000, bytes: 300_000)
        #expect(await failure { try readSheet(file.path, limits: limits) { _ in } } == "sheet.size")
    }

    // MARK: - The data folder

    /// Access by other users is removed; if that is not permitted, the failure says so.
    @Test func theDataFolderIsReadableByItsOwnerOnly() async throws {
        try await withFolder { folder in
            try await Installation.open(folder: folder.path, database: nil).close()
            let files = ["", "/xueshi.db", "/keys.json"].map { folder.path + $0 }
            for file in files where !file.hasSuffix("json") { chmod(file, 0o755) }
            try await Installation.open(folder: folder.path, database: nil).close()
            for file in files {
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(try required(mode) & 0o077 == 0, "\(file)")
            }
        }
        // Nobody, not even root, may change the mode of a process's folder in /proc.
        #expect(await failure { try DataFolder.close("/proc/\(getpid())") } == "data.mode")
    }

    // MARK: - YAML

    /// Anchors and aliases in every place of a file, with exponential expansion.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "? &a [*a]\n: x", "&a a: b", "a: &b c", "- &a b\n- *a", "*a : b", "? *a\n: x", "a: *b",
            "a: &a {? *a : x}", "a: &a b\n<<: *a", "? &a {? &b {? *a : x} : y}\n: z",
            "a: &a [x, x]\n"
                + (0..<40).map {
                    "? &b\($0) [*\($0 == 0 ? "a" : "b\($0 - 1)"), *\($0 == 0 ? "a" : "b\($0 - 1)")]\n: x\n"
                }.joined(),
        ])
    func anchorsAreRefusedWhileParsing(_ text: String) {
        let fault = #expect(throws: YAMLFault.self) { try readYAML(text) }
        #expect(fault?.reason == .alias)
        let form = #expect(throws: Failure.self) { try CertificateForm(reading: text) }
        #expect(form?.code == "form.file")
    }

    /// An ampersand or asterisk in a text is not an anchor.
    @Test(arguments: ["a: b & c * d", "a: '&b'", "a: |\n  *b\n  &c", "a: \"*b\"", "a: b\n  *c", "# &a *b\na: b"])
    func ampersandsAndAsterisksInTextsAreRead(_ text: String) throws { #expect(try readYAML(text).mapping?.count == 1) }

    @Test func yamlLimitsAreEnforced() {
        let limits = YAMLLimits(bytes: 1000, depth: 5, nodes: 20)
        let wrong: [(String, YAMLFault.Reason)] = [
            (String(repeating: "a", count: 1001), .large), ("[[[[[[", .deep), ("- - - - - - a", .deep),
            ("[\(String(repeating: "a,", count: 30))]", .many), ("", .empty), ("a\n---\nb", .second),
        ]
        for (text, reason) in wrong {
            let fault = #expect(throws: YAMLFault.self) { try readYAML(text, limits) }
            #expect(fault?.reason == reason)
        }
    }
}
