import Foundation
import Kernel

/// This program as a server in a child process; its first line gives the address.
final class ServerProcess {
    private let process = Process()
    private let out = Pipe()
    private(set) var port: UInt16 = 0

    /// Starts it and waits for its first line. It runs on `cores` if they are given.
    init(_ words: [String], on cores: [Int] = []) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(filePath: cores.isEmpty ? program : CPUSet.taskset)
        process.arguments = (cores.isEmpty ? [] : ["-c", CPUSet.words(cores), program]) + words
        process.standardOutput = out
        try process.run()
        port = Self.port(of: firstLine())
        guard port > 0 else {
            stop()
            throw Failure.benchServer(words.joined(separator: " "))
        }
    }

    private func firstLine() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(out.fileHandleForReading.fileDescriptor, &byte, 1) == 1, byte != 10 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func port(of line: String) -> UInt16 { line.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }

    /// The current memory, in MiB.
    var memory: Int { kibibytes("VmRSS:", of: "\(process.processIdentifier)") / 1024 }

    /// The peak memory since ``forgetPeak()``, in MiB.
    var peakMemory: Int { kibibytes("VmHWM:", of: "\(process.processIdentifier)") / 1024 }

    func forgetPeak() { xueshi.forgetPeak(of: "\(process.processIdentifier)") }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    deinit { stop() }
}

extension Failure {
    static func benchServer(_ words: String) -> Failure {
        Failure(
            .unavailable, "bench.server", "xueshi \(words) 没有启动，或答复有误，不能测量。",
            en: "xueshi \(words) did not start, or responded wrongly: nothing to measure.")
    }
}

/// The processors that a process may run on.
enum CPUSet {
    /// The processors of this process.
    static var own: [Int] {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") } ?? ""
        return line.dropFirst("Cpus_allowed_list:".count).split(separator: ",").flatMap { part in
            let ends = part.split(separator: "-").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
            return ends.count == 2 && ends[0] <= ends[1] ? Array(ends[0]...ends[1]) : ends
        }
    }

    static let taskset = "/usr/bin/taskset"

    /// The list in taskset's format.
    static func words(_ cores: [Int]) -> String { cores.map(String.init).joined(separator: ",") }

    /// Restricts this process to these processors from now on.
    static func keep(_ cores: [Int]) throws {
        guard !cores.isEmpty else { return }
        let process = Process()
        process.executableURL = URL(filePath: taskset)
        process.arguments = ["-acp", words(cores), "\(getpid())"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }
}
