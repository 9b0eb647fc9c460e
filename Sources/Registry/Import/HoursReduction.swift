import Documents

/// A row of a list would take hours away that were brought before: a correction, a number that was given twice, or an
/// item that displaces another.
struct HoursReduction: Error {
    /// How many hours there were and are.
    let words: String

    init(_ words: String) { self.words = words }
}

/// The rows of a list that would take hours away. A few are corrections. Many are likely to be a mistake, and none of
/// them is taken in unless the sender says that it is meant.
struct ReducingRows {
    typealias Item = (row: SheetRow, header: SheetHeader, words: String)

    /// More than so many rows, or than one in `part`, are many.
    static let most = 20
    static let part = 20

    /// At most one more than ``most``: beyond that none of them is taken in anyway.
    private(set) var held: [Item] = []
    private(set) var refused: [RowFailure] = []

    mutating func add(_ item: Item) {
        if held.count <= Self.most { held.append(item) } else { refused.append(Self.failure(item)) }
    }

    /// Whether they are too many among so many rows to be taken in without a word.
    private func isMany(among rows: Int) -> Bool {
        held.count > Self.most || held.count > 1 && held.count * Self.part > rows
    }

    /// What may be taken in, and what is refused, of a list of so many rows.
    func parted(among rows: Int) -> (taken: [Item], refused: [RowFailure]) {
        isMany(among: rows) ? ([], held.map(Self.failure) + refused) : (held, [])
    }

    var count: Int { held.count + refused.count }

    private static func failure(_ item: Item) -> RowFailure {
        RowFailure(
            item.row, "编号",
            "\(item.words)。名单里减少已登记学时的行太多，可能是编号重复使用或同一项重复报送，这些行都没有登记。请核对；确需登记的，确认“减少已登记学时”后再导入")
    }
}
