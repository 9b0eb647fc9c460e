import App
import ArgumentParser
import Documents
import Files
import Foundation
import Jobs
import Kernel

struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "Uploaded files and files made for download.",
        subcommands: [Sweep.self, Check.self])

    struct Sweep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sweep", abstract: "Delete files that were unused for 30 days; serve does this by itself.",
            discussion: "Example: xueshi files sweep")
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
            commandName: "check", abstract: "Read every file to its end, after a restore or if a disk may be damaged.",
            discussion: "Exit code 1 if a file is missing or damaged. Example: xueshi files check")
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
        commandName: "read-sheet", abstract: "Read a list from standard input and write its rows for another process.",
        shouldDisplay: false)

    func run() throws { try streamSheet() }
}

/// The path of this program.
let programPath = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/false"
