import Database
import Files
import Kernel

/// Work that outlives the request that asked for it. It is a row with a lease: whoever holds the lease does it, and
/// where the holder is killed the next one does it again, so what it does can be done twice.
package struct Job: Sendable {
    package enum State: String, Sendable {
        case waiting
        case running
        case done
        case failed
    }

    package let number: ID<Job>
    let owner: JobOwner
    /// What it is, in words: 导入人员：2022年名单.xlsx.
    package let title: String
    let stored: StoredPayload
    /// `nil` where there was none, or its time is over.
    package let input: FileHash?
    package let inputName: String
    package let state: State
    /// How often it was begun.
    package let attempt: Int
    /// What broke it off so far: codes of failures, and `lease` where its holder was gone.
    let faults: [String]
    package let done: Int
    /// 0 while nobody knows.
    package let total: Int
    package let result: JobResult
    package let output: FileHash?
    package let outputName: String
    /// Milliseconds since 1970.
    package let ended: Int

    package var kind: String { owner.kind }
    package var account: Int { owner.account }
    /// Milliseconds since 1970.
    package var created: Int { owner.created }

    /// Its file was there, and its time is over.
    package var isOutputGone: Bool { output == nil && !outputName.isEmpty }
}

extension Job {
    /// What was broken off in the same way twice, or so often in other ways, is not tried again.
    static let most = 5
    static let lostLease = "lease"

    static func isGivenUp(_ faults: [String]) -> Bool { Set(faults).count < faults.count || faults.count >= most }
}

/// What came of a job: figures with their names, sentences, and perhaps a file.
package struct JobResult: Sendable, Hashable {
    package var figures: [(name: String, value: String)] = []
    package var sentences: [String] = []
    /// It was done, and its answer is not good: rows were refused.
    package var isBad = false
    /// What the next step is decided by; `nil` where whoever made the result keeps no marks.
    package var marks: Set<JobMark>?

    package init() {}

    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// A line a figure or sentence, and one of all marks.
    package var text: String {
        let flag = (isBad ? ["bad"] : []) + marked
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
            if words.first == "marks" { marks = Set(words.dropFirst().map { JobMark(rawValue: String($0)) }) }
            if line.hasPrefix("say ") { sentences.append(String(line.dropFirst(4))) }
            let parts = line.dropFirst(7).split(separator: "\t", maxSplits: 1)
            if line.hasPrefix("figure "), parts.count == 2 { figures.append((String(parts[0]), String(parts[1]))) }
        }
    }
}

/// What a result says to the program: stored, one word without blanks.
package struct JobMark: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A kind of work that this program can do.
package struct JobKind: Sendable {
    package let key: String
    /// How many of the kind run at once, on all nodes together.
    let limit: Int
    /// Whether the next builds on what the one before wrote. An account's jobs of such kinds are done one after the
    /// other, in the order in which they were ordered.
    let isInOrder: Bool
    /// Throws a failure where the job's account may not have to do with it today.
    let authorise: @Sendable (Job, Transaction) throws -> Void
    let run: @Sendable (JobContext) async throws -> JobOutcome

    /// `authorise` is asked when a job is looked at and again when it begins.
    package init(
        _ key: String, limit: Int = 2, isInOrder: Bool = false,
        authorise: @escaping @Sendable (Job, Transaction) throws -> Void = { _, _ in },
        _ run: @escaping @Sendable (JobContext) async throws -> JobOutcome
    ) {
        (self.key, self.limit, self.isInOrder) = (key, limit, isInOrder)
        (self.authorise, self.run) = (authorise, run)
    }
}

/// What a job is given while it runs.
package struct JobContext: Sendable {
    package let job: Job
    /// The upload, without a name on the disk; `nil` where there is none.
    package let input: OpenFile?
    /// Tells how far it is; `total` is 0 while nobody knows.
    package let progress: @Sendable (_ done: Int, _ total: Int) -> Void
}

/// What a job leaves behind.
package struct JobOutcome: Sendable {
    package var result: JobResult
    /// A file to download, and its name.
    package var output: (file: OpenFile, name: String)?

    package init(_ result: JobResult, output: (file: OpenFile, name: String)? = nil) {
        (self.result, self.output) = (result, output)
    }
}
