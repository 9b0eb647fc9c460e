import Documents
import Foundation
import Kernel
import Testbed
import Testing

/// Reading any file gives rows, or a failure with the next step, quickly and in little memory.
@Suite(.serialized) struct SheetFuzzTests {
    let folder = SheetFolder()

    private static let limits = SheetLimits(rows: 200, columns: 30, cellLength: 2000, bytes: 1 << 20)

    private func read(_ path: String) {
        do {
            try readSheet(path, limits: Self.limits) { _ in }
        } catch let failure as Failure {
            #expect(failure.code.hasPrefix("sheet."))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(.timeLimit(.minutes(20))) func damagedListsOnlyFail() throws {
        let seeds =
            [
                "姓名,身份证号\r\n\"岳,明\"\"远\",11010519491231002X\r\n", "a;b;c\n1;2;\"x\ny\"\n", "\u{FEFF}甲\t乙\n丙\t丁",
            ].map { Array($0.utf8) } + [[0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xB5, 0xC8, 0x0A, 0x82, 0x35, 0x81, 0x35]]
        var mutator = Mutator(seed: 1, words: ["\"", "\"\"", ",", "\r", "\n", "\u{FEFF}", "\0", "=1+1", "\u{202E}"])
        let before = Mutator.memory
        for _ in 0..<Mutator.count(3000, long: 100_000) { read(try folder.file(mutator.next(of: seeds))) }
        #expect(Mutator.memory - before < 200)
    }

    @Test(.timeLimit(.minutes(20))) func damagedWorkbooksOnlyFail() throws {
        let parts = [
            (
                "xl/worksheets/s.xml",
                #"<w><d><row r="1"><c r="A1" t="s"><v>0</v></c><c s="1"><v>44713</v></c></row></d></w>"#
            ),
            ("xl/sharedStrings.xml", "<sst><si><t>张</t></si><si><r><t>三</t></r></si></sst>"),
            ("xl/styles.xml", #"<s><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></s>"#),
            ("xl/_rels/workbook.xml.rels", #"<R><Relationship Id="a" Target="worksheets/s.xml"/></R>"#),
            ("xl/workbook.xml", #"<w><sheets><sheet name="x" r:id="a" xmlns:r="r"/></sheets></w>"#),
        ]
        let words = [
            "<c>", "</c>", "<row r=\"9\">", "<!DOCTYPE a>", "&lt;", "&x;", "<mergeCell ref=\"A1:B9\"/>", " t=\"s\"",
            "<f>", "]]>",
            " r=\"ZZZ99999999\"", "-1", "1e999", "_x0000_",
        ]
        var mutator = Mutator(seed: 2, words: words)
        let before = Mutator.memory
        for _ in 0..<Mutator.count(1500, long: 40_000) {
            var spoilt = parts
            let index = mutator.below(parts.count)
            spoilt[index].1 = String(decoding: mutator.next(of: [Array(parts[index].1.utf8)]), as: UTF8.self)
            read(folder.zip(spoilt.map { ($0.0, $0.1) }))
        }
        // Mutations of the archive's bytes.
        let whole = Array(try Data(contentsOf: URL(filePath: folder.zip(parts.map { ($0.0, $0.1) }))))
        for _ in 0..<Mutator.count(1000, long: 40_000) { read(try folder.file(mutator.next(of: [whole]))) }
        #expect(Mutator.memory - before < 200)
    }
}
