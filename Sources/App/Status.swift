import Certificates
import Database
import Kernel
import People
import Policy
import Registry

extension Installation {
    /// Totals, and work that is due: years whose settlement was interrupted, people who were reopened alone,
    /// certificates to issue. `failing` is the number of entries that a replay could not reproduce.
    package func status() async throws -> (lines: [String], due: Int, failing: Int) {
        let (people, registry) = (people, registry)
        let dueCertificates = try await certificates.due()
        return try await database.read { transaction in
            let book = try registry.book(transaction)
            let persons = try PersonStore(transaction, people).count()
            let units = try OrganisationStore(transaction).count()
            let years = try registry.years(transaction)
            var lines = ["人员 \(persons)  单位 \(units)"]
            lines += book.current.map { "政策 \($0.key) 第 \($0.version) 版  \($0.policy.title)" }
            lines += years.map { "\($0.year) 年度：\($0.state.name)" }
            let opened = try registry.openedAlone(transaction).filter { !$0.people.isEmpty }
            lines += opened.map { year, people in
                let numbers = people.prefix(10).map(\.description).joined(separator: "、")
                return "\(year) 年度单独重新开放、还没有再次结算的 \(people.count) 人："
                    + numbers + (people.count > 10 ? " 等" : "")
            }
            lines += try OrganisationStore(transaction).namesakes().prefix(20).map { units in
                "名称只有写法不同的单位：" + units.map { "\($0.name)（编号 \($0.number)）" }.joined(separator: "、")
            }
            lines.append("待颁发的证书 \(dueCertificates)")
            let replay = try registry.lastReplay(transaction)
            lines.append(replay?.words ?? "账本还没有重算过：xueshi ledger replay")
            let unsettled = years.count { $0.state == .closing } + opened.reduce(0) { $0 + $1.people.count }
            return (lines, dueCertificates + unsettled, replay?.differing ?? 0)
        }
    }
}

extension LastReplay {
    fileprivate var words: String {
        let byEngine = differingByEngine > 0 ? "，因程序更新而不同 \(differingByEngine) 笔" : ""
        return "\(day) 重算账本 \(entries) 笔，不符 \(differing) 笔\(byEngine)"
    }
}
