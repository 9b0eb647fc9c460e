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
    /// The bar at the lower edge of a phone.
    var phoneBar: [NavigationItem] = []
    var textSize = TextSize.normal
    var isInWeChat = false
    /// The address of this page.
    var here = "/"

    /// The classes of the whole document.
    private var marks: String {
        let all = [
            ("is-large", textSize == .large), ("is-wechat", isInWeChat), ("has-phonebar", !phoneBar.isEmpty),
        ]
        return all.filter { $0.1 }.map { $0.0 }.joined(separator: " ")
    }

    static var fields: [String: Field<PageLayout>] {
        [
            "isMarked": .flag { !$0.marks.isEmpty }, "marks": .text { $0.marks },
            // Reading it takes two requests, and pages with modules of their own have several already.
            "isInstallable": .flag { $0.modules.isEmpty }, "manifest": .text { _ in AppManifest.path.link().text },
            "hasPhoneBar": .flag { !$0.phoneBar.isEmpty }, "phoneBar": .list { $0.phoneBar },
            "textSizeAction": .text { _ in TextSize.path.link().text }, "here": .text { $0.here },
            "otherSize": .text { $0.textSize.other.rawValue }, "otherSizeTitle": .text { $0.textSize.other.title },
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
            "name": .text { $0.imprint.name },
            "city": .text { $0.imprint.city },
            "authority": .text { $0.imprint.authority },
            "hotline": .item { $0.imprint.hotline },
            "footer": .list { $0.imprint.links },
            "version": .text { $0.imprint.version },
        ]
    }

    static var sample: PageLayout {
        PageLayout(
            title: "出入港记录", modules: ["/assets/verify.js"], navigation: [.sample], account: .sample,
            breadcrumbs: [.sample], body: HTML(trusted: "<p>正文</p>"), signIn: Link(path: "/sign-in"), imprint: .sample,
            phoneBar: [.sample])
    }
}

/// What a site is called, who runs it, and who helps. The module Web knows no product, so all names come from here.
package struct Imprint: Sendable {
    /// The name in titles and in the header.
    package var name: String
    /// Beside the name: the city and the field.
    package var city: String
    /// Who runs the site.
    package var authority: String
    /// Whom to ask where there is no hotline; it follows 找 in a sentence.
    package var contact: String
    package var hotline: Hotline?
    package var version: String
    /// The links in the footer.
    package var links: [Breadcrumb] = []
    /// The title of the document of the API, and the sentence with which it begins.
    package var api: (title: String, about: String)

    package init(
        name: String, city: String, authority: String, contact: String, hotline: Hotline?, version: String,
        api: (title: String, about: String)
    ) {
        (self.name, self.city, self.authority, self.contact) = (name, city, authority, contact)
        (self.hotline, self.version, self.api) = (hotline, version, api)
    }

    static var sample: Imprint {
        var imprint = Imprint(
            name: "船期", city: "示例港", authority: "示例港务局", contact: "值班室", hotline: .sample, version: "0.1",
            api: ("船期接口", "进出港的船期。"))
        imprint.links = [.sample]
        return imprint
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
    /// The name of an icon in `icons.svg`, for the bar on phones.
    private let icon: String
    /// Prefixes of paths that also belong to this item.
    private let places: [String]
    var isCurrent = false

    package init(
        _ title: String, _ link: Link, _ accessPolicy: AccessPolicy, icon: String = "", also places: [String] = []
    ) {
        (self.title, self.link, self.accessPolicy, self.icon) = (title, link, accessPolicy, icon)
        self.places = places + (link == .home ? [] : [link.text + "/"])
    }

    /// Whether a page belongs to this item.
    fileprivate func leads(to path: String) -> Bool { path == link.text || places.contains { path.hasPrefix($0) } }

    package static var fields: [String: Field<NavigationItem>] {
        [
            "title": .text { $0.title }, "link": .text { $0.link.text }, "isCurrent": .flag { $0.isCurrent },
            "icon": .text { $0.icon },
        ]
    }

    package static var sample: NavigationItem { NavigationItem("我的船", Link(path: "/me"), .everyone) }
}

extension [NavigationItem] {
    /// The items that a user may open. The current one is that with the longest address that the page belongs to.
    func open(to identity: (any Identity)?, at path: String) -> [NavigationItem] {
        let open = filter { $0.accessPolicy.isOpen(to: identity) }
        let current = open.filter { $0.leads(to: path) }.max { $0.link.text.count < $1.link.text.count }?.link
        return open.map { item in
            var item = item
            item.isCurrent = item.link == current
            return item
        }
    }
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
            name: "岳明远", role: "港务", account: Link(path: "/account"),
            signOut: Link(path: "/sign-out"))
    }
}

extension Breadcrumb: PageValue {
    package static var fields: [String: Field<Breadcrumb>] {
        ["title": .text { $0.title }, "link": .text { $0.link.text }]
    }

    package static var sample: Breadcrumb { Breadcrumb("首页", Link(path: "/")) }
}
