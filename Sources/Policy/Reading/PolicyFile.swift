import Foundation
import Kernel
import YAML

/// Reads a policy file, the files that it is based on, and the texts of its sources.
package func readPolicy(at path: String) throws(Failure) -> PolicyReading {
    guard let text = try contents(path) else {
        throw Failure(
            .notFound, "policy.no-file", "读不到政策文件 \(path)。请核对路径，文件不超过 512 KiB。",
            en: "The policy file \(path) cannot be read. Check the path; the file has at most 512 KiB.")
    }
    // Only files in this folder, or in folders below its parent, are read: a policy must not read arbitrary files.
    let folder = URL(filePath: path).deletingLastPathComponent()
    let root = folder.deletingLastPathComponent().standardizedFileURL.path + "/"
    return readPolicy(text, file: path) { name, file in
        guard !name.hasPrefix("/"), [".yaml", ".md", ".txt"].contains(where: name.hasSuffix) else { return nil }
        let base = URL(filePath: file).deletingLastPathComponent().appending(path: name).standardizedFileURL
        guard base.path.hasPrefix(root) else { return nil }
        let shown = base.relativePath(from: path)
        return (try? contents(base.path)).flatMap { $0 }.map { ($0, shown) }
    }
}

/// The text of a file; `nil` if it cannot be read. Failure: `policy.not-utf8`.
private func contents(_ path: String) throws(Failure) -> String? {
    guard let file = OpenFile(reading: path), file.size <= YAMLLimits.standard.bytes + 1, let bytes = try? file.bytes()
    else { return nil }
    if let text = String(validating: bytes, as: UTF8.self) {
        // Some editors write a byte order mark, which is not part of the text.
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }
    let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    let (seen, looks) =
        isWide ? ("是 UTF-16", "is UTF-16") : ("不是 UTF-8，多半是 GBK/GB18030", "is not UTF-8, probably GB18030")
    throw Failure(
        .badInput, "policy.not-utf8",
        "政策文件 \(path) 的编码\(seen)。请用记事本或 WPS 打开，“另存为”时编码选 UTF-8，再试一次。",
        en: "The policy file \(path) \(looks). Open it in an editor, save it with the encoding UTF-8, and try again.")
}

extension URL {
    /// The path relative to the current folder if `other` is relative.
    fileprivate func relativePath(from other: String) -> String {
        guard !other.hasPrefix("/") else { return path }
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
