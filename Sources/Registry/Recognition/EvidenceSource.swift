import Kernel
import People

/// The submitter of evidence. It is never a login: a correction by a colleague is of the same item.
package enum EvidenceSource: Sendable, Hashable {
    /// A unit, an authority or a training base.
    case organisation(ID<Organisation>)
    /// The city bureau, for accounts that belong to no organisation.
    case bureau
    /// A learning platform, by its name.
    case platform(String)
    /// The operator of the program.
    case `operator`

    /// The source of what a submitter sends.
    init(_ submitter: Submitter) {
        if let organisation = submitter.organisation {
            self = .organisation(organisation)
        } else {
            self = submitter.account == nil ? .operator : .bureau
        }
    }

    /// As stored with evidence: `organisation/17`, `bureau`, `platform/NAME`, `operator`.
    package var text: String {
        switch self {
        case .organisation(let number): "organisation/\(number)"
        case .bureau: "bureau"
        case .platform(let name): "platform/\(name)"
        case .operator: "operator"
        }
    }

    /// The name for people.
    func name(_ organisations: [ID<Organisation>: Organisation]) -> LocalizedText {
        switch self {
        case .organisation(let number):
            organisations[number].map { LocalizedText.quoted($0.name) }
                ?? LocalizedText("单位 \(number)", en: "unit \(number)")
        case .bureau: .quoted(Submitter.bureau)
        case .platform(let name): .quoted(name)
        case .operator: LocalizedText("系统管理员", en: "the operator")
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
