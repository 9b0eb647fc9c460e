import Foundation
import Kernel

/// The templates of all features, read at start. A page gets its template by name, checked against its value.
package struct Views: Sendable {
    private let texts: [String: [TemplatePart]]
    private let assets: Assets

    /// Reads every `*.mustache` in the folders. A template has the name of its file, which must be unique.
    ///
    /// Failure: `web.template`.
    package init(_ folders: [URL], _ assets: Assets) throws {
        var texts: [String: [TemplatePart]] = [:]
        for folder in folders {
            for file in try Self.files(folder) {
                let name = file.deletingPathExtension().lastPathComponent
                guard texts[name] == nil else { throw Failure.template(name, "two files have this name") }
                let text = try String(contentsOf: file, encoding: .utf8)
                texts[name] = try TemplateText.parts(of: text, named: name)
            }
        }
        (self.texts, self.assets) = (texts, assets)
    }

    private static func files(_ folder: URL) throws -> [URL] {
        guard let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        else { throw Failure.template(folder.lastPathComponent, "the folder \(folder.path) cannot be read") }
        return files.filter { $0.pathExtension == "mustache" }.sorted { $0.path < $1.path }
    }

    /// The template of that name, checked against its value.
    package func view<Value: PageValue>(_ name: String, of: Value.Type = Value.self) throws -> View<Value> {
        try View(name, texts, assets)
    }

    package var names: [String] { texts.keys.sorted() }
}
