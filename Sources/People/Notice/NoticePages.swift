import Foundation
import Kernel
import Web

extension Notice: PublicKind {}

/// Notices for everybody, published and withdrawn by the bureau.
package struct NoticePages: Sendable {
    private let notices: Notices
    private let listView: View<NoticeList>
    private let view: View<NoticePage>
    private let formView: View<NoticeForm>
    private let withdrawalView: View<WithdrawalForm>
    private static let size = 20

    package static let path: Path<> = Path("/notices")
    package static let noticePath = Path<ID<Notice>>("/notices/{}")
    static let newPath: Path<> = Path("/notices/new")
    static let withdrawalPath = Path<ID<Notice>>("/notices/{}/withdrawal")
    private static let editors: AccessPolicy = .role(.bureau)

    package init(_ notices: Notices, _ views: Views) throws {
        self.notices = notices
        listView = try views.view("notices")
        view = try views.view("notice")
        formView = try views.view("notice-form")
        withdrawalView = try views.view("notice-withdrawal")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Notice.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .everyone) { request in .page(try await list(request)) },
            .post(Self.path, Self.editors) { request in try await publish(request) }
                .keeping(NoticeForm().title, NoticeForm().body),
            .get(Self.newPath, Self.editors) { _ in .page(page(NoticeForm())) },
            .get(Self.noticePath, .everyone) { request, number in .page(try await page(request, number)) },
            .get(Self.withdrawalPath, Self.editors) { _, number in
                .page(page(WithdrawalForm(try await notices.find(number))))
            },
            .post(Self.withdrawalPath, Self.editors) { request, number in try await withdraw(request, number) }
                .keeping(WithdrawalForm.reason),
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("通知", Self.path.link(), .everyone)] }
}

// MARK: - Reading

extension NoticePages {
    private func list(_ request: WebRequest) async throws -> Page {
        let before = Int(request.query["before"]) ?? .max
        let found = try await notices.newest(before: before, limit: Self.size + 1)
        let shown = found.prefix(Self.size)
        let last = found.count > Self.size ? shown.last : nil
        let now = notices.system.now()
        let value = NoticeList(
            rows: shown.map { NoticeRow($0, now: now) },
            older: last.map { Self.path.link().asking([("before", "\($0.number)")]) },
            isEditor: Self.editors.isOpen(to: request.principal))
        return Page("通知", breadcrumbs: [.home], listView.draw(value))
    }

    private func page(_ request: WebRequest, _ number: ID<Notice>) async throws -> Page {
        let notice = try await notices.find(number)
        let value = NoticePage(
            notice, now: notices.system.now(), isEditor: Self.editors.isOpen(to: request.principal))
        return Page(notice.title, breadcrumbs: [.home, Breadcrumb("通知", Self.path.link())], view.draw(value))
    }
}

// MARK: - Publishing and withdrawing

extension NoticePages {
    private func page(_ form: NoticeForm) -> Page {
        Page(
            "发布通知", breadcrumbs: [.home, Breadcrumb("通知", Self.path.link())], status: form.status, formView.draw(form))
    }

    private func publish(_ request: WebRequest) async throws -> WebResponse {
        let account = try request.accountNumber()
        let form = NoticeForm(try await request.form())
        guard form.isRight else { return .page(page(form)) }
        return .moved(
            Self.noticePath.link(
                try await notices.acting(as: request.actor).publish(
                    form.title.value, form.body.value, by: account)))
    }

    private func page(_ form: WithdrawalForm) -> Page {
        Page(
            "撤回通知", breadcrumbs: [.home, Breadcrumb("通知", Self.path.link())], status: form.status,
            withdrawalView.draw(form))
    }

    private func withdraw(_ request: WebRequest, _ number: ID<Notice>) async throws -> WebResponse {
        let account = try request.accountNumber()
        let form = WithdrawalForm(try await notices.find(number), try await request.form())
        guard form.isRight else { return .page(page(form)) }
        try await notices.acting(as: request.actor).withdraw(number, because: form.reason.value, by: account)
        return .moved(Self.noticePath.link(number))
    }
}
