import App
import ArgumentParser
import Documents
import Foundation
import Jobs
import Kernel

struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "What was uploaded and what was made for download.", subcommands: [Sweep.self])

    struct Sweep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sweep", abstract: "Delete the files of work that ended 30 days ago; serve does so by itself.",
            discussion: "Example: xueshi files sweep")
        @OptionGroup var place: InstallationOptions

        func run() async throws {
            try await place.run { installation in
                CommandOutput("files", ["deleted": try await installation.jobs.sweep()])
            }
        }
    }
}

/// What a child process of `serve` runs. Nobody types it.
struct ReadSheetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read-sheet", abstract: "Read a list from standard input and write its rows for another process.",
        shouldDisplay: false)

    func run() throws { try streamSheet() }
}

/// Where this program is.
let programPath = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/false"
