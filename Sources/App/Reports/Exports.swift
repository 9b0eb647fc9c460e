import Database
import Documents
import Kernel
import People
import Policy
import Registry

/// Exports lists, as workbooks or as .csv, by the name of the file.
package struct Exports: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Writes one row per person and policy in the year, with the requirements as columns of hours; returns the number
    /// of rows.
    package func standings(
        _ year: Year, to path: String, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        let registry = installation.registry
        let hoursRequirements = try await installation.database.read { StandingColumns(try registry.book($0), year) }
        let titles =
            ["人员编号", "姓名", "单位", "地区", "政策", "年度", "结果", "已登记学时", "计入学时"] + hoursRequirements.titles + ["不作硬性要求"]
        let writer = try listWriter(
            path: path, sheet: "年度结果", columns: titles.map { SheetColumn(title: $0, width: 16) })
        var rows = 0
        try await registry.standings(year) { page in
            for (person, name, unit, items) in page {
                for item in items where item.year == year {
                    try writer.row(row(person, name, unit, item, hoursRequirements))
                    rows += 1
                }
            }
            progress(rows)
        }
        try writer.finish()
        return rows
    }

    private func row(
        _ person: ID<Person>, _ name: String, _ unit: Organisation?, _ item: ComputedStanding,
        _ hoursRequirements: StandingColumns
    ) -> [SheetValue] {
        let policy = item.version.policy
        let lines = item.standing.lines.map {
            (policy.hoursRequirements[$0.hoursRequirement].name, $0.required, $0.counted)
        }
        let uncounted = item.standing.uncounted.reduce(CreditHours.zero) { $0 + $1.hours }
        let earned = item.entries.reduce(CreditHours.zero) { $0 + $1.hours }
        return [
            .number(person.number), .text(name), .text(unit?.name ?? ""), .text(unit?.region.text ?? ""),
            .text(policy.title), .number(item.year.number),
            .text(item.standing.outcome.text(isSettled: true, isWaived: item.isWaived).chinese), .hours(earned),
            .hours(earned - uncounted),
        ] + hoursRequirements.cells(lines) + [.text(item.isWaived ? "是" : "")]
    }

    /// Writes one row per entry of a person, including reversals; returns the number of rows.
    package func ledger(of person: ID<Person>, to path: String) async throws -> Int {
        let titles = ["人员编号", "序号", "冲销序号", "日期", "年度", "认定形式", "名称", "科目", "学时", "政策", "登记日期"]
        let writer = try SheetWriter(
            path: path, sheet: "学时明细", columns: titles.map { SheetColumn(title: $0, width: 16) })
        let ledger = try await installation.registry.ledger(of: person)
        for entry in ledger.entries {
            let policy = ledger.policy(of: entry)
            try writer.row([
                .number(entry.person.number), .number(entry.number), entry.reverses.map { .number($0) } ?? .empty,
                .text(entry.day.description), .number(entry.year.number),
                .text(policy?.kind(entry.kind)?.name ?? entry.kind), .text(ledger.title(of: entry)),
                .text(policy?.subject(entry.subject)?.name ?? entry.subject), .hours(entry.hours),
                .text(policy?.title ?? entry.policyKey), .text(Day(milliseconds: entry.entered).description),
            ])
        }
        try writer.finish()
        return ledger.entries.count
    }
}
