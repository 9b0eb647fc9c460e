import Foundation
import Policy
import Testing

@Suite("Base policies")
struct BaseTests {
    private func write(_ files: [String: String]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString)")
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return folder
    }

    /// A city's file is based on its province's file, which refers to the national file by a path relative to itself.
    @Test func basesAreRelativeToTheReferringFile() throws {
        let folder = try write([
            "rules/city/now.yaml": "based-on: ../province/now.yaml\npolicy: city\n",
            "rules/province/now.yaml": "based-on: base/head.yaml\npolicy: province\ntitle: 省里的\n",
            "rules/province/base/head.yaml": Head.text,
            "rules/city/base/head.yaml": "policy: wrong\n",
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let reading = try readPolicy(at: folder.appending(path: "rules/city/now.yaml").path)
        #expect(reading.findings.map(\.description) == [])
        #expect(reading.policy?.key == "city" && reading.policy?.title == "省里的")
    }

    /// A chain of relative names cannot leave the allowed folders of the first file.
    @Test func basesCannotLeaveTheAllowedFolders() throws {
        let folder = try write([
            "a/b/c/one.yaml": "based-on: ../two.yaml\npolicy: one\n", "a/b/two.yaml": "based-on: ../three.yaml\n",
            "a/three.yaml": Head.text,
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let found = try readPolicy(at: folder.appending(path: "a/b/c/one.yaml").path).findings
        #expect(found.map(\.words.chinese) == ["based-on：本文件旁边没有可读的 ../three.yaml（路径从本文件所在的文件夹算起）"])
    }
}
