import Database
import Foundation
import Kernel
import Testbed
import Testing

/// Large files over HTTP: constant memory, interruptions at any step, and a full disk.
@Suite struct UploadTests {
    // MARK: - Memory

    /// One large file, and 30 at once: memory does not grow with their size.
    @Test(arguments: [false, true], [(Program.isLong ? 2048 : 128, 1), (Program.isLong ? 128 : 8, 30)])
    func memoryDoesNotGrowWithUploads(_ isRaw: Bool, _ sent: (mebibytes: Int, atOnce: Int)) async throws {
        try await withFolder { folder in
            let words = ["bench", "uploads", "--mebibytes", "\(sent.mebibytes)", "--at-once", "\(sent.atOnce)"]
            let run = try Program(folder: folder).run(words + (isRaw ? ["--raw"] : []))
            #expect(run.figure("mebibytes") == "\(sent.mebibytes * sent.atOnce)", "\(run.lines)")
            let growth = try #require(run.figure("growth").flatMap { Int($0) })
            #expect(growth <= 32, "\(run.lines)")
        }
    }

    /// Lists that several officers upload at once go to the database without being held in memory.
    @Test(arguments: [(32, 1), (Program.isLong ? 32 : 8, 30)])
    func memoryStaysFlatWithLists(_ mebibytes: Int, _ atOnce: Int) async throws {
        try await withFolder { folder in
            let words = ["bench", "uploads", "--lists", "--mebibytes", "\(mebibytes)", "--at-once", "\(atOnce)"]
            let run = try Program(folder: folder).run(words)
            #expect(run.figure("mebibytes") == "\(mebibytes * atOnce)", "\(run.lines)")
            let growth = try #require(run.figure("growth").flatMap { Int($0) })
            #expect(growth <= 32, "\(run.lines)")
        }
    }

    // MARK: - Interruptions

    /// The system calls at which kill -9 hits: while bytes are written, when they are flushed, when the file is
    /// renamed, when the folder is flushed, when the row is written, and afterwards.
    private static let steps = ["pwrite64:when=3", "fsync:when=1", "rename:when=1", "fsync:when=2", "fdatasync:when=1"]

    @Test(.enabled(if: UploadedTo.canTrace), arguments: Engine.allCases)
    func killsAtEachStepLoseNoFile(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder.appending(path: "data"), database: url)
                let file = try UploadedTo.file(in: folder, bytes: 3_000_000)
                let first = try UploadedTo(program)
                #expect(try first.send(file).status == "303")
                first.stop()
                // In PostgreSQL the server writes the row, in another process.
                for step in Self.steps where engine == .sqlite || !step.hasPrefix("fdatasync") {
                    let server = try UploadedTo(program)
                    try server.kill(at: step)
                    let next = try UploadedTo.file(in: folder, bytes: 3_000_000)
                    #expect(try server.send(next).status == "000", "\(step)")
                    server.waitUntilKilled()
                    let check = try program.run("files", "check")
                    #expect(check.figure("missing") == "0" && check.figure("damaged") == "0", "\(step): \(check.lines)")
                    #expect(check.code == 0)
                }
                try whatIsLeftGoes(program)
                // The server continues where it was.
                let last = try UploadedTo(program)
                defer { last.stop() }
                let place = try last.send(file).place
                #expect(try last.fetch(place) == Data(contentsOf: file))
            }
        }
    }

    /// A power cut loses unflushed data. So the bytes are flushed before the file has its name, and the folders before
    /// a row names the file.
    @Test(.enabled(if: UploadedTo.canTrace)) func filesAreFlushedBeforeTheirRow() async throws {
        try await withFolder { folder in
            let server = try UploadedTo(Program(folder: folder.appending(path: "data")))
            let trace = folder.appending(path: "trace")
            let tracer = try server.trace(["-y", "-e", "trace=pwrite64,fsync,rename,fdatasync", "-o", trace.path])
            try #require(server.send(UploadedTo.file(in: folder, bytes: 300_000)).status == "303")
            server.stop()
            tracer.waitUntilExit()
            let calls = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n").map(String.init)
            let last = { (pattern: Regex<Substring>) in calls.lastIndex { $0.contains(pattern) } ?? -1 }
            let steps = [
                last(#/pwrite64\(\d+<.*/files/incoming//#), last(#/fsync\(\d+<.*/files/incoming//#),
                last(#/rename\(.*/files/incoming/.*/files/sealed//#), last(#/fsync\(\d+<.*/files/sealed/..>/#),
                last(#/fsync\(\d+<.*/files/sealed>/#), last(#/fsync\(\d+<.*/files>/#),
                last(#/fdatasync\(\d+<.*/xueshi\.db/#),
            ]
            #expect(steps[0] >= 0 && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }, "\(steps): \(calls)")
        }
    }

    /// After a day the sweep keeps the files that rows name, and nothing else.
    private func whatIsLeftGoes(_ program: Program) throws {
        let files = program.folder.appending(path: "files")
        let all = { FileManager.default.enumerator(atPath: files.path)?.compactMap { $0 as? String } ?? [] }
        let then = Date(timeIntervalSinceNow: -2 * 86_400)
        for path in all() {
            try FileManager.default.setAttributes([.modificationDate: then], ofItemAtPath: files.path + "/" + path)
        }
        #expect(all().contains { $0.hasPrefix("incoming/") })
        try #require(program.run("files", "sweep").code == 0)
        let left = all().filter { $0.wholeMatch(of: #/(incoming/.*|.*/.{60,})/#) != nil }
        let check = try program.run("files", "check")
        #expect(check.figure("in-folder") == "\(left.count)", "\(left)")
        #expect(check.code == 0 && left.count >= 1)
    }

    @Test func anInterruptedUploadLeavesNoFile() async throws {
        try await withFolder { folder in
            let program = Program(folder: folder.appending(path: "data"))
            let server = try UploadedTo(program)
            defer { server.stop() }
            let incoming = program.folder.appending(path: "files/incoming")
            let names = { (try? FileManager.default.contentsOfDirectory(atPath: incoming.path)) ?? [] }
            // The folder now has its mark file.
            try #require(server.send(UploadedTo.file(in: folder, bytes: 100)).status == "303")
            let file = try UploadedTo.file(in: folder, bytes: 20_000_000)
            let sending = server.curl(["--limit-rate", "4M", "--data-binary", "@" + file.path, server.address])
            try sending.run()
            let end = ContinuousClock.now + .seconds(30)
            while names().isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(names().count == 1)
            Foundation.kill(sending.processIdentifier, SIGKILL)
            sending.waitUntilExit()
            while !names().isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(names().isEmpty)
            let check = try program.run("files", "check")
            #expect(check.figure("checked") == "1", "\(check.lines)")
        }
    }

    // MARK: - Reading, and a full disk

    @Test func anyRangeOfAFileIsRead() async throws {
        try await withFolder { folder in
            let elsewhere = folder.appending(path: "shared")
            let program = Program(folder: folder.appending(path: "data"))
            let server = try UploadedTo(program, ["--files", elsewhere.path])
            defer { server.stop() }
            let file = try UploadedTo.file(in: folder, bytes: 1_000_000)
            let (bytes, place) = (try Data(contentsOf: file), try server.send(file).place)
            #expect(try server.fetch(place) == bytes)
            for range in [0..<1, 65_535..<65_537, 65_536..<131_072, 999_990..<1_000_000] {
                let field = "\(range.lowerBound)-\(range.upperBound - 1)"
                #expect(try server.fetch(place, ["-r", field]) == bytes[range], "\(field)")
            }
            #expect(try server.fetch(place, ["-r", "-7"]) == bytes.suffix(7))
            let head = try String(decoding: server.fetch(place, ["-I"]), as: UTF8.self)
            #expect(head.contains("Content-Length: 1000000") && head.contains("Accept-Ranges: bytes"), "\(head)")
            #expect(FileManager.default.fileExists(atPath: elsewhere.path + "/xueshi-files"))
            #expect(try program.run("files", "check", "--files", elsewhere.path).figure("in-folder") == "1")
            let away = try program.run("files", "check")
            #expect(away.code == 1 && away.figure("missing") == "1")
            #expect(away.lines[0].contains(#/^缺少 [0-9a-f]{64} \(bench \d+\)$/#), "\(away.lines)")
            // An unknown number is not a file.
            let none = "/uploads/" + String(repeating: "ab", count: 32)
            #expect(try String(decoding: server.fetch(none), as: UTF8.self).contains("file.gone"))
        }
    }

    /// If the disk of the files is full, the failure is reported, nothing is left over, and smaller files are accepted.
    @Test(.enabled(if: UploadedTo.hasSmallDisk)) func aFullDiskIsReported() async throws {
        try await withFolder { folder in
            let file = { (bytes: Int) in try UploadedTo.file(in: folder, bytes: bytes).path }
            let path = folder.path
            let send = "curl -s -X POST -H 'Content-Type: application/octet-stream' --data-binary"
            let script = """
                mkdir -p \(path)/data/files
                mount -t tmpfs -o size=4m tmpfs \(path)/data/files || exit 90
                \(Program.path.path) bench upload-server --data \(path)/data > \(path)/address & server=$!
                until [ -s \(path)/address ]; do :; done
                address=$(cat \(path)/address)/uploads
                \(send) @\(try file(1_000_000)) -o /dev/null -w '%{http_code}\\n' $address
                \(send) @\(try file(9_000_000)) $address | grep -o 'file.full'
                find \(path)/data/files -type f | wc -l
                \(send) @\(try file(1_000_000)) -o /dev/null -w '%{http_code}\\n' $address
                kill $server
                """
            try script.write(toFile: path + "/script", atomically: true, encoding: .utf8)
            let told = try UploadedTo.shell("cd \(Program.root.path) && unshare -rm sh \(path)/script")
            #expect(told.split(separator: "\n").map(String.init) == ["303", "file.full", "2", "303"], "\(told)")
        }
    }
}

/// A server that accepts files of any size, and a client.
private final class UploadedTo {
    private let server: Process
    let address: String

    init(_ program: Program, _ words: [String] = []) throws {
        server = program.process(["bench", "upload-server"] + words)
        let output = Pipe()
        (server.standardOutput, server.standardError) = (output, FileHandle.nullDevice)
        try server.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        address = line.trimmingCharacters(in: .whitespacesAndNewlines) + "/uploads"
        try #require(address.hasPrefix("http://"))
    }

    func stop() {
        server.terminate()
        server.waitUntilExit()
    }

    func waitUntilKilled() {
        server.waitUntilExit()
        #expect(server.terminationReason == .uncaughtSignal)
    }

    /// Kills the server with kill -9 at its next call of this kind.
    func kill(at step: String) throws {
        let call = step.prefix { $0 != ":" }
        let injected = "inject=\(call):signal=KILL\(step.dropFirst(call.count))"
        _ = try trace(["-e", "trace=\(call)", "-e", injected, "-o", "/dev/null"])
    }

    /// Traces the server's system calls from now on until it ends.
    func trace(_ words: [String]) throws -> Process {
        let (tracer, told) = (Process(), Pipe())
        tracer.executableURL = URL(filePath: "/usr/bin/env")
        tracer.arguments = ["strace", "-f", "-p", "\(server.processIdentifier)"] + words
        tracer.standardError = told
        try tracer.run()
        let line = String(decoding: told.fileHandleForReading.availableData, as: UTF8.self)
        try #require(line.contains("attached"), "\(line)")
        return tracer
    }

    func curl(_ words: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["curl", "-s", "--max-time", "60", "-H", "Content-Type: application/octet-stream"] + words
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        return process
    }

    /// The status, `000` without a response, and the address of the file.
    func send(_ file: URL) throws -> (status: String, place: String) {
        let words = [
            "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "--data-binary", "@" + file.path, address,
        ]
        let told = String(decoding: try output(curl(words)), as: UTF8.self).split(separator: " ")
        let place = told.count > 1 ? told[1].split(separator: "/").suffix(2).joined(separator: "/") : ""
        return (told.first.map { String($0) } ?? "", "/" + place)
    }

    func fetch(_ place: String, _ words: [String] = []) throws -> Data {
        try output(curl(words + [address.replacing("/uploads", with: place)]))
    }

    private func output(_ process: Process) throws -> Data {
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    /// A new file with unique bytes.
    static func file(in folder: URL, bytes: Int) throws -> URL {
        let url = folder.appending(path: "\(UInt64.random(in: 1...UInt64.max)).bin")
        var data = Data(SystemInputs.real.random(64))
        data.append(Data((0..<(bytes - 64)).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8 ^ $0 >> 16) }))
        try data.write(to: url)
        return url
    }

    static let canTrace: Bool = (try? shell("strace -o /dev/null true && echo yes")) == "yes\n"
    static let hasSmallDisk: Bool = (try? shell("unshare -rm mount -t tmpfs tmpfs /mnt && echo yes")) == "yes\n"

    static func shell(_ command: String) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
