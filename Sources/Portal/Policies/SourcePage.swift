import Kernel
import Policy
import Registry
import Web

/// The text of a source as issued. Each clause has an id, so that a link opens it marked, without a script.
struct SourcePage: PageValue {
    let title: String
    let number: String
    let date: String
    let policy: Breadcrumb
    let passages: [PassagePart]
    /// The version that the text belongs to and the page of the current one, if a newer version exists.
    let older: OlderSource?

    init(_ source: SourceDocument, _ text: IssuedText, _ version: PolicyVersion, newest: PolicyVersion) {
        (title, number, date) = (source.title, source.number ?? "", source.date?.description ?? "")
        policy = Breadcrumb(version.policy.title, PolicyPages.policyPath.link(version.key))
        let depths = text.passages.map(\.depth).dropFirst() + [0]
        passages = zip(text.passages, depths).map { PassagePart($0, before: $1, without: source.title) }
        older = version.version < newest.version ? OlderSource(version: version.version, policy: policy.link) : nil
    }

    private init() {
        (title, number, date) = ("关于做好2022年度继续教育工作的通知", "示例人社字〔2022〕1号", "2022-04-19")
        policy = Breadcrumb("泰安市 2022 年度专业技术人员继续教育", PolicyPages.path.link())
        (passages, older) = ([.sample], .sample)
    }

    static var fields: [String: Field<SourcePage>] {
        [
            "title": .text { $0.title }, "number": .text { $0.number }, "isNumbered": .flag { !$0.number.isEmpty },
            "date": .text { $0.date }, "isDated": .flag { !$0.date.isEmpty }, "policy": .item { $0.policy },
            "passages": .list { $0.passages }, "older": .item { $0.older },
        ]
    }

    static var sample: SourcePage { SourcePage() }
}

/// The note on the page of an older version's text.
struct OlderSource: PageValue {
    let version: Int
    let policy: Link

    static var fields: [String: Field<OlderSource>] {
        ["version": .text { "\($0.version)" }, "policy": .text { $0.policy.text }]
    }

    static var sample: OlderSource { OlderSource(version: 1, policy: PolicyPages.path.link()) }
}

/// A clause with its own lines. Clauses within it follow and are inside its element.
struct PassagePart: PageValue {
    let anchor: String?
    let lines: [IssuedLine]
    /// The number of elements that end after its lines.
    let closing: Int

    /// `depth` is that of the next passage. A first line that repeats the page's heading is left out.
    init(_ passage: Passage, before depth: Int, without title: String = "") {
        anchor = passage.path?.anchor
        let plain = { (text: String) in text.filter { !$0.isWhitespace } }
        let cited = passage.path == nil ? passage.cited.filter { plain($0.text) != plain(title) } : passage.cited
        lines = cited.enumerated().map { turn, line in
            let isHead = turn == 0 && passage.isTitled
            return IssuedLine(
                text: line.text, anchor: line.path?.anchor, isTitle: isHead && passage.depth == 1, isHead: isHead)
        }
        // The next clause lies in one element less than its depth, which includes its own.
        closing = max(0, passage.depth - max(0, depth - 1))
    }

    private init() { (anchor, lines, closing) = ("二-一", [.sample], 1) }

    static var fields: [String: Field<PassagePart>] {
        [
            "isClause": .flag { $0.anchor != nil }, "anchor": .text { $0.anchor ?? "" }, "lines": .list { $0.lines },
            "closing": .list { (0..<$0.closing).map { _ in ElementEnd() } },
        ]
    }

    static var sample: PassagePart { PassagePart() }
}

/// The end of a clause's element.
struct ElementEnd: PageValue {
    static var fields: [String: Field<ElementEnd>] { [:] }
    static var sample: ElementEnd { ElementEnd() }
}

/// A line of a text as issued.
struct IssuedLine: PageValue {
    let text: String
    /// The id of a single paragraph of several.
    var anchor: String?
    /// Whether it is the heading of a part of the text: 二、学习内容及学时认定.
    var isTitle = false
    var isHead = false

    static var fields: [String: Field<IssuedLine>] {
        [
            "text": .text { $0.text }, "isPlace": .flag { $0.anchor != nil }, "anchor": .text { $0.anchor ?? "" },
            "isTitle": .flag { $0.isTitle }, "isHead": .flag { $0.isHead },
        ]
    }

    static var sample: IssuedLine { IssuedLine(text: "每年累计应不少于 90 学时。") }
}

extension Failure {
    static let noSourceText = Failure(
        .notFound, "policy.no-text", "这一版政策没有附这份文件的原文。请从政策列表进入，看政策所列的依据。",
        en: "This version of the policy does not contain the text of that source. See the list of policies.")
}
