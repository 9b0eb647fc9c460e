import Kernel
import Policy
import Registry
import Web

/// Links from the clauses that sentences name to the texts of a policy's sources.
struct ClauseLinks: Sendable {
    private let version: PolicyVersion?
    private let isCurrent: Bool

    /// Without a version, nothing is linked.
    static let none = ClauseLinks(nil, isCurrent: true)

    /// The links of a version. An older version has its own text.
    init(_ version: PolicyVersion?, in book: PolicyBook) {
        self.init(version, isCurrent: version.map { book.current($0.key)?.number == $0.number } ?? true)
    }

    init(_ version: PolicyVersion?, isCurrent: Bool) { (self.version, self.isCurrent) = (version, isCurrent) }

    func cited(_ sentence: String) -> CitedSentence {
        guard let version else { return CitedSentence(sentence) }
        let parts = version.policy.parts(of: sentence).map { part -> CitedPart in
            switch part {
            case .text(let text): CitedPart(text)
            case .citation(let citation):
                CitedPart(
                    citation.words, name: citation.name,
                    link: page(of: citation.source, version).at(citation.path.anchor))
            }
        }
        return CitedSentence(parts)
    }

    /// The page of a source's text; `nil` if the version does not contain it.
    func page(of source: SourceDocument) -> Link? {
        guard let version, source.text != nil else { return nil }
        return page(of: source, version)
    }

    private func page(of source: SourceDocument, _ version: PolicyVersion) -> Link {
        let page = PolicyPages.sourcePath.link(version.key, source.key)
        return isCurrent ? page : page.asking([("version", "\(version.version)")])
    }
}

/// A sentence whose clauses are links.
struct CitedSentence: PageValue {
    let parts: [CitedPart]

    init(_ parts: [CitedPart]) { self.parts = parts }

    /// A sentence without links.
    init(_ text: String) { parts = [CitedPart(text)] }

    static var fields: [String: Field<CitedSentence>] { ["parts": .list { $0.parts }] }

    static var sample: CitedSentence { CitedSentence([CitedPart("论文“国内国家级”计 125 学时"), .sample]) }
}

/// Text, or a clause that opens the text of its source.
struct CitedPart: PageValue {
    let text: String
    /// What a screen reader says for the link: 依据：通知二（一）.
    let name: String
    let link: Link?

    init(_ text: String, name: String = "", link: Link? = nil) {
        (self.text, self.name, self.link) = (text, name, link)
    }

    static var fields: [String: Field<CitedPart>] {
        [
            "text": .text { $0.text }, "name": .text { $0.name }, "isLink": .flag { $0.link != nil },
            "link": .text { $0.link?.text ?? "" },
        ]
    }

    static var sample: CitedPart { CitedPart("二（三）3", name: "依据：通知二（三）3", link: PolicyPages.path.link()) }
}
