import Foundation

/// Lends a folder that is gone afterwards.
func withScratch<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// How long something takes, in seconds.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start).inSeconds
}

/// The most memory that the process ever held, in MiB.
var peakMemory: Int { kibibytes("VmHWM:", of: "self") / 1024 }

/// A figure of a process's memory.
func kibibytes(_ name: String, of process: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Int($0) }.first ?? 0
}

/// Lets ``peakMemory`` count from here.
func forgetPeak(of process: String = "self") {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
}

func perSecond(_ count: Int, _ seconds: Double) -> Int { Int(Double(count) / max(seconds, 0.000_001)) }
func figure(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
