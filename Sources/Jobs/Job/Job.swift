import Database
import Files
import Kernel

/// Work that continues after the request that ordered it. It is a row with a lease. If the lease holder is killed, the
/// next worker repeats the work, so the work must be repeatable.
package struct Job: Sendable {
    package enum State: String, Sendable {
        case waiting
        case running
        case done
        case failed
    }

    package let number: ID<Job>
    let owner: JobOwner
    /// A title for people: 导入人员：2022年名单.xlsx.
    package let title: String
    let stored: StoredPayload
    /// `nil` if there was no file or it has expired.
    package let input: FileHash?
    package let inputName: String
    package let state: State
    /// The number of attempts begun so far.
    package let attempt: Int
    let faults: JobFaults
    package let done: Int
    /// 0 if unknown.
    package let total: Int
    package let result: JobResult
    package let output: FileHash?
    package let outputName: String
    /// The earliest start. Milliseconds since 1970.
    let due: Int
    /// Milliseconds since 1970.
    package let ended: Int

    package var kind: String { owner.kind }
    package var account: Int { owner.account }
    /// Milliseconds since 1970.
    package var created: Int { owner.created }

    /// Whether its file has expired.
    package var isOutputGone: Bool { output == nil && !outputName.isEmpty }
}

/// The result of a job: named figures, sentences, and a flag.
package struct JobResult: Sendable, Hashable {
    package var figures: [(name: String, value: String)] = []
    package var sentences: [String] = []
    /// The job is done, but with problems such as refused rows.
    package var isBad = false
    /// The rows of a list that were refused and must be corrected.
    package var badRows = 0
    /// What the next step depends on; `nil` in results that were stored without marks.
    package var marks: Set<JobMark>?
    /// The code of the failure that ended the job.
    package var code: String?

    package init() {}

    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// One line for each figure and sentence, one for the refused rows, one for all marks, and one for the code.
    package var text: String {
        let rows = badRows > 0 ? ["rows \(badRows)"] : []
        let flag = (isBad ? ["bad"] : []) + rows + marked + (code.map { ["code \($0)"] } ?? [])
        let lines = figures.map { "figure \($0.name)\t\($0.value)" } + sentences.map { "say \($0)" }
        return (flag + lines).map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
    }

    private var marked: [String] {
        marks.map { [(["marks"] + $0.map(\.rawValue).sorted()).joined(separator: " ")] } ?? []
    }

    package init(text: String) {
        for line in text.split(separator: "\n") {
            if line == "bad" { isBad = true }
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "rows" { badRows = Int(words[1]) ?? 0 }
            if words.first == "marks" { marks = Set(words.dropFirst().map { JobMark(rawValue: String($0)) }) }
            if words.first == "code" { code = words.dropFirst().first.map(String.init) }
            if line.hasPrefix("say ") { sentences.append(String(line.dropFirst(4))) }
            let parts = line.dropFirst(7).split(separator: "\t", maxSplits: 1)
            if line.hasPrefix("figure "), parts.count == 2 { figures.append((String(parts[0]), String(parts[1]))) }
        }
    }
}

/// A mark in a result for the program; stored as one word without spaces.
package struct JobMark: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A kind of job.
package struct JobKind: Sendable {
    package let key: String
    /// How many jobs of the kind run at once, on all nodes together.
    let limit: Int
    /// Whether such jobs depend on each other. An account's jobs of such kinds run one after another in the order of
    /// their orders.
    let isInOrder: Bool
    /// Throws a failure if the job's account may not view or run it today.
    let authorise: @Sendable (Job, Transaction) throws -> Void
    let run: @Sendable (JobContext) async throws -> JobOutcome

    /// `authorise` is called when a job is viewed and again when it begins.
    package init(
        _ key: String, limit: Int = 2, isInOrder: Bool = false,
        authorise: @escaping @Sendable (Job, Transaction) throws -> Void = { _, _ in },
        _ run: @escaping @Sendable (JobContext) async throws -> JobOutcome
    ) {
        (self.key, self.limit, self.isInOrder) = (key, limit, isInOrder)
        (self.authorise, self.run) = (authorise, run)
    }
}

/// What a running job can use.
package struct JobContext: Sendable {
    package let job: Job
    /// The uploaded file, without a name on the disk; `nil` if there is none.
    package let input: OpenFile?
    /// Reports the progress; `total` is 0 if unknown.
    package let progress: @Sendable (_ done: Int, _ total: Int) -> Void
}

/// The result of a run and its file.
package struct JobOutcome: Sendable {
    package var result: JobResult
    /// A file for download, and its name.
    package var output: (file: OpenFile, name: String)?

    package init(_ result: JobResult, output: (file: OpenFile, name: String)? = nil) {
        (self.result, self.output) = (result, output)
    }
}
