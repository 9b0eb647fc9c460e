import Kernel

/// An employer (用人单位), a supervising authority (主管部门) or an agency for people without employer (代管).
///
/// A class, for every history names one and it has much to copy.
package final class Organisation: Sendable {
    package enum Role: String, Sendable, Hashable, CaseIterable {
        case authority
        case employer
        case agency
    }

    package let number: ID<Organisation>
    package let name: String
    package let role: Role
    /// 统一社会信用代码; unknown of some.
    package let uscc: USCC?
    /// 单位性质 as policies name it: `enterprise`, `institution` …
    package let nature: String
    package let region: RegionCode
    /// The one above it; none for the city's bureau.
    package let upstream: ID<Organisation>?
    /// The region of which an authority looks after everybody (综合管理); `nil` where it looks after its own units.
    package let jurisdiction: RegionCode?

    package init(
        number: ID<Organisation>, name: String, role: Role, uscc: USCC?, nature: String, region: RegionCode,
        upstream: ID<Organisation>?, jurisdiction: RegionCode? = nil
    ) {
        (self.number, self.name, self.role, self.uscc) = (number, name, role, uscc)
        (self.nature, self.region, self.upstream, self.jurisdiction) = (nature, region, upstream, jurisdiction)
    }
}
