/// A value that a template shows: a table of named, typed getters.
package protocol PageValue: Sendable {
    static var fields: [String: Field<Self>] { get }
    /// A realistic value: templates are checked with it, and the component page shows it.
    static var sample: Self { get }
}

/// A name that a template may use, with its getter.
package struct Field<Value: Sendable>: Sendable {
    let getter: Getter<Value>

    /// `{{name}}`, escaped.
    package static func text(_ get: @escaping @Sendable (Value) -> String) -> Field {
        Field(getter: .text(get))
    }

    /// `{{{name}}}`, inserted as HTML.
    package static func html(_ get: @escaping @Sendable (Value) -> HTML) -> Field {
        Field(getter: .html(get))
    }

    /// `{{#name}}…{{/name}}` and `{{^name}}…{{/name}}`, with the names of the same value.
    package static func flag(_ get: @escaping @Sendable (Value) -> Bool) -> Field {
        Field(getter: .flag(get))
    }

    /// `{{#name}}…{{/name}}` for an inner value, and `{{^name}}…{{/name}}` if there is none.
    package static func item<Inner: PageValue>(_ get: @escaping @Sendable (Value) -> Inner?) -> Field {
        Field(getter: .inner(One(get: get)))
    }

    /// `{{#name}}…{{/name}}` for each inner value, and `{{^name}}…{{/name}}` if there are none.
    package static func list<Inner: PageValue>(_ get: @escaping @Sendable (Value) -> [Inner]) -> Field {
        Field(getter: .inner(Many(get: get)))
    }
}

enum Getter<Value: Sendable>: Sendable {
    case text(@Sendable (Value) -> String)
    case html(@Sendable (Value) -> HTML)
    case flag(@Sendable (Value) -> Bool)
    case inner(any InnerField<Value>)
}

/// A field whose values have their own fields.
protocol InnerField<Value>: Sendable {
    associatedtype Value
    func section(_ parts: [TemplatePart], _ place: TemplatePosition) throws -> Step<Value>
    var isEmpty: @Sendable (Value) -> Bool { get }
}

struct One<Value: Sendable, Inner: PageValue>: InnerField {
    let get: @Sendable (Value) -> Inner?

    func section(_ parts: [TemplatePart], _ place: TemplatePosition) throws -> Step<Value> {
        let inner = try CompiledTemplate<Inner>(parts, place)
        return { [get] value, page in if let one = get(value) { inner.write(one, &page) } }
    }

    var isEmpty: @Sendable (Value) -> Bool { { [get] in get($0) == nil } }
}

struct Many<Value: Sendable, Inner: PageValue>: InnerField {
    let get: @Sendable (Value) -> [Inner]

    func section(_ parts: [TemplatePart], _ place: TemplatePosition) throws -> Step<Value> {
        let inner = try CompiledTemplate<Inner>(parts, place)
        return { [get] value, page in for one in get(value) { inner.write(one, &page) } }
    }

    var isEmpty: @Sendable (Value) -> Bool { { [get] in get($0).isEmpty } }
}
