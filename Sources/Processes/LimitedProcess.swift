import Foundation
import Kernel
import Subprocess
import SystemPackage

/// The limits of a child process. The system ends a process that exceeds them.
package struct ProcessLimits: Sendable {
    /// Address space, in bytes.
    package var memory: Int
    /// Seconds of processor time.
    package var processor: Int
    /// The longest running time in seconds; `nil` if the reader of its output sets the pace.
    package var time: Int?
    /// The most bytes of output that are kept.
    package var output: Int

    package init(memory: Int, processor: Int, time: Int? = nil, output: Int = 0) {
        (self.memory, self.processor, self.time, self.output) = (memory, processor, time, output)
    }
}

/// A program that reads possibly hostile files. It runs in its own process in an empty folder, with an empty
/// environment and limits of memory, processor time and descriptors, and cannot write files. Its input file is its
/// standard input. When it ends, or the waiting task is cancelled, its process group is killed.
package struct LimitedProcess: Sendable {
    /// Why there is no output.
    package enum Fault: Error, Equatable {
        case missing
        /// It exited with a failure status or by a signal.
        case failed
        case late
    }

    private let program: String
    private let arguments: [String]
    private let limits: ProcessLimits

    /// A program by its path, or by a name that is looked up in the system's folders.
    package init(_ program: String, _ arguments: [String], _ limits: ProcessLimits) {
        (self.program, self.arguments, self.limits) = (program, arguments, limits)
    }

    /// The path of the input, for programs that need one.
    package static let inputPath = "/dev/stdin"

    /// The program's output. Failures: ``Fault``.
    package func output(to input: OpenFile) async throws -> [UInt8] {
        try await inTime { try await start(input, .bytes(limit: limits.output), .discarded).standardOutput }
    }

    /// The same, and whether it wrote to standard error. Failures: ``Fault``.
    package func outputWithErrors(to input: OpenFile) async throws -> (output: [UInt8], complains: Bool) {
        try await inTime {
            let limit = limits.output
            let done = try await start(input, .bytes(limit: limit), .bytes(limit: limit))
            return (done.standardOutput, !done.standardError.isEmpty)
        }
    }

    /// Runs the program with a pipe as its output. This end of the pipe is closed when the program has ended or could
    /// not start, so the reader finds the end. Failures: ``Fault``.
    package func run(_ input: OpenFile, into pipe: Int32) async throws {
        let pipe = FileDescriptor(rawValue: pipe)
        defer { try? pipe.close() }
        _ = try await inTime {
            try await start(input, .fileDescriptor(pipe, closeAfterSpawningProcess: false), .discarded)
        }
    }

    private func start<Output: OutputProtocol, Errors: ErrorOutputProtocol>(
        _ input: OpenFile, _ output: Output, _ errors: Errors
    ) async throws -> ExecutionResult<Void, Output, Errors> {
        let folder = try Self.emptyFolder()
        defer { rmdir(folder) }
        let program = try await path()
        let done: ExecutionResult<Void, Output, Errors>
        do {
            done = try await Subprocess.run(
                .path("/usr/bin/prlimit"), arguments: Arguments(words(program)), environment: .custom([:]),
                workingDirectory: FilePath(folder), platformOptions: Self.group,
                input: .fileDescriptor(FileDescriptor(rawValue: input.descriptor), closeAfterSpawningProcess: false),
                output: output, error: errors)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw Fault.failed
        }
        guard case .exited(0) = done.terminationStatus else { throw Fault.failed }
        return done
    }

    /// `prlimit` sets the limits on itself and then executes the program, so the program never runs without them.
    private func words(_ program: String) -> [String] {
        [
            "--as=\(limits.memory)", "--cpu=\(limits.processor)", "--fsize=0", "--nofile=64", "--core=0", "--",
            program,
        ] + arguments
    }

    private static var group: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        return options
    }

    private func path() async throws -> String {
        if program.hasPrefix("/") { return program }
        do {
            return try await Executable.name(program).resolveExecutablePath(in: .inherit).string
        } catch {
            throw Fault.missing
        }
    }

    private static func emptyFolder() throws(Failure) -> String {
        var name = Array((NSTemporaryDirectory() + "/xueshi.XXXXXX").utf8CString)
        guard let made = mkdtemp(&name) else { throw .noScratch }
        return String(cString: made)
    }

    private func inTime<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        guard let time = limits.time else { return try await body() }
        return try await withThrowingTaskGroup(of: T.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(time))
                throw Fault.late
            }
            defer { group.cancelAll() }
            guard let output = try await group.next() else { throw Fault.late }
            return output
        }
    }
}
