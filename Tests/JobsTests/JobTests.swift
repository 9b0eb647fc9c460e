import Database
import Files
import Foundation
import Kernel
import Signing
import Synchronization
import Testbed
import Testing
import Web

@testable import Files
@testable import Jobs

/// Jobs outlive their requests, workers and machines.
@Suite struct JobTests {
    /// Makes a reversed copy of its input.
    private static let copy = JobKind("copy") { run in
        let text = String(decoding: try required(run.input).bytes(), as: UTF8.self)
        let file = try OpenFile.scratch(Array(String(text.reversed()).utf8))
        var result = JobResult()
        (result.figures, result.sentences) = ([("字数", "\(text.count)")], ["第 \(run.job.attempt) 次"])
        return JobOutcome(result, output: (file, "反.txt"))
    }

    /// A year and whether the run is a dry run.
    private struct Period: JobPayload, Equatable {
        let year: Int
        let isDryRun: Bool
        var note: String?
    }

    /// A state is named with the rows to correct, also after the result was stored.
    @Test func aStateNamesTheBadRows() {
        var result = JobResult()
        #expect(Job.State.done.name(result) == "已完成")
        result.isBad = true
        #expect(Job.State.done.name(JobResult(text: result.text)) == "已完成，有待处理")
        result.badRows = 2
        #expect(Job.State.done.name(JobResult(text: result.text)) == "已完成，2 行有误")
        #expect(Job.State.failed.name(JobResult()) == "未完成")
    }

    /// Every part of a result is read as it was stored.
    @Test func aResultIsStoredAsText() {
        var result = JobResult()
        (result.headline, result.figures, result.isBad, result.badRows) = ("3 行：1 行可导入", [("人数", "7")], true, 2)
        (result.sentences, result.marks, result.code) = (["say 一", "headline 二"], [JobMark(rawValue: "a")], "x.y")
        result.values = ["list": "hours 论文", "due": "0"]
        result.table = JobTable("需要处理的行", ["行", "列"], [["3", ""], ["4", "甲\t乙\n丙"]])
        let read = JobResult(text: result.text)
        #expect(read == result && read.headline == result.headline && read.values == result.values)
        #expect(read.sentences == result.sentences && read.code == "x.y" && read.badRows == 2 && read.isBad)
        #expect(read.table?.caption == "需要处理的行" && read.table?.titles == ["行", "列"])
        #expect(read.table?.rows == [["3", ""], ["4", "甲 乙 丙"]])
        #expect(JobResult(text: "").table == nil && JobResult(text: "cells a").table == nil)
    }

    /// A long table is shown in parts; a part that does not exist is the nearest one.
    @Test(arguments: [(1, 0..<50), (2, 50..<100), (3, 100..<101), (9, 100..<101), (0, 0..<50), (-1, 0..<50)])
    func aLongTableIsShownInParts(part: Int, rows: Range<Int>) {
        let table = JobTable("", ["行"], (0..<101).map { ["\($0)"] })
        let shown = JobTablePart(table, part: part, of: JobPages.path.link())
        #expect(shown.rows.indices == rows && shown.rows.first == ["\(rows.lowerBound)"])
        #expect(JobTablePart(JobTable("", [], []), part: 2, of: JobPages.path.link()).rows.isEmpty)
    }

    /// A kind gets its typed payload.
    @Test(arguments: Engine.allCases) func aJobGetsItsTypedPayload(_ engine: Engine) async throws {
        let told = Mutex<[Period]>([])
        let kind = JobKind("years", Period.self) { _, payload in
            told.withLock { $0.append(payload) }
            return JobOutcome(JobResult())
        }
        try await withJobs(engine, [kind]) { jobs, _ in
            let payload = Period(year: 2022, isDryRun: true, note: "复核\n“一”")
            let number = try await jobs.order("years", "x", of: 7, payload)
            #expect(try await jobs.workOnce())
            #expect(told.withLock { $0 } == [payload])
            #expect(try await jobs.job(number, of: 7).payload(Period.self) == payload)
        }
    }

    /// A job with an unreadable payload is not carried out and reports what to do.
    @Test(arguments: Engine.allCases) func anUnreadablePayloadIsReported(_ engine: Engine) async throws {
        let kind = JobKind("years", Period.self) { _, _ in JobOutcome(JobResult()) }
        try await withJobs(engine, [kind]) { jobs, _ in
            let number = try await jobs.order("years", "x", of: 7, Words(query: "2022"))
            let none = try await jobs.order("years", "y", of: 7)
            while try await jobs.workOnce() {}
            for number in [number, none] {
                let failure = await #expect(throws: Failure.self) { try await jobs.job(number, of: 7) }
                #expect(failure?.code == "job.payload")
                let job = try required(try await jobs.database.read { try jobs.store($0).find(number) })
                #expect(job.state == .failed && job.attempt == 1)
                #expect(
                    job.result.sentences == ["这项任务（years）的内容本程序读不出，可能是由别的版本下达的，没有办理。请从原来的页面重新提交。"])
            }
            #expect(try await jobs.list(of: 7).map(\.isUsable) == [false, false])
        }
    }

    @Test(arguments: Engine.allCases) func aFinishedJobHasItsFile(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.copy]) { jobs, _ in
            let number = try await jobs.order(
                "copy", "抄写", of: 7, Words(query: "b c"), file: ("甲.TXT", .scratch(Array("学时".utf8))))
            #expect(try await jobs.job(number, of: 7).state == .waiting)
            #expect(try await jobs.counts().open == 1)
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 7)
            #expect(try job.state == .done && job.payload(Words.self).query == "b c" && job.outputName == "反.txt")
            #expect(job.result.figures.map(\.value) == ["2"] && job.result.sentences == ["第 1 次"])
            #expect(try await jobs.outputBytes(of: job) == Array("时学".utf8))
            #expect(try await !jobs.workOnce())
            let other = await #expect(throws: Failure.self) { try await jobs.job(number, of: 8) }
            #expect(other?.code == "job.none")
            #expect(try await jobs.list(of: 7).count == 1)
            #expect(try await jobs.list(of: 8).isEmpty)
        }
    }

    /// The lease of a killed worker must expire before another worker begins the job again. Later writes of the first
    /// worker are ignored.
    @Test(arguments: Engine.allCases) func theJobOfAKilledWorkerIsRepeated(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.copy]) { jobs, clock in
            let number = try await jobs.order("copy", "抄写", of: 7, file: ("a.txt", .scratch([65])))
            let taken = try await jobs.database.write {
                try jobs.store($0).take([Self.copy], now: clock.now, until: clock.now + 30_000)
            }
            let dead = try required(taken)
            #expect(try await !jobs.workOnce())
            clock.pass(seconds: 31)
            #expect(try await jobs.workOnce())
            #expect(try await jobs.job(number, of: 7).result.sentences == ["第 2 次"])
            let isHeld = try await jobs.database.write { try JobStore($0).hold(dead, done: 1, total: 2, until: 0) }
            #expect(!isHeld)
            try await jobs.database.write {
                try jobs.store($0).end(dead, .failed, JobResult(), output: nil, name: "", at: 0)
            }
            #expect(try await jobs.job(number, of: 7).state == .done)
        }
    }

    @Test(arguments: Engine.allCases) func aJobInterruptedTooOftenIsGivenUp(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.copy]) { jobs, clock in
            let number = try await jobs.order("copy", "抄写", of: 7, file: ("a.txt", .scratch([65])))
            for _ in 0..<2 {
                _ = try await jobs.database.write {
                    try jobs.store($0).take([Self.copy], now: clock.now, until: clock.now + 30_000)
                }
                clock.pass(seconds: 31)
            }
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 7)
            #expect(job.state == .failed && job.result.code == "job.given-up")
            #expect(job.result.sentences == [Failure.givenUp.words.chinese])
            #expect(try await jobs.counts().failed == 1)
        }
    }

    /// A refused job is reported and not repeated; a cancelled job returns to the queue at once.
    @Test(arguments: Engine.allCases)
    func refusedJobsAreReportedAndCancelledOnesReturnToTheQueue(_ engine: Engine) async throws {
        let refused = JobKind("refused") { _ in throw Failure.fileGone }
        let stopped = JobKind("stopped") { _ in throw CancellationError() }
        try await withJobs(engine, [refused, stopped]) { jobs, _ in
            let first = try await jobs.order("refused", "一", of: 7)
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(first, of: 7)
            #expect(job.state == .failed && job.result.sentences == [Failure.fileGone.words.chinese])
            let second = try await jobs.order("stopped", "二", of: 7)
            #expect(try await jobs.workOnce())
            let given = try await jobs.job(second, of: 7)
            #expect(given.state == .waiting && given.attempt == 1)
        }
    }

    /// A job whose file cannot be kept fails with the reason.
    @Test(arguments: Engine.allCases) func aFileThatCannotBeKeptFailsTheJob(_ engine: Engine) async throws {
        let tooMany = [UInt8](repeating: 0, count: FileKind.list.largest + 1)
        let large = JobKind("large") { _ in
            JobOutcome(JobResult(), output: (try .scratch(tooMany), "a.csv"))
        }
        try await withJobs(engine, [large]) { jobs, _ in
            let number = try await jobs.order("large", "x", of: 7)
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 7)
            #expect(job.state == .failed && job.result.sentences == [Failure.fileTooLarge(32 << 20).words.chinese])
        }
    }

    @Test(arguments: Engine.allCases) func filesAreEncryptedAndDeletedInTime(_ engine: Engine) async throws {
        try await withJobs(engine, []) { jobs, clock in
            let (files, bytes) = (jobs.files, (0..<600_000).map { UInt8(truncatingIfNeeded: $0 >> 9 ^ $0) })
            let file = try OpenFile.scratch(bytes)
            let hash = try await jobs.database.write { try files.keep(try files.stage(file), $0) }
            #expect(try await jobs.database.write { try files.keep(try files.stage(file), $0) } == hash)
            #expect(hash.bytes != sha256(bytes))
            let piece = try await jobs.database.read { try FileStore($0).piece(2, of: hash) }
            #expect(try required(piece).count == 600_000 - 2 * (256 << 10) + 33)
            #expect(try await jobs.database.read { try files.read(hash, $0) } == bytes)
            // A file without a job is also kept for 30 days.
            clock.pass(days: 30)
            #expect(try await jobs.sweep() == 0)
            clock.pass(seconds: 1)
            #expect(try await jobs.sweep() == 1)
            let gone = await #expect(throws: Failure.self) {
                try await jobs.database.read { try files.read(hash, $0) }
            }
            #expect(gone?.code == "file.gone")
            let large = await #expect(throws: Failure.self) {
                _ = try files.stage(.scratch([UInt8](repeating: 0, count: FileKind.list.largest + 1)))
            }
            #expect(large?.code == "file.too-large")
        }
    }
}
