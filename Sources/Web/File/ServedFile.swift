import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// A file to be served, whole or in part. Memory does not grow with its size.
package struct ServedFile: Sendable {
    let name: String
    let type: FileType
    let size: Int
    let tag: String
    let isInline: Bool
    let isPublic: Bool
    let read: @Sendable (Range<Int>) async throws -> [UInt8]

    /// `tag`: hexadecimal digits that differ if the bytes differ. `isInline`: shown instead of saved, if the type
    /// allows it. `isPublic`: may be cached for an hour; other files are not cached by browsers.
    ///
    /// `read` returns bytes from the start of a range within the file: at least one, and as many as it holds in memory
    /// at once.
    package init(
        _ name: String, type: FileType, size: Int, tag: String, isInline: Bool = false, isPublic: Bool = false,
        read: @escaping @Sendable (Range<Int>) async throws -> [UInt8]
    ) {
        (self.name, self.type, self.size, self.tag) = (name, type, size, tag)
        (self.isInline, self.isPublic, self.read) = (isInline && type.mayBeShown, isPublic, read)
    }
}

extension ServedFile {
    /// Failures: those of reading the first bytes. If later bytes cannot be read, the connection is closed.
    func response(to request: Request) async throws -> Response {
        var headers: HTTPFields = [.acceptRanges: "bytes", .eTag: "\"\(tag)\""]
        if isPublic { headers[.cacheControl] = "public, max-age=3600" }
        if isKnown(request.headers[.ifNoneMatch]) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = type.rawValue
        headers[.contentDisposition] = FileName.disposition(name, type, isInline: isInline)
        switch range(request) {
        case .whole: return try await response(.ok, headers, 0..<size, request)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return try await response(.partialContent, headers, range, request)
        case .unsatisfiable:
            return Response(
                status: .rangeNotSatisfiable,
                headers: [.contentRange: "bytes */\(size)", .contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "这个文件共 \(size) 字节，没有所要的部分。请重新下载整个文件。\n")))
        }
    }

    /// The range, if the method is GET and `If-Range` is absent or equal to the tag. Files here have no date, so a date
    /// never matches.
    private func range(_ request: Request) -> ByteRange {
        let condition = request.headers[.ifRange]
        guard request.method == .get, condition == nil || condition == "\"\(tag)\"" else { return .whole }
        return ByteRange(request.headers[.range], size: size)
    }

    /// Whether `If-None-Match` contains the tag, by weak comparison.
    private func isKnown(_ field: String?) -> Bool {
        (field ?? "").split(separator: ",").contains { part in
            let tag = part.trimmingPrefix { $0 == " " }
            return tag == "*" || tag.trimmingPrefix("W/").prefix { $0 != " " } == "\"\(self.tag)\""
        }
    }

    private func response(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ range: Range<Int>, _ request: Request
    ) async throws -> Response {
        // The first bytes are read before the headers are sent, so a lost file gives a failure page.
        let first = request.method == .head || range.isEmpty ? [] : try await read(range)
        let body = ResponseBody(contentLength: range.count) { writer in
            var (bytes, place) = (first, range.lowerBound)
            while place < range.upperBound {
                if bytes.isEmpty {
                    let rest = place..<range.upperBound
                    // Reading and decrypting must not block the event loop.
                    bytes = try await withTaskExecutorPreference(globalConcurrentExecutor) { try await read(rest) }
                }
                try await writer.write(ByteBuffer(bytes: bytes))
                (bytes, place) = ([], place + bytes.count)
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }
}
