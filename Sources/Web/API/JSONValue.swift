import Crypto
import Foundation
import Kernel

/// A piece of JSON.
indirect enum JSONValue: Sendable, Encodable {
    case object([String: JSONValue])
    case array([JSONValue])
    case text(String)
    case integer(Int)
    case flag(Bool)

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// What a value is as JSON. Fractions and nulls are not among what this API says.
    init(_ value: some Encodable) {
        let data = (try? Self.encoder.encode(value)) ?? Data()
        self = Self.read((try? JSONSerialization.jsonObject(with: data)) as Any)
    }

    private static func read(_ value: Any) -> JSONValue {
        switch value {
        case let object as [String: Any]: .object(object.mapValues(read))
        case let array as [Any]: .array(array.map(read))
        case let text as String: .text(text)
        case let number as NSNumber: isFlag(number) ? .flag(number.boolValue) : .integer(number.intValue)
        default: .object([:])
        }
    }

    private static func isFlag(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let object): try container.encode(object)
        case .array(let array): try container.encode(array)
        case .text(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        }
    }

    /// The JSON Schema of values like this one: every name that it has is needed, others may come.
    var schema: JSONValue {
        switch self {
        case .text: .object(["type": .text("string")])
        case .integer: .object(["type": .text("integer")])
        case .flag: .object(["type": .text("boolean")])
        case .array(let values):
            .object(["type": .text("array"), "items": values.first?.schema ?? .object([:])])
        case .object(let values):
            .object([
                "type": .text("object"), "properties": .object(values.mapValues(\.schema)),
                "required": .array(values.keys.sorted().map { .text($0) }),
            ])
        }
    }
}

extension Data {
    /// By what an answer is known again.
    var etag: String { SHA256.hash(data: self).prefix(12).hexadecimal }
}
