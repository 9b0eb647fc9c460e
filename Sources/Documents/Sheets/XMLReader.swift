import CExpat
import Foundation
import Kernel

/// Receives the events of an XML reader.
protocol XMLReaderDelegate: AnyObject {
    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws
    func end(_ name: XMLReader.Name) throws
    func text(_ bytes: UnsafeRawBufferPointer) throws
}

/// A streaming XML parser that refuses document types, so there are no custom entities.
final class XMLReader: MemberReader {
    private let parser: OpaquePointer
    private let events: any XMLReaderDelegate
    private let part: String
    private var error: (any Error)?
    /// The bytes passed to the parser, and the offset at which an element last began.
    private var (fed, seen) = (0, 0)
    private var depth = 0

    /// Limits, because the parser rescans incomplete input repeatedly and keeps a record of each open element. Real
    /// spreadsheets stay far below them.
    private static let (longest, deepest) = (256 << 10, 64)

    init(_ part: String, _ events: any XMLReaderDelegate) throws {
        guard let parser = XML_ParserCreate(nil) else { throw Failure.sheetDamaged(part) }
        self.parser = parser
        self.events = events
        self.part = part
        listen()
    }

    deinit { XML_ParserFree(parser) }

    private func listen() {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { this, name, attributes in
                guard let name, let attributes else { return }
                XMLReader.at(this, deeper: 1) { try $0.start(Name(name), Attributes(list: attributes)) }
            },
            { this, name in
                guard let name else { return }
                XMLReader.at(this, deeper: -1) { try $0.end(Name(name)) }
            })
        XML_SetCharacterDataHandler(parser) { this, bytes, count in
            XMLReader.at(this) { try $0.text(UnsafeRawBufferPointer(start: bytes, count: Int(count))) }
        }
        XML_SetStartDoctypeDeclHandler(parser) { this, _, _, _, _ in
            let part = this.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue().part } ?? ""
            XMLReader.at(this) { _ in throw Failure.sheetDoctype(part) }
        }
    }

    /// Errors are kept until the C call returns.
    private static func at(
        _ this: UnsafeMutableRawPointer?, deeper: Int = 0, _ body: (any XMLReaderDelegate) throws -> Void
    ) {
        guard let this else { return }
        let markup = Unmanaged<XMLReader>.fromOpaque(this).takeUnretainedValue()
        guard markup.error == nil else { return }
        markup.depth += deeper
        do {
            guard markup.depth <= deepest else { throw Failure.sheetMarkup(markup.part) }
            try body(markup.events)
        } catch {
            markup.error = error
            XML_StopParser(markup.parser, 0)
        }
    }

    func take(_ chunk: Zip.Chunk) throws { try parse(chunk, isLast: 0) }
    func end() throws { try parse(Zip.Chunk(start: nil, count: 0), isLast: 1) }

    private func parse(_ chunk: Zip.Chunk, isLast: Int32) throws {
        let bytes = chunk.bindMemory(to: CChar.self).baseAddress
        let status = XML_Parse(parser, bytes, Int32(chunk.count), isLast)
        if let error { throw error }
        guard status == XML_STATUS_OK else { throw Failure.sheetDamaged(part) }
        fed += chunk.count
        seen = max(seen, Int(XML_GetCurrentByteIndex(parser)))
        guard fed - seen <= Self.longest else { throw Failure.sheetMarkup(part) }
    }
}

extension XMLReader {
    /// A name without its prefix, valid during the event.
    struct Name {
        private let start: UnsafePointer<CChar>

        init(_ name: UnsafePointer<CChar>) {
            start = strrchr(name, 58).map { UnsafePointer($0 + 1) } ?? name
        }

        static func ~= (name: StaticString, value: Name) -> Bool { value == name }

        static func == (a: Name, b: StaticString) -> Bool {
            b.utf8Start.withMemoryRebound(to: CChar.self, capacity: b.utf8CodeUnitCount + 1) {
                strcmp(a.start, $0) == 0
            }
        }
    }

    /// Alternating names and values, valid during the event.
    struct Attributes {
        fileprivate let list: UnsafeMutablePointer<UnsafePointer<CChar>?>

        /// The value of the first attribute of that name, with any prefix.
        subscript(_ name: StaticString) -> UnsafePointer<CChar>? {
            var index = 0
            while let found = list[index] {
                if Name(found) == name { return list[index + 1] }
                index += 2
            }
            return nil
        }

        func has(_ name: StaticString) -> Bool { self[name] != nil }

        func string(_ name: StaticString) -> String? { self[name].map { String(cString: $0) } }

        func int(_ name: StaticString) -> Int? { self[name].flatMap { Int(String(cString: $0)) } }

        func isTrue(_ name: StaticString) -> Bool { ["1", "true"].contains(string(name)) }
    }
}
