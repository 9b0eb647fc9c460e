import App
import ArgumentParser
import Documents
import Files
import Foundation
import Jobs
import Kernel

struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: words("上传的文件和供下载的文件", "Uploaded files and files made for download."),
        subcommands: [Sweep.self, Check.self])

    struct Sweep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sweep",
            abstract: words(
                "删除 30 天未使用的文件；serve 运行时会自动清理",
                "Delete files that were unused for 30 days; serve does this by itself."),
            discussion: words("示例：xueshi files sweep", "Example: xueshi files sweep"))
        @OptionGroup var place: InstallationOptions

        func run() async throws {
            try await place.run { installation in
                CommandOutput("files", ["deleted": try await installation.jobs.sweep()])
            }
        }
    }
}

extension FilesCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: words(
                "逐个读完全部文件，用于恢复备份之后或磁盘可能损坏时",
                "Read every file to its end, after a restore or if a disk may be damaged."),
            discussion: words(
                "有文件缺少或损坏时，退出码为 1。示例：xueshi files check",
                "Exit code 1 if a file is missing or damaged. Example: xueshi files check"))
        @OptionGroup var place: InstallationOptions

        func run() async throws {
            try await place.run { installation in
                let check = try await installation.files.check(installation.database)
                let missing = check.faults.count { $0.isMissing }
                return CommandOutput(
                    "files",
                    lines: check.faults.map { fault in
                        let (name, users) = (fault.hash.bytes.hexadecimal, fault.references.joined(separator: ", "))
                        let state = fault.isMissing ? words("缺少", "missing") : words("损坏", "damaged")
                        return "\(state) \(name)" + (users.isEmpty ? "" : " (\(users))")
                    },
                    [
                        "checked": check.checked, "in-folder": check.inFolder, "missing": missing,
                        "damaged": check.faults.count - missing,
                    ], isBad: !check.faults.isEmpty)
            }
        }
    }
}

/// Run by `serve` in a child process, not by people.
struct ReadSheetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read-sheet",
        abstract: words("从标准输入读取名单，供另一进程使用", "Read a list from standard input and write its rows for another process."),
        shouldDisplay: false)

    func run() throws { try streamSheet() }
}

/// The path of this program.
let programPath = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/false"
