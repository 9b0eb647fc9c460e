import Kernel
import People
import Policy

/// Who has an item and can submit it again.
package enum ItemHolder: Sendable, Hashable {
    case platform(String)
    case unit(String)
    /// The name is empty for the operator of the program.
    case authority(String)

    init(_ source: EvidenceSource, _ organisations: [ID<Organisation>: Organisation]) {
        let name = source.name(organisations).chinese
        switch source {
        case .platform: self = .platform(name)
        case .organisation(let number):
            self = organisations[number]?.role == .authority ? .authority(name) : .unit(name)
        case .bureau: self = .authority(name)
        case .operator: self = .authority("")
        }
    }

    /// 学习平台：泰安示例学习平台; 主管部门.
    package var text: LocalizedText {
        switch self {
        case .platform(let name): LocalizedText("学习平台：\(name)", en: "the learning platform \(name)")
        case .unit(let name): LocalizedText("报送单位：\(name)", en: "the unit \(name)")
        case .authority(let name):
            name.isEmpty
                ? LocalizedText("主管部门", en: "the authority")
                : LocalizedText("主管部门：\(name)", en: "the authority \(name)")
        }
    }
}

extension EvidenceKind {
    /// The learning platform that evidence names in the fact of this name.
    func platform(of evidence: Evidence) -> String? {
        facts.first { $0.name == "学习平台" }.flatMap { evidence.facts[$0.key]?.description }
    }
}
