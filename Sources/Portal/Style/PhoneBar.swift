import Certificates
import Kernel
import People
import Web

/// The bar at the lower edge of a phone: the three pages that each role opens most.
package enum PhoneBar {
    package static var items: [NavigationItem] {
        [
            NavigationItem("学时", YearPages.path.link(), .role(.professional), icon: "hours"),
            NavigationItem("证书", YearPages.certificatesPath.link(), .role(.professional), icon: "certificate"),
            NavigationItem("人员", RosterPages.path.link(), .officers, icon: "people"),
            NavigationItem("导入", ImportPages.path.link(), .roles([.employer, .authority]), icon: "import"),
            NavigationItem("年度", YearsPages.path.link(), .role(.bureau), icon: "year"),
            NavigationItem("统计", FigurePages.path.link(), .roles([.authority, .bureau]), icon: "chart"),
            NavigationItem("审计记录", AuditPages.path.link(), .role(.auditor), icon: "search"),
            NavigationItem(
                "核验", VerificationPages.queryPath.link(), .roles([.professional, .employer, .auditor]), icon: "verify",
                also: ["/v/"]),
        ]
    }
}
