import Kernel

/// The JSON schema of a type. `JSONSchemaDecoder` derives it from the type, so the two agree.
indirect enum JSONSchema: Sendable, Equatable {
    struct Property: Sendable, Equatable {
        let name: String
        let schema: JSONSchema
        /// Whether the field may be left out or be `null`.
        let isOptional: Bool
    }

    /// `choices`: the cases of an enumeration; `nil` for any text.
    case text(choices: [String]?)
    case integer
    case flag
    case list(JSONSchema)
    /// An object with any names and values of one schema.
    case map(JSONSchema)
    case optional(JSONSchema)
    case object([Property])

    /// The schema as JSON Schema (2020-12, which OpenAPI 3.1 uses). Requests allow no further fields, and `null` for
    /// optional ones. In responses optional fields may be absent, and later versions may add fields.
    func document(isRequest: Bool) -> JSONValue {
        switch self {
        case .text(let choices):
            var schema: [String: JSONValue] = ["type": .text("string")]
            schema["enum"] = choices.map { .array($0.map { .text($0) }) }
            if isRequest, choices == nil { schema["pattern"] = .text(Self.sendable) }
            return .object(schema)
        case .integer: return .object(["type": .text("integer")])
        case .flag: return .object(["type": .text("boolean")])
        case .list(let item):
            return .object(["type": .text("array"), "items": item.document(isRequest: isRequest)])
        case .map(let value):
            var schema: [String: JSONValue] = [
                "type": .text("object"), "additionalProperties": value.document(isRequest: isRequest),
            ]
            if isRequest { schema["propertyNames"] = JSONSchema.text(choices: nil).document(isRequest: true) }
            return .object(schema)
        case .optional(let schema):
            return .object([
                "anyOf": .array([schema.document(isRequest: isRequest), .object(["type": .text("null")])])
            ])
        case .object(let properties): return document(properties, isRequest: isRequest)
        }
    }

    /// Texts without the control characters that `JSONReader` refuses.
    private static let sendable = #"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"#

    private func document(_ properties: [Property], isRequest: Bool) -> JSONValue {
        var documents: [String: JSONValue] = [:]
        for property in properties {
            let schema = isRequest && property.isOptional ? .optional(property.schema) : property.schema
            documents[property.name] = schema.document(isRequest: isRequest)
        }
        var document: [String: JSONValue] = ["type": .text("object"), "properties": .object(documents)]
        let needed = properties.filter { !$0.isOptional }.map(\.name)
        if !needed.isEmpty { document["required"] = .array(needed.map { .text($0) }) }
        if isRequest { document["additionalProperties"] = .flag(false) }
        return .object(document)
    }
}

// MARK: - Checking what was sent

extension JSONSchema {
    /// A fault in a value, with its field.
    struct Fault: Error, Equatable {
        enum Reason: Equatable {
            case missing, unknown
            case type(String)
        }

        /// The field, such as `place.name`; empty for the whole value.
        let path: String
        let reason: Reason
    }

    /// The first fault; `nil` where the value matches the schema.
    func fault(in tree: JSONTree, at path: String = "") -> Fault? {
        switch (self, tree) {
        case (.optional, .null), (.text(nil), .text), (.integer, .integer), (.flag, .flag): return nil
        case (.text(let choices?), .text(let text)) where choices.contains(text): return nil
        case (.optional(let schema), _): return schema.fault(in: tree, at: path)
        case (.list(let schema), .array(let values)):
            return values.enumerated().lazy.compactMap { schema.fault(in: $1, at: "\(path)[\($0)]") }.first
        case (.map(let schema), .object(let fields)):
            return fields.sorted { $0.key < $1.key }.lazy
                .compactMap { schema.fault(in: $1, at: Self.path(path, $0)) }.first
        case (.object(let properties), .object(let fields)): return fault(properties, fields, path)
        default: return Fault(path: path, reason: .type(words))
        }
    }

    private func fault(_ properties: [Property], _ fields: [String: JSONTree], _ path: String) -> Fault? {
        for property in properties {
            let path = Self.path(path, property.name)
            switch fields[property.name] {
            case nil, .null?: if !property.isOptional { return Fault(path: path, reason: .missing) }
            case let value?: if let fault = property.schema.fault(in: value, at: path) { return fault }
            }
        }
        let unknown = Set(fields.keys).subtracting(properties.map(\.name)).min()
        return unknown.map { Fault(path: Self.path(path, $0), reason: .unknown) }
    }

    private static func path(_ path: String, _ name: String) -> String {
        (path.isEmpty ? "" : path + ".") + name.prefix(40)
    }

    private var words: String {
        switch self {
        case .text(nil): "文字，写在双引号里"
        case .text(let choices?): "以下之一：" + choices.joined(separator: "、")
        case .integer: "整数，不加引号"
        case .flag: "真假值（true 或 false）"
        case .list: "数组"
        case .map, .object: "对象"
        case .optional(let schema): schema.words
        }
    }
}

extension Failure {
    /// `line`: the line number in NDJSON.
    static func badField(_ fault: JSONSchema.Fault = .init(path: "", reason: .missing), line: Int? = nil) -> Failure {
        let place = line.map { "第 \($0) 行" } ?? ""
        let field = fault.path.isEmpty ? "内容" : "字段 \(fault.path) "
        let words =
            switch fault.reason {
            case .missing: "\(field)没有填写"
            case .unknown: "\(field)不在接口文档里"
            case .type(let type): "\(field)应为\(type)"
            }
        return Failure(
            .badInput, "api.field", "\(place)\(words)。没有登记任何内容，请按接口文档改正后再发。",
            en: "\(line.map { "Line \($0): " } ?? "")The field \(fault.path) is missing, unknown or of another type; "
                + "see the document. Nothing was done.")
    }
}
