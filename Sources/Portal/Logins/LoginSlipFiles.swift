import Documents
import Kernel
import People

/// The codes of a batch as files: slips to print, or a workbook.
struct LoginSlipFiles {
    let slips: [LoginSlip]
    /// The address of the site, as people type it.
    let address: String
    let batch: LoginBatch

    /// Failures: `page.fonts`, `page.drawing`.
    func pages() throws -> [UInt8] {
        try SlipPages("登录码", made: Day(milliseconds: batch.made), slips.map(lines)).draw()
    }

    private func lines(_ slip: LoginSlip) -> [SlipPages.Line] {
        [
            .init(slip.name, .name), .init(slip.unit.isEmpty ? "—" : slip.unit, .note),
            .init("登录名　\(slip.login)"), .init("登录码　只能用一次"), .init(slip.code, .code),
            .init("网址　\(address)"), .init("有效期　至 \(batch.lastDay)（含当天）"),
            .init("登录后设置自己的密码。不要把登录码告诉别人。", .hint),
        ]
    }

    private static let columns = [("单位", 32), ("姓名", 12), ("登录名", 34), ("登录码", 26), ("网址", 28), ("有效期至", 14)]

    func workbook() throws -> [UInt8] {
        let file = try OpenFile.scratch()
        let writer = try SheetWriter(
            path: file.path, sheet: "登录码", columns: Self.columns.map { SheetColumn(title: $0.0, width: $0.1) })
        for slip in slips {
            try writer.row([slip.unit, slip.name, slip.login, slip.code, address, "\(batch.lastDay)"])
        }
        try writer.finish()
        return try file.bytes()
    }
}
