import Kernel

typealias Step<Value> = @Sendable (Value, inout HTML) -> Void

/// A compiled template that matches its value.
package struct View<Value: PageValue>: Sendable {
    private let compiled: CompiledTemplate<Value>

    init(_ name: String, _ texts: [String: [TemplatePart]], _ assets: Assets) throws {
        let place = TemplatePosition(name: name, texts: texts, assets: assets)
        compiled = try CompiledTemplate(try place.parts(of: name), place)
    }

    package func draw(_ value: Value) -> HTML {
        // Large enough for most pages.
        var page = HTML(capacity: 16_384)
        compiled.write(value, &page)
        return page
    }
}

/// The current template while it is compiled, for partials and failures.
struct TemplatePosition {
    let name: String
    let texts: [String: [TemplatePart]]
    let assets: Assets
    var depth = 0

    func parts(of name: String) throws -> [TemplatePart] {
        guard let parts = texts[name] else { throw fault("there is no template \(name)") }
        return parts
    }

    func partial(_ name: String) throws -> TemplatePosition {
        guard depth < 20 else { throw fault("{{>\(name)}} contains itself") }
        return TemplatePosition(name: name, texts: texts, assets: assets, depth: depth + 1)
    }

    func fault(_ words: String) -> Failure { .template(name, words) }
}

/// A compiled template; all names are resolved when it is made.
struct CompiledTemplate<Value: PageValue>: Sendable {
    /// Writes the whole value.
    let write: Step<Value>

    init(_ parts: [TemplatePart], _ place: TemplatePosition) throws {
        let fields = Value.fields
        write = Self.joined(try parts.map { try Self.step($0, fields, place) }[...])
    }

    /// One step that runs all steps. An array of closures would cost a type look-up on each page.
    private static func joined(_ steps: ArraySlice<Step<Value>>) -> Step<Value> {
        guard steps.count > 1 else { return steps.first ?? { _, _ in } }
        let half = steps.startIndex + steps.count / 2
        let (first, second) = (joined(steps[..<half]), joined(steps[half...]))
        return { value, page in
            first(value, &page)
            second(value, &page)
        }
    }

    private static func step(
        _ part: TemplatePart, _ fields: [String: Field<Value>], _ place: TemplatePosition
    ) throws -> Step<Value> {
        switch part {
        case .raw(let text):
            let bytes = Array(text.utf8)
            return { _, page in page.add(raw: bytes) }
        case .asset(let name):
            let bytes = Array(try place.assets.path(name).utf8)
            return { _, page in page.add(raw: bytes) }
        case .partial(let name):
            let inner = try place.partial(name)
            let compiled = try CompiledTemplate(try inner.parts(of: name), inner)
            return { value, page in compiled.write(value, &page) }
        case .text(let name):
            guard case .text(let get)? = fields[name]?.getter else { throw unknown(name, "text", place) }
            return { value, page in page.add(get(value)) }
        case .html(let name):
            guard case .html(let get)? = fields[name]?.getter else { throw unknown(name, "HTML", place) }
            return { value, page in page.add(get(value)) }
        case .section(let name, let inverted, let inner):
            return try section(name, inverted, inner, fields, place)
        }
    }

    private static func section(
        _ name: String, _ inverted: Bool, _ inner: [TemplatePart], _ fields: [String: Field<Value>],
        _ place: TemplatePosition
    ) throws -> Step<Value> {
        switch fields[name]?.getter {
        case .flag(let get):
            let compiled = try CompiledTemplate(inner, place)
            return { value, page in if get(value) != inverted { compiled.write(value, &page) } }
        case .inner(let field) where inverted:
            let (compiled, isEmpty) = (try CompiledTemplate(inner, place), field.isEmpty)
            return { value, page in if isEmpty(value) { compiled.write(value, &page) } }
        case .inner(let field):
            return try field.section(inner, place)
        default:
            throw unknown(name, "section", place)
        }
    }

    private static func unknown(_ name: String, _ kind: String, _ place: TemplatePosition) -> Failure {
        place.fault("\(Value.self) has no \(kind) named \(name)")
    }
}
