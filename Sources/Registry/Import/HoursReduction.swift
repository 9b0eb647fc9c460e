import Documents
import Kernel

/// A row would reduce credited hours: a correction, a number that was used twice, or an item that displaces another.
struct HoursReduction: Error {
    /// The hours before and after.
    let words: LocalizedText

    init(_ words: LocalizedText) { self.words = words }
}

/// The rows of a list that would reduce credited hours. A few are corrections. Many are probably a mistake: none of
/// them is imported unless the sender confirms the reduction.
struct ReducingRows {
    typealias Item = (row: SheetRow, header: SheetHeader, words: LocalizedText)

    /// More than `most` rows, or more than one in `part`, are many.
    static let most = 20
    static let part = 20

    /// At most one more than ``most``: with that many, none of them is imported.
    private(set) var held: [Item] = []
    private(set) var refused: [RowFailure] = []

    mutating func add(_ item: Item) {
        if held.count <= Self.most { held.append(item) } else { refused.append(Self.failure(item)) }
    }

    /// Whether there are too many of them for a list of this length.
    private func isMany(among rows: Int) -> Bool {
        held.count > Self.most || held.count > 1 && held.count * Self.part > rows
    }

    /// The rows to import and the refused ones, for a list of this length.
    func parted(among rows: Int) -> (taken: [Item], refused: [RowFailure]) {
        isMany(among: rows) ? ([], held.map(Self.failure) + refused) : (held, [])
    }

    var count: Int { held.count + refused.count }

    private static func failure(_ item: Item) -> RowFailure {
        RowFailure(
            item.row, "编号",
            item.words
                + LocalizedText(
                    "。名单里减少已登记学时的行太多，可能是编号重复使用或同一项重复报送，这些行都没有登记。"
                        + "请核对；确需登记的，确认“减少已登记学时”后再导入",
                    en: ". The list has too many rows that reduce hours, perhaps numbers that are used twice or items "
                        + "that are listed twice, so none of these rows was entered. Check them; to enter them, "
                        + "confirm the reduction"))
    }
}
