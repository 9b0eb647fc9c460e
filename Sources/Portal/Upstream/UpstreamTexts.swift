import Kernel
import People
import Policy
import Registry

/// A request in words.
struct UpstreamText: Sendable {
    /// 调入：岳明远
    let title: String
    let words: String
    /// Set if the name in the list differs from the registered one: the number may be another person's.
    var difference = ""
}

extension ActPresenter {
    /// Who carried out or dismissed a request; empty while it waits.
    func who(resolved request: UpstreamRequest) throws -> String {
        guard request.resolution != nil else { return "" }
        let acts = try newest([.of(.request(request.number), [.carryOutRequest, .dismissRequest])], limit: 1)
        return try acts.first.map { try line($0).who } ?? ""
    }
}

/// Describes requests. People outside the reader's scope are not named.
struct UpstreamTexts {
    private let writeScope: WriteScope

    init(_ writeScope: WriteScope) { self.writeScope = writeScope }

    /// For the authority that resolves it.
    func of(_ request: UpstreamRequest) throws -> UpstreamText {
        let known = try writeScope.find(request.person)
        let name = known.map { "：\($0.name)" } ?? ""
        let person = try known.map { try told($0, in: request) } ?? "（已不在您管理的单位）"
        if request.kind == .authors {
            let work = try work(request)
            return UpstreamText(title: Self.corrected(request) + name, words: "\(work)；\(person)也登记了这项成果。")
        }
        let requested = RequestedTransfer(request.requested)
        var text = UpstreamText(
            title: Self.title(request.kind) + name, words: person + Self.place(request.kind, requested))
        if let known, !requested.name.isEmpty, !NormalForm.sameIgnoringCase(requested.name, known.name) {
            text.difference = "名单上写的是“\(requested.name)”，登记的是“\(known.name)”，请核对身份证号。"
        }
        return text
    }

    /// For the sender: people outside the scope have their names from the list.
    func asked(_ request: UpstreamRequest) throws -> UpstreamText {
        if request.kind == .authors {
            return UpstreamText(title: Self.corrected(request), words: try work(request) + "。")
        }
        let requested = RequestedTransfer(request.requested)
        let typed = requested.name.isEmpty ? "名单中的人员" : requested.name
        let person = try writeScope.find(request.person).map { try told($0, in: request) } ?? typed
        return UpstreamText(title: Self.title(request.kind), words: person + Self.place(request.kind, requested))
    }

    /// What is corrected in a work.
    private static func corrected(_ request: UpstreamRequest) -> String {
        request.requested["names"]?.description ?? "作者数"
    }

    private static func title(_ kind: UpstreamRequest.Kind) -> String { kind == .transfer ? "调入" : "任职日期" }

    private static func place(_ kind: UpstreamRequest.Kind, _ requested: RequestedTransfer) -> String {
        let since = requested.since.map { "自 \($0) 起" } ?? ""
        return kind == .transfer ? "，\(since)调入“\(requested.unit)”。" : "，\(since)在“\(requested.unit)”任职，与在别处的任职重叠。"
    }

    /// 岳明远（…）的“研究”，作者数改为 5
    private func work(_ request: UpstreamRequest) throws -> String {
        let submission = Submission(requested: request.requested)
        let claimant = try submission.flatMap { try writeScope.find($0.person) }
        let own = try claimant.map { try told($0, in: request) } ?? ""
        let facts = submission?.evidence.facts ?? [:]
        let title = ["title", "project", "book"].compactMap { facts[$0]?.description }.first ?? "成果"
        let change = request.requested["change"] ?? facts["authors"].map { .text("作者数改为 \($0)") }
        return "\(own)的“\(title)”，" + (change?.description ?? "作者数更正")
    }

    /// The person with the unit of today, or after a transfer with the unit before it.
    private func told(_ person: Person, in request: UpstreamRequest) throws -> String {
        let unit =
            if request.kind == .transfer, request.resolution?.isDone == true {
                try request.other.map { "原在" + (try writeScope.name(of: $0) ?? "别的单位") } ?? "原无单位"
            } else {
                try writeScope.unitName(of: person.number) ?? "无单位"
            }
        return "\(person.name)（人员编号 \(person.number)，\(unit)）"
    }
}
