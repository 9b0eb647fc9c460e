import Kernel

/// The frame of every page: header, navigation, breadcrumbs and footer around the body.
struct PageLayout: PageValue {
    let title: String
    let modules: [String]
    let navigation: [NavigationItem]
    let account: AccountBanner?
    let breadcrumbs: [Breadcrumb]
    /// The code of the failure that the page explains; empty if there is none.
    var code = ""
    let body: HTML
    let signIn: Link
    let imprint: Imprint

    static var fields: [String: Field<PageLayout>] {
        [
            "title": .text { $0.title },
            "modules": .list { $0.modules.map(ModuleName.init) },
            "navigation": .list { $0.navigation },
            "account": .item { $0.account },
            "isBelow": .flag { !$0.breadcrumbs.isEmpty },
            "trail": .list { $0.breadcrumbs },
            "isFailed": .flag { !$0.code.isEmpty },
            "code": .text { $0.code },
            "body": .html { $0.body },
            "signIn": .text { $0.signIn.text },
            "city": .text { $0.imprint.city },
            "authority": .text { $0.imprint.authority },
            "hotline": .item { $0.imprint.hotline },
            "footer": .list { $0.imprint.links },
            "version": .text { $0.imprint.version },
        ]
    }

    static var sample: PageLayout {
        PageLayout(
            title: "我的年度", modules: ["/assets/verify.js"], navigation: [.sample], account: .sample,
            breadcrumbs: [.sample], body: HTML(trusted: "<p>正文</p>"), signIn: Link(path: "/sign-in"), imprint: .sample)
    }
}

/// The name of the site, the authority and its hotline.
package struct Imprint: Sendable {
    /// As in the header: 泰安市专业技术人员继续教育.
    package var city: String
    /// 主管单位.
    package var authority: String
    package var hotline: Hotline?
    package var version: String
    /// The links in the footer.
    package var links: [Breadcrumb]

    package init(city: String, authority: String, hotline: Hotline?, version: String, links: [Breadcrumb] = []) {
        (self.city, self.authority, self.hotline) = (city, authority, hotline)
        (self.version, self.links) = (version, links)
    }

    static var sample: Imprint {
        Imprint(
            city: "泰安市专业技术人员继续教育", authority: "泰安市人力资源和社会保障局", hotline: .sample, version: "0.1",
            links: [.sample])
    }
}

package struct Hotline: PageValue {
    package let number: String
    /// 工作日 8:30—17:30
    package let hours: String

    package init(number: String, hours: String) { (self.number, self.hours) = (number, hours) }

    package static var fields: [String: Field<Hotline>] {
        ["number": .text { $0.number }, "hours": .text { $0.hours }]
    }

    package static var sample: Hotline { Hotline(number: "0538-0000000", hours: "工作日 8:30—17:30") }
}

/// The path of a script module.
struct ModuleName: PageValue {
    let path: String

    static var fields: [String: Field<ModuleName>] { ["path": .text { $0.path }] }
    static var sample: ModuleName { ModuleName(path: "/assets/verify.js") }
}

/// An item of the navigation, shown to users that its access policy admits.
package struct NavigationItem: PageValue {
    package let title: String
    package let link: Link
    package let accessPolicy: AccessPolicy
    /// Prefixes of paths that also belong to this item.
    private let places: [String]
    var isCurrent = false

    package init(_ title: String, _ link: Link, _ accessPolicy: AccessPolicy, also places: [String] = []) {
        (self.title, self.link, self.accessPolicy) = (title, link, accessPolicy)
        self.places = places + (link == .home ? [] : [link.text + "/"])
    }

    /// Whether a page belongs to this item.
    func leads(to path: String) -> Bool { path == link.text || places.contains { path.hasPrefix($0) } }

    package static var fields: [String: Field<NavigationItem>] {
        ["title": .text { $0.title }, "link": .text { $0.link.text }, "isCurrent": .flag { $0.isCurrent }]
    }

    package static var sample: NavigationItem { NavigationItem("我的学时", Link(path: "/me"), .everyone) }
}

/// The signed-in user in the frame.
struct AccountBanner: PageValue {
    let name: String
    let role: String
    let account: Link
    let signOut: Link

    static var fields: [String: Field<AccountBanner>] {
        [
            "name": .text { $0.name }, "role": .text { $0.role }, "account": .text { $0.account.text },
            "signOut": .text { $0.signOut.text },
        ]
    }

    static var sample: AccountBanner {
        AccountBanner(
            name: "岳明远", role: "专业技术人员", account: Link(path: "/account"),
            signOut: Link(path: "/sign-out"))
    }
}

extension Breadcrumb: PageValue {
    package static var fields: [String: Field<Breadcrumb>] {
        ["title": .text { $0.title }, "link": .text { $0.link.text }]
    }

    package static var sample: Breadcrumb { Breadcrumb("首页", Link(path: "/")) }
}
