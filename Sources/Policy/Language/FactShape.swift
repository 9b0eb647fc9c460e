import Kernel

/// A fact of evidence or of a person: its name and the values it accepts.
///
/// A class, because each decision uses all shapes of its kind and a copy costs many reference counts.
package final class FactShape: Sendable {
    package enum Form: Sendable {
        /// One of these keys, each with the name that people read.
        case oneOf([(key: String, name: String)])
        case integer(Bounds)
        /// Bounds in hundredths.
        case hours(Bounds)
        /// Bounds in day numbers.
        case day(Bounds)
        case text(TextFormat)
    }

    package let key: String
    package let name: String
    package let form: Form
    package let optional: Bool
    /// The condition on other facts of the same evidence under which this fact is needed; always needed if `nil`.
    let neededIf: Condition?
    /// The same condition as text: `考试为合格`.
    package let neededWhen: LocalizedText?

    private init(key: String, name: String, form: Form, optional: Bool, needed: (Condition, LocalizedText)? = nil) {
        (self.key, self.name, self.form, self.optional) = (key, name, form, optional)
        (neededIf, neededWhen) = (needed?.0, needed?.1)
    }

    /// Whether the fact is required beside these facts.
    package func isNeeded(in facts: [String: Fact]) -> Bool {
        guard let neededIf else { return !optional }
        return neededIf.holds(
            in: EvaluationContext(evidence: facts, day: .first, period: Period(from: .first, to: .last)))
    }

    package var textFormat: TextFormat? { if case .text(let format) = form { format } else { nil } }

    /// The name of a value for people: `国内国家级` for `national`.
    package func name(of value: Fact) -> String {
        if case .oneOf(let choices) = form, let choice = choices.first(where: { .text($0.key) == value }) {
            return choice.name
        }
        return value.description
    }

    /// Whether the fact accepts a value.
    package func accepts(_ value: Fact) -> Bool {
        switch form {
        case .oneOf(let choices): if case .text(let key) = value { choices.contains { $0.key == key } } else { false }
        case .integer(let bounds): if case .integer(let number) = value { bounds.contains(number) } else { false }
        case .hours(let bounds): if case .hours(let hours) = value { bounds.contains(hours.hundredths) } else { false }
        case .day(let bounds): if case .day(let day) = value { bounds.contains(day.number) } else { false }
        case .text(let format): if case .text(let text) = value { Self.isText(text, format) } else { false }
        }
    }

    private static func isText(_ text: String, _ format: TextFormat) -> Bool {
        !text.isEmpty && text.utf8.count <= 500 && format.accepts(text)
    }

    /// Reads a value as people type it: the key or the name of a choice, a number, hours, a day, a text.
    package func value(_ text: String) -> Fact? {
        let value: Fact? =
            switch form {
            case .oneOf(let choices): choices.first { $0.key == text || $0.name == text }.map { .text($0.key) }
            case .integer: wholeNumber(text).map { .integer($0) }
            case .hours: CreditHours(text).map { .hours($0) }
            case .day: Day(text).map { .day($0) }
            case .text(let format): format.normal(text).map { .text($0) }
            }
        return value.flatMap { accepts($0) ? $0 : nil }
    }

    /// Reads a value of an example; `06-01` is a day of its year, and `this-year` is the year itself.
    func value(_ text: String, in year: Year) -> Fact? {
        switch form {
        case .integer where text == "this-year": return .integer(year.number)
        case .day:
            guard let day = Window.Edge(text)?.day(in: year), accepts(.day(day)) else { return nil }
            return .day(day)
        default: return value(text)
        }
    }

    /// The names of the choices; empty if the fact has none.
    package var choices: [String] {
        if case .oneOf(let choices) = form { choices.map(\.name) } else { [] }
    }

    /// The accepted values as text for people: `国外、国内国家级、省级、市级`.
    package var accepted: LocalizedText {
        switch form {
        case .oneOf(let choices): .list(choices.map(\.name))
        case .integer(let bounds): LocalizedText("整数", en: "a whole number") + bounds.text()
        case .hours(let bounds):
            LocalizedText("学时数（最多两位小数）", en: "a number of hours (up to two decimals)")
                + bounds.text { CreditHours(hundredths: $0).description }
        case .day(let bounds):
            LocalizedText("日期（如 2022-06-01）", en: "a day (such as 2022-06-01)")
                + bounds.text { Day(number: $0).description }
        case .text(let format): format.accepted
        }
    }
}

extension FactShape {
    /// Why a typed text is not accepted, and what is: `“978-…”是书号（ISBN），不是刊号。应为：…`.
    package func objection(to text: String) -> LocalizedText {
        var seen: LocalizedText?
        if case .text(let format) = form { seen = format.fault(text) }
        let advice = unit(of: text).map {
            LocalizedText("。只填数字，不写“\($0)”", en: ". Write only the number")
        }
        return (seen ?? LocalizedText("“\(text)”不符", en: "“\(text)” is not accepted")) + (advice ?? .empty)
            + LocalizedText("。应为：", en: ". Accepted: ") + accepted
    }

    /// The unit of this fact behind a number that is accepted without it: `学时` of `24学时`.
    private func unit(of text: String) -> String? {
        let usual: [String]
        switch form {
        case .integer: usual = ["人", "名", "位"]
        case .hours: usual = ["学时", "个学时"]
        case .oneOf, .day, .text: return nil
        }
        let typed = text.narrow.filter { !$0.isWhitespace }
        let number = typed.prefix { $0 == "." || $0.isASCII && $0.isNumber }
        let unit = String(typed.dropFirst(number.count))
        guard !unit.isEmpty, name.contains(unit) || usual.contains(unit) else { return nil }
        return value(String(number)) == nil ? nil : unit
    }
}

extension FactShape {
    /// Reads `{ name: 作者数, integer: 1.. }`; exactly one of the five form keys is present.
    convenience init(_ key: String, _ tree: YAMLTree, _ scope: SymbolTable) {
        let findings = scope.findings
        guard let section = YAMLSection(tree, "the fact \(key)", findings) else {
            self.init(key: key, name: key, form: .text(.any), optional: false)
            return
        }
        let name = section.required("name", or: key)
        let forms = [
            Self.choices(section, scope).map(Form.oneOf),
            section.value("integer", Self.bounds("1..")) { Self.bounds($0) { wholeNumber($0) } }.map(Form.integer),
            section.value("hours", Self.bounds("0.5..10")) { Self.bounds($0, hoursNumber) }.map(Form.hours),
            section.value("date", Self.bounds("2018-01-01..")) { Self.bounds($0, dayNumber) }.map(Form.day),
            section.value("text", Self.formats) { TextFormat(rawValue: $0) }.map(Form.text),
        ].compactMap { $0 }
        if forms.count != 1 {
            findings.error(
                tree.place, "the fact \(key) has one form of: one-of, integer, hours, date, text",
                "\(key) 只能是一种形式：one-of（选项）、integer（整数）、hours（学时）、date（日期）、text（文字）")
        }
        let optional = section.flag("optional") ?? false
        if optional, section.has("needed") {
            findings.error(
                section.place(of: "needed"), "the fact \(key) is optional, or needed where something holds",
                "\(key) 的 optional 和 needed 只能写一个")
        }
        // The condition may use only facts of the same evidence that were read before this one.
        var beside = scope
        (beside.person, beside.asked) = ([], [])
        let needed = section.tree("needed").map { Condition($0, beside) }
        self.init(
            key: key, name: name, form: forms.first ?? .text(.any), optional: optional,
            needed: needed.map { ($0, $0.text { beside.shape($0)?.0 }) })
        section.close()
    }

    private static let formats = TextFormat.allCases.map(\.rawValue).joined(separator: ", ")

    private static func bounds(_ example: String) -> LocalizedText {
        LocalizedText("范围，如 \(example)，或 any（不限）", en: "bounds like \(example) or any")
    }

    private static func bounds(_ text: String, _ number: (String) -> Int?) -> Bounds? {
        text == "any" ? Bounds(low: nil, high: nil) : Bounds(text, number)
    }

    /// `one-of: { key: name }`, or the policy's own `one-of: subjects` and `one-of: themes`.
    private static func choices(_ section: YAMLSection, _ scope: SymbolTable) -> [(key: String, name: String)]? {
        guard let tree = section.tree("one-of") else { return nil }
        if tree.scalar == "subjects" { return scope.subjects.map { ($0.key, $0.name) } }
        if tree.scalar == "themes" { return scope.themes.map { ($0.key, $0.name) } }
        let pairs = YAMLSection.named(tree, "one-of", scope.findings)
        if pairs.isEmpty {
            scope.findings.error(tree.place, "one-of needs at least one key: name", "one-of 至少写一个“键: 名称”")
        }
        return pairs.map { pair in
            (
                pair.key,
                read(
                    pair.value, pair.key, LocalizedText("给人看的名称", en: "the name that people read"), { $0 },
                    scope.findings)
                    ?? pair.key
            )
        }
    }
}

/// The names that rules may use, collected while a policy is read.
struct SymbolTable {
    let findings: Findings
    var sources: [SourceDocument] = []
    var subjects: [Subject] = []
    var themes: [Theme] = []
    /// The personal facts that the policy reads.
    var person: [FactShape] = []
    /// The facts of the kind whose rules are being read.
    var evidence: [FactShape] = []
    /// The answers of the requester of a standing, such as who formed the board.
    var asked: [FactShape] = []
    /// The year that `06-01` and `this-year` refer to in samples.
    var year = Year(2000)
    /// Minutes in an hour of credit.
    var minutes: Int?

    func shape(_ key: String) -> (FactShape, FactOrigin)? {
        if let shape = evidence.first(where: { $0.key == key }) { return (shape, .evidence) }
        if let shape = person.first(where: { $0.key == key }) { return (shape, .person) }
        return asked.first { $0.key == key }.map { ($0, .asked) }
    }

    var names: [String] { (evidence + person + asked).map(\.key) }
}

/// The source of a fact.
package enum FactOrigin: Sendable, Hashable {
    case evidence
    case person
    case asked
}

/// A part of the hours: 公需科目, 专业科目, or one within another.
package struct Subject: Sendable {
    package let key: String
    package let name: String
    /// The subject that this one is part of.
    package let within: String?
}

/// A named topic of courses. It may determine the subject of their hours, whatever the course states.
package struct Theme: Sendable {
    package let key: String
    package let name: String
    package let subject: String?
    package let clause: Clause
}
