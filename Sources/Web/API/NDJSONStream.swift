import Foundation
import Hummingbird
import Kernel
import Logging
import NIOCore

/// Rows that are answered as lines of JSON, one after another. No more of them are in memory than are being written:
/// the reading waits for the client.
package struct NDJSONStream<Row: Codable & Sendable>: Sendable {
    let produce: @Sendable (inout any ResponseBodyWriter) async throws -> Void

    /// `pages`: some rows at a time.
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

    /// What fails on the way stands in the log under the request's number and ends the connection: the client sees
    /// that the last chunk is missing.
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
