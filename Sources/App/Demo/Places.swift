import Database
import Documents
import Kernel
import People
import Registry

/// Reads a list of regions with their authorities: 代码、名称、主管部门、综合管理. The city comes first; a region may have several
/// lines. 综合管理 is 是 for the authority with jurisdiction over the region (the human-resources authority): one per
/// region; without it, the first one.
package struct PlacesImport: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Adds what is missing; returns what was added and what was there.
    package func run(_ path: String) async throws -> ImportReport {
        var report = ImportReport()
        var headers = ListHeaders(.places, ListColumns())
        for try await page in SheetBatches(path, size: 500) {
            let batch = page.compactMap { row in headers.header(of: row).map { RowReader(row: row, header: $0) } }
            let isFirst = report.rows == 0
            guard !batch.isEmpty else { continue }
            let outcomes = try await installation.database.write { transaction in
                if isFirst { try record(.beginList, [:], transaction) }
                return try batch.map { try Self.outcome($0, transaction) }
            }
            for outcome in outcomes { report.count(outcome) }
        }
        try headers.requireOne()
        report.noteTexts += headers.notes
        let detail = report.detail
        try await installation.database.write { try record(.importList, detail, $0) }
        return report
    }

    private func record(_ act: AuditAct, _ detail: AuditDetail, _ transaction: Transaction) throws {
        try AuditStore(transaction, installation.people).record(act, .list("places"), detail)
    }

    private static func outcome(_ reader: RowReader, _ transaction: Transaction) throws -> ImportReport.Outcome {
        do {
            return try take(reader, transaction)
        } catch let failure as RowFailure {
            return .failed(failure)
        }
    }

    private static func take(_ reader: RowReader, _ transaction: Transaction) throws -> ImportReport.Outcome {
        let (text, named) = (try reader.text("代码") ?? "", try reader.text("名称"))
        guard let code = RegionCode(text.narrow.whole), let name = named else {
            throw reader.fault(
                "代码", "“\(text)”不是行政区划代码，或没有名称。应如 370902 或 370900-A1",
                en: "“\(text)” is no region code, or the name is missing. Write it like 370902 or 370900-A1")
        }
        let authority = try reader.text("主管部门")
        let store = OrganisationStore(transaction)
        let isKnown = try RegionStore(transaction).all().contains { $0.code == code }
        let isGeneral = try isGeneral(reader, authority)
        var changed = try RegionStore(transaction).put(Region(code: code, name: name))
        if let authority {
            var unit = try store.find(authority, in: code)
            if unit == nil {
                let upstream = try store.authority(of: code)?.number
                unit = try store.add(
                    authority, .authority, uscc: nil, nature: "government", region: code, upstream: upstream)
                changed = true
            }
            if isGeneral, let unit, unit.jurisdiction != code {
                guard unit.role == .authority else {
                    throw reader.fault(
                        "综合管理", "“\(authority)”登记为用人单位，不能综合管理一个地区。请核对主管部门的名称",
                        en: "“\(authority)” is registered as an employer and cannot have a region. Check the name")
                }
                try store.putJurisdiction(code, of: unit.number)
                changed = true
            }
        }
        return !changed ? .unchanged : isKnown ? .changed(.empty) : .created
    }

    /// Whether the authority of the row has jurisdiction over the region.
    private static func isGeneral(_ reader: RowReader, _ authority: String?) throws -> Bool {
        switch try reader.text("综合管理") {
        case nil, "否": return false
        case "是":
            guard authority != nil else {
                throw reader.fault(
                    "综合管理", "这一行没有主管部门。请填写由哪个部门综合管理",
                    en: "The row names no authority. Name the one that has the region")
            }
            return true
        case let text?:
            throw reader.fault(
                "综合管理", "“\(text)”不对。应为“是”或“否”，也可以不填", en: "“\(text)” is neither 是 nor 否. It may also be empty")
        }
    }
}
