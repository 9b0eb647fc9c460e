import Database
import Documents
import Kernel
import People
import Registry

/// Reads a list of regions with their authorities: 代码、名称、主管部门, the city first; a
/// region may have several lines, its HR authority (人社部门) first.
package struct PlacesImport: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Adds what is not there yet; answers what was added and what was there.
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
        report.notes += headers.notes
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
            throw reader.fault("代码", "“\(text)”不是行政区划代码，或没有名称。应如 370902 或 370900-A1")
        }
        let authority = try reader.text("主管部门")
        let store = OrganisationStore(transaction)
        let isKnown = try RegionStore(transaction).all().contains { $0.code == code }
        var changed = try RegionStore(transaction).put(Region(code: code, name: name))
        if let authority, try store.find(authority, in: code) == nil {
            let upstream = try store.authority(of: code)?.number
            _ = try store.add(authority, .authority, uscc: nil, nature: "government", region: code, upstream: upstream)
            changed = true
        }
        return !changed ? .unchanged : isKnown ? .changed("") : .created
    }
}
