import Foundation

/// Passes a temporary folder that is removed afterwards.
func withScratch<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// The duration of the body, in seconds.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start).inSeconds
}

/// The peak memory of this process, in MiB.
var peakMemory: Int { kibibytes("VmHWM:", of: "self") / 1024 }

/// A memory figure of a process, in KiB.
func kibibytes(_ name: String, of process: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Int($0) }.first ?? 0
}

/// Resets ``peakMemory``.
func forgetPeak(of process: String = "self") {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
}

func perSecond(_ count: Int, _ seconds: Double) -> Int { Int(Double(count) / max(seconds, 0.000_001)) }
func figure(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
