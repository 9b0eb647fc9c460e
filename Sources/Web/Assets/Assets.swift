import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// Stylesheets, scripts and pictures. Their names contain a hash of their bytes, so browsers may cache them for ever.
package struct Assets: Sendable {
    private let paths: [String: String]
    private let files: [String: Asset]

    private struct Asset {
        let type: String
        let plain: ByteBuffer
        /// Compressed in parallel with the rest of the start, because it takes longest.
        let gzip: Task<ByteBuffer?, Never>
    }

    /// No assets.
    init() { (paths, files) = ([:], [:]) }

    /// Reads the files, each under its own name.
    ///
    /// Failure: `web.asset`.
    package init(_ urls: [URL]) throws {
        var (paths, files): ([String: String], [String: Asset]) = ([:], [:])
        for url in urls {
            guard let data = try? Data(contentsOf: url), let type = Self.types[url.pathExtension] else {
                throw Failure.asset(url.path)
            }
            let hash = SHA256.hash(data: data).prefix(5).hexadecimal
            let name = "\(url.deletingPathExtension().lastPathComponent).\(hash).\(url.pathExtension)"
            paths[url.lastPathComponent] = "/assets/" + name
            let gzip = Task.detached {
                Array(data).gzipped(level: 6).flatMap { $0.count < data.count ? ByteBuffer(bytes: $0) : nil }
            }
            files[name] = Asset(type: type, plain: ByteBuffer(bytes: data), gzip: gzip)
        }
        (self.paths, self.files) = (paths, files)
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "ico": "image/x-icon",
    ]

    /// The path under which a file is served.
    ///
    /// Failure: `web.asset` if there is no such file.
    package func path(_ name: String) throws -> String {
        guard let path = paths[name] else { throw Failure.asset(name) }
        return path
    }

    static let path = Path<String>("/assets/{}")

    var route: Route {
        .api(Self.path) { [files] request, name in
            guard let asset = files[name] else { throw Failure.noPage }
            let accepts = request.httpRequest.headers[.acceptEncoding]?.contains("gzip") ?? false
            var response = Response(status: .ok, body: ResponseBody(byteBuffer: asset.plain))
            if accepts, let gzip = await asset.gzip.value {
                response.body = ResponseBody(byteBuffer: gzip)
                response.headers[.contentEncoding] = "gzip"
            }
            response.headers[.vary] = "Accept-Encoding"
            response.headers[.contentType] = asset.type
            response.headers[.cacheControl] = "public, max-age=31536000, immutable"
            return .response(response)
        }.atOnce
    }
}

extension Failure {
    static func asset(_ path: String) -> Failure {
        Failure(
            .unavailable, "web.asset", "网页资源 \(path) 读不到。请重新安装本程序和它需要的软件包（见 README）。",
            en: "The asset \(path) cannot be read. Install the program and the packages it needs again (see README).")
    }
}
