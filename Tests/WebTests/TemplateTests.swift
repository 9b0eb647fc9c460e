import Kernel
import Testing

@testable import Web

@Suite struct TemplateTests {
    struct Line: PageValue {
        let name: String
        static var fields: [String: Field<Line>] { ["name": .text { $0.name }] }
        static var sample: Line { Line(name: "论文") }
    }

    struct Sheet: PageValue {
        var title = "年度 & 学时"
        var isOpen = true
        var lines: [Line] = [Line(name: "甲"), Line(name: "<乙>")]
        var owner: Line?
        static var fields: [String: Field<Sheet>] {
            [
                "title": .text { $0.title }, "isOpen": .flag { $0.isOpen }, "lines": .list { $0.lines },
                "owner": .item { $0.owner }, "mark": .html { _ in HTML(trusted: "<b>已认定</b>") },
            ]
        }
        static var sample: Sheet { Sheet() }
    }

    private func drawn(_ text: String, _ sheet: Sheet = .sample, partials: [String: String] = [:]) throws -> String {
        var texts = try partials.reduce(into: [:]) { $0[$1.key] = try TemplateText.parts(of: $1.value, named: $1.key) }
        texts["sheet"] = try TemplateText.parts(of: text, named: "sheet")
        return try View<Sheet>("sheet", texts, Assets()).draw(sheet).text
    }

    @Test(arguments: [
        ("{{title}}", "年度 &amp; 学时"),
        ("{{{mark}}}", "<b>已认定</b>"),
        ("{{#lines}}[{{name}}]{{/lines}}", "[甲][&lt;乙&gt;]"),
        ("{{#isOpen}}开{{/isOpen}}{{^isOpen}}关{{/isOpen}}", "开"),
        ("{{^owner}}无人{{/owner}}{{#owner}}{{name}}{{/owner}}", "无人"),
        ("{{^lines}}空{{/lines}}", ""),
        ("a{{! nobody reads this }}b", "ab"),
        ("{{#lines}}\n<li>{{name}}</li>\n{{/lines}}\n", "<li>甲</li>\n<li>&lt;乙&gt;</li>\n"),
        ("<ul>\n  {{#isOpen}}\n  x\n  {{/isOpen}}\n</ul>", "<ul>\n  x\n</ul>"),
        ("{{#lines}}{{>line}}{{/lines}}", "-甲-&lt;乙&gt;"),
        ("a {{#isOpen}} b {{/isOpen}} c", "a  b  c"),
    ])
    func templatesDrawTheirValues(_ text: String, _ required: String) throws {
        #expect(try drawn(text, partials: ["line": "-{{name}}"]) == required)
    }

    @Test(arguments: [
        "{{name}}", "{{{title}}}", "{{#title}}{{/title}}", "{{#lines}}{{title}}{{/lines}}", "{{>missing}}",
        "{{#isOpen}}", "{{/isOpen}}", "{{#isOpen}}{{/lines}}", "{{title", "{{}}", "{{>itself}}",
        "{{@missing.css}}",
    ])
    func anInvalidTemplateIsRefusedAtLoading(_ text: String) throws {
        let failure = #expect(throws: Failure.self) { try drawn(text, partials: ["itself": "{{>itself}}"]) }
        #expect(failure?.code == (text.contains("@") ? "web.asset" : "web.template"))
    }

    @Test func aTemplateFaultNamesItsLine() {
        let failure = #expect(throws: Failure.self) { try TemplateText.parts(of: "a\nb\n{{/x}}", named: "sheet") }
        #expect(failure?.words.english.contains("line 3") == true)
    }
}
