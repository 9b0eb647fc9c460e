import Foundation
import Kernel
import YAML

/// Reads a policy file, and the files beside it that it is based on.
package func readPolicy(at path: String) throws(Failure) -> PolicyReading {
    guard let text = contents(path) else {
        throw Failure(
            .notFound, "policy.no-file", "读不到政策文件 \(path)。请核对路径，文件应为 UTF-8 文字。",
            en: "The policy file \(path) cannot be read. Check the path; the file is text in UTF-8.")
    }
    let folder = URL(filePath: path).deletingLastPathComponent()
    return readPolicy(text, file: path) { name in
        // Only files beside this one or in folders below its parent: a policy is no way to read the disk.
        guard !name.hasPrefix("/"), name.hasSuffix(".yaml") else { return nil }
        let base = folder.appending(path: name).standardizedFileURL
        guard base.path.hasPrefix(folder.deletingLastPathComponent().standardizedFileURL.path + "/") else { return nil }
        let shown = base.relativePath(from: path)
        return contents(base.path).map { ($0, shown) }
    }
}

private func contents(_ path: String) -> String? {
    guard let file = OpenFile(reading: path), file.size <= YAMLLimits.standard.bytes + 1, let bytes = try? file.bytes()
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
}

extension URL {
    /// The path as short as the one that it was reached from: relative where that was relative.
    fileprivate func relativePath(from other: String) -> String {
        guard !other.hasPrefix("/") else { return path }
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
