import Crypto
import Foundation
import Kernel

/// A JSON value to be written.
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
}

extension Data {
    /// The ETag of these bytes.
    var etag: String { SHA256.hash(data: self).prefix(12).hexadecimal }
}
