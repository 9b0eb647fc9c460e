import Foundation

extension JSONSchema {
    /// The schema of a decodable type: its fields, which of them are optional, and the cases of its enumerations. A
    /// type with its own `init(from:)` may read only `String`, `Int`, `Bool`, `Data` and types made of them.
    ///
    /// Failure: `DecodingError` if the type contains anything else.
    init<T: Decodable>(_ type: T.Type) throws { self = try Self.example(type).schema }

    /// The schema of a type and an example value, with which the decoding of the outer type continues.
    fileprivate static func example<T: Decodable>(_ type: T.Type) throws -> (schema: JSONSchema, value: T) {
        if let known = type as? any KnownSchema.Type, let value = known.example as? T {
            return (try known.schema, value)
        }
        if let listed = type as? any CaseIterable.Type {
            let (names, first) = cases(of: listed)
            if !names.isEmpty, let value = first as? T { return (.text(choices: names), value) }
        }
        let decoder = JSONSchemaDecoder()
        let value = try T(from: decoder)
        return (.object(decoder.properties), value)
    }

    private static func cases<E: CaseIterable>(of type: E.Type) -> (names: [String], first: E?) {
        let all = Array(E.allCases)
        return (all.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }, all.first)
    }
}

/// A type with a fixed schema.
private protocol KnownSchema {
    static var schema: JSONSchema { get throws }
    static var example: Self { get }
}

extension String: KnownSchema {
    fileprivate static var schema: JSONSchema { .text(choices: nil) }
    fileprivate static var example: String { "" }
}

extension Int: KnownSchema {
    fileprivate static var schema: JSONSchema { .integer }
    fileprivate static var example: Int { 0 }
}

extension Bool: KnownSchema {
    fileprivate static var schema: JSONSchema { .flag }
    fileprivate static var example: Bool { false }
}

/// Base64.
extension Data: KnownSchema {
    fileprivate static var schema: JSONSchema { .text(choices: nil) }
    fileprivate static var example: Data { Data() }
}

extension Array: KnownSchema where Element: Decodable {
    fileprivate static var schema: JSONSchema { get throws { .list(try JSONSchema(Element.self)) } }
    fileprivate static var example: [Element] { [] }
}

extension Dictionary: KnownSchema where Key == String, Value: Decodable {
    fileprivate static var schema: JSONSchema { get throws { .map(try JSONSchema(Value.self)) } }
    fileprivate static var example: [String: Value] { [:] }
}

extension Optional: KnownSchema where Wrapped: Decodable {
    fileprivate static var schema: JSONSchema { get throws { .optional(try JSONSchema(Wrapped.self)) } }
    fileprivate static var example: Wrapped? { nil }
}

/// Returns example values and records the fields that the type reads.
private final class JSONSchemaDecoder: Decoder {
    fileprivate(set) var properties: [JSONSchema.Property] = []
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(FieldReader<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw other }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw other }

    var other: DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "a type without a schema"))
    }
}

private final class FieldReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: JSONSchemaDecoder
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []
    /// The field whose presence was checked: it is optional.
    private var asked: String?

    init(decoder: JSONSchemaDecoder) { self.decoder = decoder }

    func contains(_ key: Key) -> Bool {
        asked = key.stringValue
        return true
    }

    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (schema, value) = try JSONSchema.example(type)
        decoder.properties.append(
            JSONSchema.Property(name: key.stringValue, schema: schema, isOptional: asked == key.stringValue))
        asked = nil
        return value
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> { throw decoder.other }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw decoder.other }
    func superDecoder() throws -> any Decoder { throw decoder.other }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw decoder.other }
}
