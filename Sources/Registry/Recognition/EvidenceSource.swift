import Kernel
import People

/// Who brings evidence. It is never a login: what a colleague corrects is the same item.
package enum EvidenceSource: Sendable, Hashable {
    /// A unit, an authority or a training base.
    case organisation(ID<Organisation>)
    /// The city bureau, where its accounts belong to no organisation.
    case bureau
    /// A learning platform, by the name that its lists are told apart by.
    case platform(String)
    /// Whoever runs the program.
    case `operator`

    /// For whom a sender states something.
    init(_ submitter: Submitter) {
        if let organisation = submitter.organisation {
            self = .organisation(organisation)
        } else {
            self = submitter.account == nil ? .operator : .bureau
        }
    }

    /// As evidence names it: `organisation/17`, `bureau`, `platform/NAME`, `operator`.
    package var text: String {
        switch self {
        case .organisation(let number): "organisation/\(number)"
        case .bureau: "bureau"
        case .platform(let name): "platform/\(name)"
        case .operator: "operator"
        }
    }

    /// As people read it.
    func name(_ organisations: [ID<Organisation>: Organisation]) -> String {
        switch self {
        case .organisation(let number): organisations[number]?.name ?? "单位 \(number)"
        case .bureau: Submitter.bureau
        case .platform(let name): name
        case .operator: "系统管理员"
        }
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("bureau", 1): self = .bureau
        case ("operator", 1): self = .operator
        case ("platform", 2): self = .platform(String(parts[1]))
        case ("organisation", 2):
            guard let number = ID<Organisation>(String(parts[1])) else { return nil }
            self = .organisation(number)
        default: return nil
        }
    }
}
