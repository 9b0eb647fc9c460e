import Foundation
import Kernel
import Logging

/// Writes one line of JSON per message to standard error. No message holds personal data: routes are logged by their
/// pattern, failures by their code.
package struct JSONLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.notice
    private let label: String

    /// Makes it the log of the whole program. Call it once.
    package static func install() { LoggingSystem.bootstrap { JSONLog(label: $0) } }

    init(label: String) { self.label = label }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(
        level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
        function: String, line: UInt
    ) {
        FileHandle.standardError.write(Data((Self.line(level, message, self.metadata, metadata) + "\n").utf8))
    }

    static func line(
        _ level: Logger.Level, _ message: Logger.Message, _ own: Logger.Metadata, _ more: Logger.Metadata?,
        at now: Int = SystemInputs.real.now()
    ) -> String {
        var values = own.merging(more ?? [:]) { _, new in new }.mapValues { "\($0)" }
        (values["level"], values["message"], values["time"]) = (level.rawValue, "\(message)", "\(now)")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(values)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
