import Kernel
import Web

/// A result for the public; green only if it is valid.
struct VerificationSummary: PageValue {
    let state: Verification.State
    let reasons: [String]
    private let isFile: Bool
    /// Whether it is superseded, and no newer certificate is known.
    private let isChanged: Bool

    init(_ found: Verification) {
        (state, isFile) = (found.state, found.isFile)
        isChanged = found.state == .superseded && found.successor == nil
        reasons = found.reasons.map(\.chinese)
    }

    /// The result before its reasons are known; the browser fills them in.
    init(_ state: Verification.State, isChanged: Bool = false) {
        (self.state, reasons, isFile, self.isChanged) = (state, [], false, isChanged)
    }

    /// Of the state; `changed` for a superseded certificate without a newer one. The browser finds its template by it.
    var name: String { isChanged ? "changed" : state.rawValue }

    var title: String { isChanged ? "登记的结果已变更" : state.title }

    private var tone: String {
        switch state {
        case .valid: "is-ok"
        case .superseded: "is-warn"
        case .revoked, .altered: "is-bad"
        case .unknown, .unknownKey, .cannotCheck: ""
        }
    }

    private var icon: String {
        switch state {
        case .valid: "check"
        case .superseded: "renew"
        case .revoked, .altered: "cross"
        case .unknown: "question"
        case .unknownKey: "key"
        case .cannotCheck: "info"
        }
    }

    var advice: String {
        switch state {
        case .valid: "请逐项对照您手中的证书，有一项不同就不要采信。"
        case .superseded where isChanged: "请不要再用这张证书。现在的结果，请向颁发机关查询。"
        case .superseded: "请以新证书为准，向持证人索取。"
        case .revoked: "请不要采信。有疑问，请问颁发机关。"
        case .altered where isFile: "请不要采信。请向持证人索取原文件，或用证书编号核验。"
        case .altered: "请不要采信。先重新扫描一次；还是这样的，请向颁发机关查询。"
        case .unknown: "请对照证书核对编号。编号没有错的，请向颁发机关查询。"
        case .unknownKey: "请到证书上写的颁发机关去核验。"
        case .cannotCheck where isFile: "这不说明证书是真是假。请向持证人索取原文件，或用证书编号核验。"
        case .cannotCheck: "这不说明证书是真是假。请重新扫描二维码，或换一种办法。"
        }
    }

    static var fields: [String: Field<VerificationSummary>] {
        [
            "name": .text { $0.name }, "tone": .text { $0.tone }, "icon": .text { $0.icon },
            "title": .text { $0.title },
            "reasons": .list { $0.reasons.map(Sentence.init) }, "advice": .text { $0.advice },
        ]
    }

    static var sample: VerificationSummary { VerificationSummary(.unreadable) }
}

extension Verification.State {
    var title: String {
        switch self {
        case .valid: "有效"
        case .superseded: "已被新证书取代"
        case .revoked: "已作废"
        case .altered: "内容被改动"
        case .unknown: "没有这张证书"
        case .unknownKey: "不是本网站能核验的证书"
        case .cannotCheck: "现在不能核验"
        }
    }
}
