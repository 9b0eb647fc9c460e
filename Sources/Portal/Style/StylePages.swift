import Foundation
import Kernel
import People
import Web

/// All components with samples, for building new pages.
package struct StylePages: Sendable {
    private let view: View<StylePage>
    private let page: StylePage
    private let confirmation: HTML

    package static let path: Path<> = Path("/style")
    static let confirmPath: Path<> = Path("/style/confirmation")

    package init(_ views: Views) throws {
        view = try views.view("style")
        page = StylePage(specimens: try ComponentSample.all(views))
        confirmation = try views.view("confirm").draw(ConfirmPage.sample)
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Style.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .everyone) { _ in .page(Page("组件", breadcrumbs: [.home], view.draw(page))) },
            .get(Self.confirmPath, .everyone) { _ in
                .page(Page("确认", breadcrumbs: [.home, Breadcrumb("组件", Self.path.link())], confirmation))
            },
        ]
    }
}

struct StylePage: PageValue {
    let specimens: [ComponentSample]

    static var fields: [String: Field<StylePage>] {
        [
            "specimens": .list { $0.specimens }, "confirmation": .text { _ in StylePages.confirmPath.link().text },
            "icons": .list { _ in WebResources.icons.map(IconName.init) },
        ]
    }

    static var sample: StylePage { StylePage(specimens: [.sample]) }
}

/// The name of an icon in the site's one set.
struct IconName: PageValue {
    let name: String

    static var fields: [String: Field<IconName>] { ["name": .text { $0.name }] }
    static var sample: IconName { IconName(name: "check") }
}

/// A component with its sample, drawn by its template.
struct ComponentSample: PageValue {
    /// The names of the template and of its value.
    let template: String
    let says: String
    let html: HTML

    static var fields: [String: Field<ComponentSample>] {
        ["template": .text { $0.template }, "says": .text { $0.says }, "html": .html { $0.html }]
    }

    static var sample: ComponentSample {
        ComponentSample(template: "field", says: "一行填写", html: HTML(trusted: "<p>样品</p>"))
    }

    /// Failure: `web.template`.
    static func all(_ views: Views) throws -> [ComponentSample] {
        var right = FormField("title", "论文题目")
        (right.hint, right.value) = ("与刊物上一致", "泰山石材锯切机理研究")
        var long = FormField("body", "正文")
        long.value = "请各单位于 3 月底前核对。\n逾期请联系主管部门。"
        var wrong = FormField.sample
        wrong.id = "authors-again"
        return [
            try draw(views, "field", "一行填写", right), try draw(views, "field", "填错了：说明在旁边", FormField.sample),
            try draw(views, "errors", "填错了：上面汇总，点一下就到", ErrorSummary([wrong])),
            try draw(views, "area", "多行填写", long), try draw(views, "select", "选一项", SelectField.sample),
            try draw(views, "checks", "选几项", CheckFields.sample),
            try draw(views, "time", "时间：准确的和大约的", ClockTime.sample),
            try draw(views, "roster-table", "名单：手机上变成卡片", RosterPage.sample),
            try draw(views, "notice-rows", "标题的列表", NoticeRows(rows: [.sample])),
            try draw(views, "standing", "一个年度的要求、所缺和明细", StandingPart.sample),
        ]
    }

    private static func draw<Value: PageValue>(
        _ views: Views, _ template: String, _ says: String, _ value: Value
    ) throws -> ComponentSample {
        ComponentSample(template: template, says: says, html: try views.view(template).draw(value))
    }
}

/// A list of links to notices.
private struct NoticeRows: PageValue {
    let rows: [NoticeRow]

    static var fields: [String: Field<NoticeRows>] { ["rows": .list { $0.rows }] }
    static var sample: NoticeRows { NoticeRows(rows: [.sample]) }
}

extension Feature {
    /// All components of the pages, with samples.
    package static let style = Feature(
        "style", views: [WebResources.views, StylePages.views], assets: WebResources.assets
    ) { context in
        FeatureSite(routes: try StylePages(context.views).routes)
    }
}
