import Foundation
import Hummingbird
import Kernel
import Logging
import NIOCore

/// A response of rows as lines of JSON. Only the rows that are being written are in memory: reading waits for the
/// client.
package struct NDJSONStream<Row: Codable & Sendable>: Sendable {
    let produce: @Sendable (inout any ResponseBodyWriter) async throws -> Void

    /// `pages`: batches of rows.
    package init(_ pages: some AsyncSequence<[Row], any Error> & Sendable) {
        produce = { writer in
            for try await rows in pages where !rows.isEmpty {
                var buffer = ByteBuffer()
                for row in rows {
                    buffer.writeBytes(try JSONValue.encoder.encode(row))
                    buffer.writeString("\n")
                }
                try await writer.write(buffer)
            }
        }
    }

    /// The streamed response. A failure is logged with the request's number and closes the connection. The client
    /// notices that the last chunk is missing.
    func response(to request: WebRequest) -> WebResponse {
        let body = ResponseBody { writer in
            do {
                try await produce(&writer)
            } catch {
                Logger(label: "xueshi").error(
                    "stream", metadata: ["number": "\(request.number)", "type": "\(type(of: error))"])
                throw error
            }
            try await writer.finish(nil)
        }
        return .response(
            Response(status: .ok, headers: [.contentType: APIMediaType.lines.rawValue], body: body))
    }
}
