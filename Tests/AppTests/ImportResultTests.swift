import Documents
import Jobs
import Kernel
import Testing

@testable import Portal

/// The step after an import depends on its stored marks, and never on texts for people.
@Suite struct ImportResultTests {
    private func report(created: Int = 0, changed: Int = 0, pending: Int = 0, failed: Int = 0, takingAway: Int = 0)
        -> ImportReport
    {
        var report = ImportReport()
        (report.created, report.changed, report.takingAway) = (created, changed, takingAway)
        let failure = RowFailure(SheetRow(sheet: "", number: 2, cells: []), "", .quoted("正式导入后会报"))
        report.failures = (0..<failed).map { _ in failure }
        report.failures += (0..<pending).map { _ in failure.pending(.quoted("x")) }
        return report
    }

    @Test func aDryRunIsImportableIfItWouldChangeSomething() {
        let cases: [(ImportReport, Set<JobMark>)] = [
            (report(), []), (report(created: 1), [.importable]), (report(changed: 1), [.importable]),
            (report(pending: 1), [.importable]), (report(failed: 40), []),
            (report(pending: 1, failed: 40), [.importable]), (report(takingAway: 30), [.reducesHours]),
        ]
        for (report, marks) in cases { #expect(OfficeJobs.marks(report, isDryRun: true) == marks) }
        #expect(OfficeJobs.marks(report(created: 1, pending: 1), isDryRun: false) == [.pending])
        #expect(OfficeJobs.marks(report(created: 1, failed: 1), isDryRun: false) == [])
    }

    /// Texts that look like marks are ignored if there are stored marks; in older results without marks they count.
    @Test(arguments: [
        ("say 名单里写着：我报的申请", [JobMark.pending]), ("figure 将新增\t1", [.importable]),
        ("figure 将更改\t0", []), ("say 第 3 行：正式导入后会报共同的上级主管部门处理", [.importable]),
        ("say ……其余的在下载的表里。", [.importable]), ("figure 会减少已登记学时\t30", [.reducesHours]), ("", []),
    ])
    func olderStoredResultsKeepTheirMarks(text: String, marks: [JobMark]) {
        let all: [JobMark] = [.importable, .pending, .reducesHours]
        let (old, new) = (JobResult(text: text), JobResult(text: "marks\n" + text))
        #expect(all.filter { old.has($0) } == marks && all.filter { new.has($0) } == [])
        #expect(old.text == text && new.text == JobResult(text: new.text).text)
        let marked = JobResult(text: "marks importable reduces-hours\nsay x")
        #expect(all.filter { marked.has($0) } == [.importable, .reducesHours])
        #expect(marked.text == "marks importable reduces-hours\nsay x")
    }
}
