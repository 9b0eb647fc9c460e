import App
import ArgumentParser
import Foundation
import Kernel
import People
import Portal
import Synchronization
import Web

struct UploadsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uploads",
        abstract: "Large files sent at once, encrypted and flushed, compared with writing the same bytes to a file.",
        discussion: """
            The server is a separate process. growth is the largest increase of its memory, in MiB.
            Example: xueshi bench uploads --mebibytes 128 --at-once 30
            """)
    @Flag(help: "Print one JSON document.") var json = false
    @Flag(help: "Send whole bodies instead of forms.") var raw = false
    @Flag(help: "Send lists to the import page of the product, as four officers.") var lists = false
    @Option(help: "Size of each file, in MiB.") var mebibytes = 128
    @Option(help: "Number of files sent at once.") var atOnce = 1

    func validate() throws {
        try bounded("--mebibytes", mebibytes, 1...(lists ? 32 : 4096))
        // An officer can have 20 open jobs.
        try bounded("--at-once", atOnce, 1...(lists ? 60 : 200))
    }

    func run() async throws {
        try await answering(json) { try await withScratch { try await measure($0) } }
    }

    private func measure(_ folder: String) async throws -> CommandOutput {
        let bare = try write(to: folder + "/bare")
        let sessions = lists ? try await officers(folder) : []
        let command = lists ? ["serve", "--port", "0"] : ["bench", UploadServerCommand.name]
        let served = try ServerProcess(command + ["--data", folder, "--database", "sqlite:\(folder)/xueshi.db"])
        defer { served.stop() }
        // The first files allocate memory once, which is not growth.
        for salt in 200..<204 { try client(served.port, sessions, salt).send(mebibytes: 2) }
        let before = served.memory
        served.forgetPeak()
        let start = ContinuousClock.now
        try sendAll(to: served.port, sessions)
        let took = (ContinuousClock.now - start).inSeconds
        let rate = perSecond(mebibytes * atOnce, took)
        return CommandOutput(
            "uploads", lines: ["the server had \(before) MiB, and at most \(served.peakMemory) while it received"],
            [
                "mebibytes": mebibytes * atOnce, "bare": bare, "sent": rate,
                "ratio": figure(Double(rate) / Double(bare)),
                "growth": max(0, served.peakMemory - before),
            ])
    }

    /// Signs in four officers. Returns their sessions.
    private func officers(_ folder: String) async throws -> [String] {
        let installation = try await Installation.open(folder: folder, database: nil)
        defer { installation.close() }
        let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
        var sessions: [String] = []
        for number in 1...4 {
            let (login, role) = ("officer\(number)", AccountRole(.bureau, at: nil))
            _ = try await accounts.open(login, name: login, role, isDemo: true)
            sessions.append(try await accounts.signIn(login, Accounts.demoPassword, device: "").token)
        }
        return sessions
    }

    private func client(_ port: UInt16, _ sessions: [String], _ salt: Int) -> UploadClient {
        guard lists else { return UploadClient(port: port, path: "/uploads", isForm: !raw, salt: salt) }
        let session = sessions[salt % sessions.count]
        return UploadClient(port: port, path: ImportPages.path.pattern, isForm: true, salt: salt, session: session)
    }

    /// Sends all files, each on its own thread.
    private func sendAll(to port: UInt16, _ sessions: [String]) throws {
        let failed = Mutex<(any Error)?>(nil)
        let group = DispatchGroup()
        for salt in 0..<atOnce {
            group.enter()
            Thread.detachNewThread {
                do {
                    try client(port, sessions, salt).send(mebibytes: mebibytes)
                } catch {
                    failed.withLock { $0 = error }
                }
                group.leave()
            }
        }
        group.wait()
        if let error = failed.withLock({ $0 }) { throw error }
    }

    /// MiB per second when the same bytes are only written and flushed.
    private func write(to path: String) throws -> Int {
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        let start = ContinuousClock.now
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(file)
            unlink(path)
        }
        for _ in 0..<(mebibytes * atOnce) where Foundation.write(file, bytes, bytes.count) != bytes.count {
            throw Failure.benchServer("write")
        }
        guard fsync(file) == 0 else { throw Failure.benchServer("fsync") }
        return max(1, perSecond(mebibytes * atOnce, (ContinuousClock.now - start).inSeconds))
    }
}

/// Sends one file over its own connection, as a browser or a program does.
struct UploadClient {
    let port: UInt16
    let path: String
    let isForm: Bool
    /// Files with different salts have different bytes.
    let salt: Int
    var session = ""

    /// Failure: `bench.server` if the file is not accepted.
    func send(mebibytes: Int) throws {
        let socket = try LoadClient.connected(port)
        defer { close(socket) }
        let start = "--xueshi-bench\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
        let (front, back) = isForm ? (start, "\r\n--xueshi-bench--\r\n") : ("", "")
        let size = front.utf8.count + mebibytes << 20 + back.utf8.count
        let type = isForm ? "multipart/form-data; boundary=xueshi-bench" : "application/octet-stream"
        let head =
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session=\(session)\r\n"
            + "Content-Type: \(type)\r\nContent-Length: \(size)\r\n\r\n"
        var bytes = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 5 ^ salt) }
        try Self.write(Array((head + front).utf8), socket)
        for part in 0..<(mebibytes * 16) {
            withUnsafeBytes(of: (salt, part)) { bytes.replaceSubrange(0..<16, with: $0) }
            try Self.write(bytes, socket)
        }
        try Self.write(Array(back.utf8), socket)
        var told = [UInt8](repeating: 0, count: 512)
        let count = max(0, read(socket, &told, told.count))
        guard String(decoding: told.prefix(count), as: UTF8.self).hasPrefix("HTTP/1.1 303") else {
            throw Failure.benchServer(path)
        }
    }

    private static func write(_ bytes: [UInt8], _ socket: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Foundation.send(
                    socket, bytes.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure.benchServer("/uploads") }
            done += count
        }
    }
}
