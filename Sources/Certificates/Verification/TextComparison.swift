import Kernel

/// Compares the text of a page with the text that should be printed, and names the fields that differ.
struct TextComparison {
    private let runs: [PrintedRun]
    private let printed: [Character]

    init(_ runs: [PrintedRun], printed: String) {
        self.runs = runs
        self.printed = Array(Self.plain(printed))
    }

    /// The text without white space and invisible characters, because poppler adds direction marks and drops variation
    /// selectors. Programs that rewrite a PDF may turn an ideograph into the radical with the same glyph.
    private static func plain(_ text: String) -> String {
        let drawn = NormalForm.ideographs(text)
        return String(
            String.UnicodeScalarView(
                drawn.unicodeScalars.filter { scalar in
                    !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
                }))
    }

    /// A page that is much longer than expected is not compared character by character.
    private static let longest = 5000

    var faults: [LocalizedText] {
        var expected: [Character] = []
        var owners: [Int] = []
        for (index, run) in runs.enumerated() {
            let text = Self.plain(run.text)
            expected += text
            owners += Array(repeating: index, count: text.count)
        }
        guard expected != printed else { return [] }
        guard printed.count <= Self.longest else {
            return [LocalizedText("页面上有大量多余的文字。", en: "The page has much additional text.")]
        }
        return sentences(touched(expected, owners))
    }

    /// The runs with deleted or inserted characters.
    private func touched(_ expected: [Character], _ owners: [Int]) -> Set<Int> {
        let difference = printed.difference(from: expected)
        var removed: Set<Int> = []
        for case .remove(let offset, _, _) in difference.removals { removed.insert(offset) }
        var inserted: Set<Int> = []
        for case .insert(let offset, _, _) in difference.insertions { inserted.insert(offset) }
        var touched = Set(removed.map { owners[$0] })
        // Walks both texts together: an insertion belongs to the run at that place.
        var place = 0
        for offset in printed.indices {
            while place < expected.count, removed.contains(place) { place += 1 }
            if inserted.contains(offset) {
                touched.insert(owner(before: place, owners))
            } else {
                place += 1
            }
        }
        return touched
    }

    /// An insertion between a fact and literal text belongs to the fact.
    private func owner(before place: Int, _ owners: [Int]) -> Int {
        let sides = [place - 1, place].filter(owners.indices.contains).map { owners[$0] }
        return sides.first { runs[$0].field != nil } ?? sides.first ?? 0
    }

    private func sentences(_ touched: Set<Int>) -> [LocalizedText] {
        var named: [CertificateField] = []
        for index in touched.sorted() {
            guard let field = runs[index].field, !named.contains(field) else { continue }
            named.append(field)
        }
        let facts = named.map { field in
            let signed = runs.filter { $0.field == field }.map(\.text).joined(separator: " ")
            return LocalizedText(
                "文件上的“\(field.title)”与签名内容不符，应为：\(signed)。",
                en: "The printed \(field.rawValue) differs from the signed one, which is: \(signed).")
        }
        return facts.isEmpty
            ? [LocalizedText("版式文字被改动或有添加。", en: "The text of the form was changed or extended.")] : facts
    }
}
