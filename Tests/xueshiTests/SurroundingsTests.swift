import Database
import Foundation
import Testbed
import Testing

/// A full disk, missing rights, and two commands at once.
@Suite struct SurroundingsTests {
    /// Whether a file system of a few megabytes can be created here.
    private static let hasSmallDisk: Bool = (try? shell("unshare -rm mount -t tmpfs tmpfs /mnt")) == 0

    private static func shell(_ command: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The disk fills up during an import: the failure is reported, acknowledged rows are present, and with free space
    /// the same command completes the work.
    @Test(.enabled(if: hasSmallDisk)) func aFullDiskLosesNothing() async throws {
        try await withFolder { folder in
            let lists = try Lists(folder: folder, people: 900)
            let disk = folder.appending(path: "disk")
            try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
            let (program, report) = (Program.path.path, folder.path + "/report")
            let run = { (words: String) in "\(program) \(words) --data \(disk.path)" }
            let script = """
                mount -t tmpfs -o size=32m tmpfs \(disk.path) || exit 90
                \(run("import places Samples/places.csv")) || exit 91
                for year in 2021 2022; do \(run("policy publish Policies/taian/$year.yaml")) || exit 92; done
                \(run("import people \(lists.people)")) > \(report).1 2>&1; echo $? >> \(report).1
                free=$(df --output=avail -k \(disk.path) | tail -n 1)
                head -c $(((free - 700) * 1024)) /dev/zero > \(disk.path)/filler || exit 93
                \(run("import hours \(lists.hours)")) > \(report).2 2>&1; echo $? >> \(report).2
                rm \(disk.path)/filler
                \(run("import hours \(lists.hours)")) > \(report).3 2>&1; echo $? >> \(report).3
                \(run("ledger verify")) > \(report).4 2>&1
                \(run("settle --year 2022 --check")) > \(report).5 2>&1
                """
            let path = folder.path + "/script"
            try script.write(toFile: path, atomically: true, encoding: .utf8)
            let code = try Self.shell("cd \(Program.root.path) && LANG=zh_CN.UTF-8 unshare -rm sh \(path)")
            #expect(code == 0)
            let told = try (1...5).map { try String(contentsOfFile: "\(report).\($0)", encoding: .utf8) }
            #expect(told[0].contains("rows=900 created=900"), "\(told[0])")
            #expect(told[1].contains("[database.full]"), "\(told[1])")
            #expect(told[1].hasSuffix("\n3\n"))
            #expect(told[2].contains("rows=1800") && told[2].contains("failed=0"), "\(told[2])")
            #expect(told[3].contains(#/chains=900 entries=1800 rows=\d+ broken=0/#), "\(told[3])")
            #expect(told[4].contains("differing=0"))
        }
    }

    /// Whether the program can run without rights: as another user if the tests run as root.
    private static let canLackRights: Bool =
        geteuid() != 0 || (try? shell("\(nobody.joined(separator: " ")) test -x \(Program.path.path)")) == 0
    private static let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    /// An unreadable folder is not a new installation, and an unwritable one is not a full disk.
    @Test(.enabled(if: canLackRights)) func missingPermissionsAreReported() async throws {
        try await withFolder { folder in
            let (program, path) = (Program(folder: folder), folder.path)
            try #require(program.run("migrate").code == 0)
            if geteuid() == 0 { _ = try Self.shell("chown -R 65534:65534 \(path)") }
            let run = { (words: String) in
                let user = geteuid() == 0 ? Self.nobody : []
                let (process, told) = (
                    program.process(user + [Program.path.path] + words.split(separator: " ").map(String.init)), Pipe()
                )
                process.executableURL = URL(filePath: "/usr/bin/env")
                (process.standardOutput, process.standardError) = (FileHandle.nullDevice, told)
                try process.run()
                let text = String(decoding: told.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                #expect(process.terminationStatus == 3)
                return text
            }
            defer { chmod(path, 0o700) }
            for words in ["status", "migrate", "settle --year 2022"] {
                chmod(path, 0)
                let told = try run(words)
                #expect(told.contains("没有权限查看 \(path)/keys.json") && told.contains("[data.unreadable]"), "\(told)")
                #expect(told.contains("请以数据目录所有者的身份运行"))
            }
            chmod(path, 0o700)
            chmod(path + "/xueshi.db", 0o400)
            let told = try run("import places Samples/places.csv")
            #expect(told.contains("没有写入数据库文件的权限") && told.contains("[database.read-only]"), "\(told)")
        }
    }

    /// Two commands write at the same time, each with half of the people and both with the same hours: both succeed.
    @Test(arguments: Engine.allCases) func concurrentCommandsBothSucceed(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder, database: url)
                try program.prepare()
                let lists = try Lists(folder: folder, people: 300)
                try #require(program.run("import", "people", lists.people).figure("created") == "300")
                let both = try [0, 1].map { _ in try start(program, ["import", "hours", lists.hours]) }
                let responses = both.map {
                    String(decoding: $0.1.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                }
                for (process, _) in both { process.waitUntilExit() }
                #expect(both.map(\.0.terminationStatus) == [0, 0], "\(responses)")
                let created = responses.reduce(0) { $0 + (Self.figure("created", $1) ?? 0) }
                #expect(created == 600, "\(responses)")
                let audit = try program.run("ledger", "verify")
                #expect(audit.last.contains(#/chains=300 entries=600 rows=\d+ broken=0/#))
                let settling = try [0, 1].map { _ in try start(program, ["settle", "--year", "2022"]) }
                for (process, pipe) in settling {
                    _ = pipe.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                }
                #expect(settling.map(\.0.terminationStatus) == [0, 0])
                #expect(try program.run("settle", "--year", "2022", "--check").figure("differing") == "0")
                #expect(try program.run("ledger", "verify").figure("broken") == "0")
            }
        }
    }

    private func start(_ program: Program, _ words: [String]) throws -> (Process, Pipe) {
        let (process, pipe) = (program.process(words), Pipe())
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        return (process, pipe)
    }

    private static func figure(_ name: String, _ text: String) -> Int? {
        text.split { $0 == " " || $0 == "\n" }.first { $0.hasPrefix(name + "=") }.flatMap {
            Int($0.dropFirst(name.count + 1))
        }
    }
}
