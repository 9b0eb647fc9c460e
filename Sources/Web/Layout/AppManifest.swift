import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What a browser reads to install the site as an app (W3C Web Application Manifest).
struct AppManifest: Encodable, Sendable {
    static let path: Path<> = Path("/manifest.webmanifest")

    private let id = "/"
    private let name: String
    private let shortName: String
    private let lang = "zh-CN"
    private let startUrl: String
    private let scope = "/"
    private let display = "standalone"
    /// The colours of the theme: accent and paper.
    private let themeColor = "#1c4e78"
    private let backgroundColor = "#f7f6f2"
    private let icons: [Icon]

    private struct Icon: Encodable {
        let src: String
        let sizes: String
        let type = "image/png"
        let purpose: String
    }

    /// `start`: the page that the app opens. Failure: `web.asset`.
    init(_ imprint: Imprint, start: Link, _ assets: Assets) throws {
        (name, shortName, startUrl) = ("\(imprint.name) · \(imprint.city)", imprint.name, start.text)
        icons = try AppIcon.all.map { icon in
            Icon(src: try assets.path(icon.file), sizes: "\(icon.side)x\(icon.side)", purpose: icon.purpose)
        }
    }

    /// Failure: an encoding error, which no text causes.
    func route() throws -> Route {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = ByteBuffer(bytes: try encoder.encode(self))
        return .api(Self.path) { _ in
            .response(
                Response(
                    status: .ok,
                    headers: [.contentType: "application/manifest+json", .cacheControl: "public, max-age=3600"],
                    body: ResponseBody(byteBuffer: bytes)))
        }.atOnce
    }
}

/// A picture of the app on a home screen.
struct AppIcon: Sendable {
    let file: String
    /// In pixels.
    let side: Int
    /// `any`, or `maskable`: the mark is within the inner four fifths, so that a system may cut any shape.
    let purpose: String

    static let all = [
        AppIcon(file: "icon-192.png", side: 192, purpose: "any"),
        AppIcon(file: "icon-512.png", side: 512, purpose: "any"),
        AppIcon(file: "icon-maskable.png", side: 512, purpose: "maskable"),
    ]
}
