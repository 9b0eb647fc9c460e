import Kernel

/// An employer (用人单位), a supervising authority (主管部门) or an agency for people without employer (代管).
///
/// A class, because every history refers to one and copies would be costly.
package final class Organisation: Sendable {
    package enum Role: String, Sendable, Hashable, CaseIterable {
        case authority
        case employer
        case agency
    }

    package let number: ID<Organisation>
    package let name: String
    package let role: Role
    /// 统一社会信用代码; `nil` if unknown.
    package let uscc: USCC?
    /// 单位性质 as in policies: `enterprise`, `institution` …
    package let nature: String
    package let region: RegionCode
    /// The organisation above it; `nil` for the city's bureau.
    package let upstream: ID<Organisation>?
    /// The region under an authority's comprehensive management (综合管理); `nil` if it has only its own units.
    package let jurisdiction: RegionCode?

    package init(
        number: ID<Organisation>, name: String, role: Role, uscc: USCC?, nature: String, region: RegionCode,
        upstream: ID<Organisation>?, jurisdiction: RegionCode? = nil
    ) {
        (self.number, self.name, self.role, self.uscc) = (number, name, role, uscc)
        (self.nature, self.region, self.upstream, self.jurisdiction) = (nature, region, upstream, jurisdiction)
    }
}
