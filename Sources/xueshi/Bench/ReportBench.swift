import App
import ArgumentParser
import CXLSXWriter
import Database
import Foundation
import Kernel

struct ReportBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "The list of a year's standings as .xlsx and .csv, compared with the SELECT of its cells.",
        discussion: """
            The bare .xlsx is the same SELECT with libxlsxwriter alone. Run it in the folder of Samples and Policies.
            Example:    xueshi bench report --rows 50000
            PostgreSQL: --database postgres:///xueshi_bench
            """)
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of people in the city.") var rows = 50_000
    @Option(help: "An empty PostgreSQL database, instead of SQLite.") var database: String?
    @Option(help: "The folder of the demo city, which is created if it is missing. Default: a temporary folder.")
    var folder: String?

    private static let year = Year(2022)

    func validate() throws { try bounded("--rows", rows, 1...5_000_000) }

    func run() async throws {
        try await answering(json) {
            if let folder { return try await measure(in: folder) }
            return try await withScratch { try await measure(in: $0) }
        }
    }

    private func measure(in folder: String) async throws -> CommandOutput {
        let installation = try await Installation.open(folder: folder, database: database)
        defer { installation.close() }
        try await fill(installation)
        let exports = Exports(installation)
        var best = (xlsx: Double.infinity, bare: Double.infinity, csv: Double.infinity, sql: Double.infinity)
        var counts: Set<Int> = []
        // Three rounds, and the best of each: the first round reads the file into memory.
        for _ in 0..<3 {
            best.sql = min(best.sql, try await seconds { counts.insert(try await select(installation)) })
            best.csv = min(
                best.csv,
                try await seconds { counts.insert(try await exports.standings(Self.year, to: folder + "/list.csv")) })
            best.bare = min(
                best.bare, try await seconds { counts.insert(try await write(installation, folder + "/bare.xlsx")) })
            best.xlsx = min(
                best.xlsx,
                try await seconds { counts.insert(try await exports.standings(Self.year, to: folder + "/list.xlsx")) })
        }
        guard counts.count == 1, let rows = counts.first else { throw Failure.reportDiffers(counts.sorted()) }
        return CommandOutput(
            "report", lines: ["\(rows) rows of 11 cells; the best of three rounds"],
            [
                "rows": rows, "xlsx": figure(best.xlsx), "xlsx-bare": figure(best.bare),
                "ratio-xlsx": figure(best.xlsx / best.bare), "csv": figure(best.csv), "sql": figure(best.sql),
                "ratio-csv": figure(best.csv / best.sql),
            ])
    }

    private func fill(_ installation: Installation) async throws {
        do {
            _ = try await Demo(installation, seed: 1).fill(
                people: rows, samples: "Samples", policies: "Policies/taian", progress: progress("demo", every: 50_000))
            _ = try await installation.settle(Self.year) { _ in }
        } catch let failure as Failure where failure.isSame(as: .notEmpty(0)) {
            writeToStderr("the existing city is measured")
        }
    }

    private func select(_ installation: Installation) async throws -> Int {
        try await installation.database.read { transaction in
            var rows = 0
            try BenchStore(transaction).cells(Self.year) { cells in rows += cells.person > 0 ? 1 : 0 }
            return rows
        }
    }

    /// Writes the same cells with libxlsxwriter, as its manual shows.
    private func write(_ installation: Installation, _ path: String) async throws -> Int {
        try await installation.database.read { transaction in
            let book = try BareWorkbook(path)
            try BenchStore(transaction).cells(Self.year) { book.add($0) }
            return book.close()
        }
    }
}

extension Failure {
    fileprivate static func reportDiffers(_ counts: [Int]) -> Failure {
        Failure(
            .damaged, "bench.differs", "各名单的行数不同：\(counts)，不能比较。",
            en: "The lists have \(counts) rows: nothing to compare.")
    }
}

/// A workbook with the least code that libxlsxwriter needs.
private final class BareWorkbook {
    private let book: UnsafeMutablePointer<lxw_workbook>
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private var rows: UInt32 = 0

    init(_ path: String) throws {
        var options = lxw_workbook_options(constant_memory: 1, tmpdir: nil, use_zip64: 1)
        guard let book = workbook_new_opt(path, &options), let sheet = workbook_add_worksheet(book, "1") else {
            throw Failure.benchServer("xlsx")
        }
        (self.book, self.sheet) = (book, sheet)
    }

    func add(_ cells: BenchCells) {
        number(0, cells.person)
        text(1, cells.name)
        text(2, cells.unit)
        text(3, cells.region)
        text(4, cells.policy)
        number(5, cells.year)
        text(6, cells.outcome)
        number(7, cells.hours / 100)
        number(8, cells.hours / 100)
        // The missing hours are in the standing's text; its first characters have about the length of such a cell.
        text(9, String(cells.body.prefix(24)))
        text(10, "-")
        rows += 1
    }

    func close() -> Int {
        workbook_close(book)
        return Int(rows)
    }

    private func text(_ column: UInt16, _ text: String) { worksheet_write_string(sheet, rows, column, text, nil) }
    private func number(_ column: UInt16, _ number: Int) {
        worksheet_write_number(sheet, rows, column, Double(number), nil)
    }
}
