import CDispatch
import Dispatch
import Foundation
import Kernel
import People
import Testbed
import Testing

@testable import Certificates
@testable import Documents
@testable import YAML

/// Readers of foreign input are linear: an eightfold input may cost twenty times as much, whereas a quadratic reader
/// needs sixty-four times. The cost is the processor time of this thread, the least of several runs, so other load does
/// not count. `test_growth.py` counts instructions, with `--long`.
@Suite("Attack: input whose cost grows faster than its size", .serialized)
struct GrowthTests {
    struct Reader: Sendable, CustomTestStringConvertible {
        let name: String
        /// Returns a closure that reads an input of this size.
        let read: @Sendable (Int) throws -> @Sendable () throws -> Void

        var testDescription: String { name }

        init(_ name: String, _ read: @escaping @Sendable (Int) throws -> @Sendable () throws -> Void) {
            (self.name, self.read) = (name, read)
        }
    }

    private static func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private func cost(_ body: () throws -> Void) -> Int {
        (0..<2).map { _ in
            let start = Self.processorTime()
            // Refused input counts too.
            try? body()
            return Self.processorTime() - start
        }.min() ?? 0
    }

    @Test(.timeLimit(.minutes(2)), arguments: Self.readers) func readingTakesLinearTime(_ reader: Reader) throws {
        let (small, large) = (try reader.read(1), try reader.read(8))
        let (one, eight) = (cost(small), cost(large))
        #expect(eight < max(one, 200_000) * 20, "\(reader.name): \(one / 1000) and \(eight / 1000) microseconds")
    }

    static let readers = sheets + texts + documents

    // MARK: - Workbooks and lists

    private static func sheet(_ name: String, _ parts: @escaping @Sendable (Int) -> [String: String]) -> Reader {
        Reader(name) { times in
            let file = try OpenFile.scratch()
            let zip = try ZipWriter(file.path)
            let rest = [
                "xl/workbook.xml": #"<workbook xmlns:r="r"><sheets><sheet name="a" r:id="i"/></sheets></workbook>"#,
                "xl/_rels/workbook.xml.rels": #"<R><Relationship Id="i" Target="worksheets/s.xml"/></R>"#,
                "xl/worksheets/s.xml": #"<w><row r="1"><c r="A1"><v>1</v></c></row></w>"#,
            ]
            for (name, text) in rest.merging(parts(times), uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
                try zip.add(name, Array(text.utf8))
            }
            try zip.finish()
            return { try readSheet(file.path) { _ in } }
        }
    }

    private static func styles(_ name: String, _ make: @escaping @Sendable (Int) -> String) -> Reader {
        sheet(name) { ["xl/styles.xml": "<s>\(make($0))</s>"] }
    }

    private static func list(_ name: String, _ make: @escaping @Sendable (Int) -> [UInt8]) -> Reader {
        Reader(name) { times in
            let file = try OpenFile.scratch(make(times))
            return { try readSheet(file.path) { _ in } }
        }
    }

    private static func again(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static let sheets = [
        styles("quotes in a format") { "<numFmt numFmtId='1' formatCode='\(again("\"[", 8000 * $0))'/>" },
        styles("brackets in a format") { "<numFmt numFmtId='1' formatCode='\(again("[", 16_000 * $0))'/>" },
        styles("a format without end") { "<numFmt numFmtId='1' formatCode='\(again("a", 4_000_000 * $0))'/>" },
        styles("many formats") { (1...$0 * 1000).map { "<numFmt numFmtId='\($0)' formatCode='yy'/>" }.joined() },
        styles("many styles") { "<cellXfs>\(again("<xf numFmtId='14'/>", 10_000 * $0))</cellXfs>" },
        styles("many attributes") { times in
            "<a \((0..<2000 * times).map { "a\($0)='' " }.joined())/>"
        },
        styles("a comment") { "<!--\(again("- ", 1_000_000 * $0))-->" },
        styles("an instruction") { "<?a \(again("? ", 1_000_000 * $0))?>" },
        styles("a long name") { "<\(again("a", 2_000_000 * $0))/>" },
        styles("elements within elements") { again("<a>", 200_000 * $0) },
        sheet("references in a text") {
            ["xl/sharedStrings.xml": "<s><si><t>\(again("&#20013;", 4000 * $0))</t></si></s>"]
        },
        sheet("escapes in a text") { ["xl/sharedStrings.xml": "<s><si><t>\(again("_x004_", 2000 * $0))</t></si></s>"] },
        sheet("escapes in a cell") {
            ["xl/worksheets/s.xml": "<w><row><c t='str'><v>\(again("_x0041_", 1700 * $0))</v></c></row></w>"]
        },
        sheet("many texts") { ["xl/sharedStrings.xml": "<s>\(again("<si><t>中</t></si>", 5000 * $0))</s>"] },
        sheet("many cells") { ["xl/worksheets/s.xml": "<w>\(again("<row><c><v>1</v></c></row>", 4000 * $0))</w>"] },
        sheet("digits of a number") {
            ["xl/worksheets/s.xml": "<w><row><c><v>\(again("1", 12_000 * $0))e</v></c></row></w>"]
        },
        sheet("many relations") { times in
            let more = (0..<1000 * times).map { "<Relationship Id='\($0)' Target='a'/>" }.joined()
            return ["xl/_rels/workbook.xml.rels": "<R>\(more)<Relationship Id='i' Target='worksheets/s.xml'/></R>"]
        },
        sheet("many members") { times in
            Dictionary(uniqueKeysWithValues: (0..<500 * times).map { ("xl/media/\($0)", "") })
        },
        list("quotes in a list") { Array("a,\"\(again("\"\"", 6000 * $0))\"\n".utf8) },
        list("a quotation that never ends") { Array("a,\"\(again("b\n", 6000 * $0))".utf8) },
        list("a line of empty cells") { [UInt8](repeating: 44, count: 200_000 * $0) },
        list("many lines") { Array(again("a,b\r\n", 8000 * $0).utf8) },
        list("a cell without end") { [UInt8](repeating: 97, count: 400_000 * $0) },
        list("nothing but NUL") { [UInt8](repeating: 0, count: 400_000 * $0) },
        list("GB18030 at the end") { Array(again("a,b\n", 20_000 * $0).utf8) + [0xD0, 0xD5, 0x0A] },
        list("GB18030 of four bytes") {
            Array(repeating: [0x82, 0x35, 0x81, 0x35, 0x0A], count: 8000 * $0).flatMap { $0 }
        },
        list("broken GB18030") { [UInt8](repeating: 0x81, count: 100_001 * $0) },
        list("UTF-16") {
            [0xFF, 0xFE] + Array(repeating: [0x2D, 0x4E, 0x0A, 0x00], count: 10_000 * $0).flatMap { $0 }
        },
    ]

    // MARK: - YAML

    private static func yaml(_ name: String, _ make: @escaping @Sendable (Int) -> String) -> Reader {
        Reader(name) { times in
            let text = make(times)
            return { _ = try readYAML(text) }
        }
    }

    private static let texts = [
        yaml("many keys") { (0..<500 * $0).map { "k\($0): v\n" }.joined() },
        yaml("the same key") { again("k: v\n", 500 * $0) },
        yaml("a list") { again("- a\n", 1000 * $0) },
        yaml("a list in brackets") { "[" + again("a, ", 1000 * $0) + "]" },
        yaml("open brackets") { again("[", 20_000 * $0) },
        yaml("open braces") { again("{", 20_000 * $0) },
        yaml("questions") { again("? ", 10_000 * $0) },
        yaml("a long word") { "a: " + again("b", 30_000 * $0) },
        yaml("a long quotation") { "a: \"" + again("\\u4e2d", 5000 * $0) + "\"" },
        yaml("a quotation that never ends") { "a: \"" + again("b ", 15_000 * $0) },
        yaml("a folded text") { "a: >\n" + again("  b\n", 8000 * $0) },
        yaml("empty lines") { "a:\n" + again("\n", 50_000 * $0) + "  b" },
        yaml("comments") { again("# a\n", 10_000 * $0) + "a: b" },
        yaml("spaces") { "a:" + again(" ", 50_000 * $0) + "b" },
        yaml("directives") { again("%A b\n", 5000 * $0) + "--- a" },
        yaml("tags") { again("- !a!b c\n", 1000 * $0) },
        yaml("anchors") { again("- &a b\n", 5000 * $0) },
        yaml("aliases that are keys") { "a: &a {b: c}\n" + again("? *a\n: x\n", 5000 * $0) },
    ]

    // MARK: - Certificates and numbers

    private static func words(
        _ name: String, _ word: String, _ read: @escaping @Sendable (String) throws -> Void
    ) -> Reader {
        Reader(name) { times in
            let text = again(word, 20_000 * times)
            return { try read(text) }
        }
    }

    private static let documents = [
        words("a certificate's code", "ABCD2345") { _ = VerificationInput("https://a/v/MCMT2GJ4Y74DCKO4#" + $0) },
        words("a certificate's number", "MCMT-2GJ4/") { _ = VerificationInput($0) },
        words("spaces in a number", " \t") { _ = VerificationInput($0) },
        words("an ID number", "1") { _ = try IDNumber($0) },
        words("a credit code", "9") { _ = try USCC($0) },
        words("a person's number", "1") { _ = ID<Int>($0) },
        words("a day", "2022-") { _ = Day(flexible: $0) },
        words("facts as text", "a=tb\n") { _ = FactText.decode($0) },
        Reader("a certificate's form") { times in
            let text = "certificate: a\nannual: {title: x, page: [{text: '\(again("**{name}** ", 2000 * times))'}]}\n"
            return { _ = try CertificateForm(reading: text) }
        },
    ]
}
