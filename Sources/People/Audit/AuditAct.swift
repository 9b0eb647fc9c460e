import Kernel

/// The acts that are recorded. Scripts and subscriptions rely on these codes, so they must not change.
package enum AuditAct: String, Sendable, CaseIterable {
    case signIn = "account.sign-in"
    case signOut = "account.sign-out"
    case openAccount = "account.open"
    case changePassword = "account.password"
    case giveFirstPassword = "account.first-password"
    case revokeCodes = "account.revoke-codes"
    case lockAccount = "account.lock"
    case endAccess = "account.end-access"
    case chooseRole = "account.choose-role"
    case grantRole = "role.grant"
    case revokeRole = "role.revoke"
    case makeToken = "token.make"
    case endToken = "token.end"
    case useToken = "token.use"
    case beRefused = "access.refused"
    case dryRunList = "list.rehearse"
    case beginList = "list.begin"
    case importList = "list.import"
    case exportList = "list.export"
    case downloadFile = "file.download"
    /// By a list; the detail says which of name and mobile number, without the values.
    case changePerson = "person.change"
    case mergePerson = "person.merge"
    case unmergePerson = "person.unmerge"
    case publishPolicy = "policy.publish"
    case publishForm = "form.publish"
    case beginYear = "year.begin"
    case settleYear = "year.settle"
    case reopenYear = "year.reopen"
    case replayLedger = "ledger.replay"
    case decideAgain = "ledger.decide-again"
    case issueCertificate = "certificate.issue"
    case printCertificate = "certificate.print"
    case revokeCertificate = "certificate.revoke"
    case publishNotice = "notice.publish"
    case withdrawNotice = "notice.withdraw"
    case carryOutRequest = "request.carry-out"
    case dismissRequest = "request.dismiss"
    case acceptClock = "clock.accept"
    case rotateKeys = "keys.rotate"
    case exportKeys = "keys.export"
    case renewRoot = "root.renew"
    case exportStatus = "status.export"
    case searchAudit = "audit.search"
    case exportAudit = "audit.export"
    case beginChain = "chain.begin"

    package var name: String {
        switch self {
        case .signIn: "登录"
        case .signOut: "退出登录"
        case .openAccount: "开通账号"
        case .changePassword: "修改密码"
        case .giveFirstPassword: "重设为初始密码"
        case .revokeCodes: "作废登录码"
        case .lockAccount: "停用账号"
        case .endAccess: "全部退出登录"
        case .chooseRole: "切换身份"
        case .grantRole: "授予身份"
        case .revokeRole: "取消身份"
        case .makeToken: "发放令牌"
        case .endToken: "停用令牌"
        case .useToken: "使用令牌"
        case .beRefused: "访问被拒绝"
        case .dryRunList: "试导入名单"
        case .beginList: "开始导入名单"
        case .importList: "导入名单"
        case .exportList: "导出名单"
        case .downloadFile: "下载文件"
        case .changePerson: "更改人员信息"
        case .mergePerson: "合并人员"
        case .unmergePerson: "撤销合并人员"
        case .publishPolicy: "发布政策"
        case .publishForm: "发布证书版式"
        case .beginYear: "开始结算年度"
        case .settleYear: "结算年度"
        case .reopenYear: "重新开放年度"
        case .replayLedger: "重算账本"
        case .decideAgain: "按新程序重新认定"
        case .issueCertificate: "颁发证书"
        case .printCertificate: "打印或下载证书"
        case .revokeCertificate: "作废证书"
        case .publishNotice: "发布通知"
        case .withdrawNotice: "撤回通知"
        case .carryOutRequest: "办理申请"
        case .dismissRequest: "不予办理申请"
        case .acceptClock: "认定时钟"
        case .rotateKeys: "更换密钥"
        case .exportKeys: "导出公钥"
        case .renewRoot: "重建签名根"
        case .exportStatus: "导出证书状态"
        case .searchAudit: "查询审计记录"
        case .exportAudit: "导出审计记录"
        case .beginChain: "新建记录链"
        }
    }

    /// Whether its name ends with 年度, which is followed directly by the year.
    var endsWithYear: Bool { [.beginYear, .settleYear, .reopenYear].contains(self) }
}

/// The object of an act: a kind and an id, without names of persons and ID numbers.
package struct AuditObject: Sendable, Hashable {
    package let kind: String
    package let id: String

    init(kind: String, id: String) { (self.kind, self.id) = (kind, id.auditCode) }

    package static let none = AuditObject(kind: "", id: "")
    package static func account(_ number: ID<Account>) -> AuditObject { .init(kind: "account", id: "\(number)") }
    package static func person(_ number: ID<Person>) -> AuditObject { .init(kind: "person", id: "\(number)") }
    package static func year(_ year: Year) -> AuditObject { .init(kind: "year", id: "\(year)") }
    package static func policy(_ key: String) -> AuditObject { .init(kind: "policy", id: key) }
    package static func form(_ key: String) -> AuditObject { .init(kind: "form", id: key) }
    package static func certificate(_ number: String) -> AuditObject { .init(kind: "certificate", id: number) }
    package static func notice(_ number: ID<Notice>) -> AuditObject { .init(kind: "notice", id: "\(number)") }
    package static func request(_ number: ID<UpstreamRequest>) -> AuditObject {
        .init(kind: "request", id: "\(number)")
    }
    package static func job(_ number: Int) -> AuditObject { .init(kind: "job", id: "\(number)") }
    /// A kind of list: `people`, `hours`, `standings`, `places`.
    package static func list(_ kind: String) -> AuditObject { .init(kind: "list", id: kind) }
    package static func path(_ pattern: String) -> AuditObject { .init(kind: "path", id: pattern) }
    package static func key(_ number: Int) -> AuditObject { .init(kind: "key", id: "\(number)") }
    static func chain(_ name: String) -> AuditObject { .init(kind: "chain", id: name) }

    /// As auditors see it: 人员 17.
    package var words: String {
        let names = [
            "account": "账号", "person": "人员", "year": "年度", "policy": "政策", "form": "证书版式", "certificate": "证书",
            "notice": "通知", "job": "任务", "list": "名单", "request": "申请", "path": "页面", "key": "密钥", "chain": "记录链",
        ]
        let lists = ["people": "人员名单", "hours": "学时名单", "standings": "历年结果名单", "places": "行政区划名单"]
        if kind == "list", let name = lists[id] { return name }
        return kind.isEmpty ? "" : "\(names[kind] ?? kind) \(id)"
    }
}
