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
        let name = source.name(organisations)
        switch source {
        case .platform: self = .platform(name)
        case .organisation(let number):
            self = organisations[number]?.role == .authority ? .authority(name) : .unit(name)
        case .bureau: self = .authority(name)
        case .operator: self = .authority("")
        }
    }

    /// 学习平台：泰安示例学习平台; 主管部门.
    package var text: String {
        switch self {
        case .platform(let name): "学习平台：\(name)"
        case .unit(let name): "报送单位：\(name)"
        case .authority(let name): name.isEmpty ? "主管部门" : "主管部门：\(name)"
        }
    }
}

extension EvidenceKind {
    /// The learning platform that evidence names in the fact of this name.
    func platform(of evidence: Evidence) -> String? {
        facts.first { $0.name == "学习平台" }.flatMap { evidence.facts[$0.key]?.description }
    }
}
