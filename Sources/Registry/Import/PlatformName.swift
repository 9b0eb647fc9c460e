import Database
import Foundation
import Kernel
import Policy

/// The platform of a list. Spellings that differ in width, case or surrounding spaces are one platform, under the first
/// name that submitted something.
struct PlatformName: Sendable {
    let name: String
    /// All spellings so far; empty for a new platform.
    let spellings: [String]
    /// The first note in the report of its list; `nil` where the platform is known.
    let note: LocalizedText?

    var source: EvidenceSource { .platform(name) }

    /// `known`: the platforms that submitted before, the oldest first.
    ///
    /// Failure: `import.platform` where the name has no letter or digit.
    init(_ typed: String, known: [String]) throws(Failure) {
        let typed = typed.visible.trimmingCharacters(in: .whitespacesAndNewlines)
        guard Self.isName(typed) else {
            throw Failure(
                .badInput, "import.platform", "没有写明学习平台的名称，没有导入。请在 --platform 后写平台的名称；不是平台的名单，不用 --platform。",
                en: "The platform has no name; nothing was imported. Write it after --platform, or omit the option.")
        }
        spellings = known.filter { PlainName.same($0, typed) }
        name = spellings.first ?? typed
        let others = known.filter(Self.isName)
        let told =
            others.isEmpty
            ? LocalizedText("以前没有平台报送过", en: "No platform submitted before")
            : LocalizedText("已报送过的平台：", en: "Platforms so far: ") + .list(others.prefix(20))
        let first = LocalizedText(
            "平台“\(name)”第一次报送，请核对名称有没有写错。", en: "Platform “\(name)” submits for the first time: check its name. ")
        note = spellings.isEmpty ? first + told : nil
    }

    private static func isName(_ text: String) -> Bool { text.contains { $0.isLetter || $0.isNumber } }
}

extension Registry {
    /// Failure: `import.platform`.
    func platform(_ typed: String) async throws -> PlatformName {
        try await database.read { transaction in
            let sources = try LegacySources.read(transaction, people)
            var known: [String] = []
            for source in try EvidenceStore(transaction).sources() {
                if case .platform(let name) = sources.source(source), !known.contains(name) { known.append(name) }
            }
            return try PlatformName(typed, known: known)
        }
    }
}
