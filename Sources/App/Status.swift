import Certificates
import Database
import Kernel
import People
import Policy
import Registry

extension Installation {
    /// Totals, and work that is due: years whose settlement was interrupted, people who were reopened alone,
    /// certificates to issue. `failing` is the number of entries that a replay could not reproduce.
    package func status() async throws -> (lines: [LocalizedText], due: Int, failing: Int) {
        let (people, registry) = (people, registry)
        let dueCertificates = try await certificates.due()
        return try await database.read { transaction in
            let book = try registry.book(transaction)
            let persons = try PersonStore(transaction, people).count()
            let units = try OrganisationStore(transaction).count()
            let years = try registry.years(transaction)
            var lines = [LocalizedText("人员 \(persons)  单位 \(units)", en: "People \(persons)  units \(units)")]
            lines += book.current.map {
                LocalizedText(
                    "政策 \($0.key) 第 \($0.version) 版  \($0.policy.title)",
                    en: "Policy \($0.key) version \($0.version)  \($0.policy.title)")
            }
            lines += years.map { LocalizedText("\($0.year)年度：\($0.state.name)", en: "\($0.year): \($0.state)") }
            let opened = try registry.openedAlone(transaction).filter { !$0.people.isEmpty }
            lines += opened.map { year, people in
                let numbers = people.prefix(10).map(\.description)
                return LocalizedText(
                    "\(year)年度单独重新开放、还没有再次结算的 \(people.count) 人："
                        + numbers.joined(separator: "、") + (people.count > 10 ? " 等" : ""),
                    en: "People reopened alone in \(year) and not settled again: \(people.count): "
                        + numbers.joined(separator: ", ") + (people.count > 10 ? " …" : ""))
            }
            lines += try OrganisationStore(transaction).namesakes().prefix(20).map { units in
                LocalizedText(
                    "名称只有写法不同的单位：" + units.map { "\($0.name)（编号 \($0.number)）" }.joined(separator: "、"),
                    en: "Units whose names differ in spelling only: "
                        + units.map { "\($0.name) (number \($0.number))" }.joined(separator: ", "))
            }
            lines.append(LocalizedText("待颁发的证书 \(dueCertificates)", en: "Certificates to issue: \(dueCertificates)"))
            let replay = try registry.lastReplay(transaction)
            lines.append(
                replay?.words
                    ?? LocalizedText(
                        "账本还没有重算过：xueshi ledger replay", en: "No replay of the ledger yet: xueshi ledger replay"))
            let unsettled = years.count { $0.state == .closing } + opened.reduce(0) { $0 + $1.people.count }
            return (lines, dueCertificates + unsettled, replay?.differing ?? 0)
        }
    }
}

extension LastReplay {
    fileprivate var words: LocalizedText {
        let isUpdated = differingByEngine > 0
        return LocalizedText(
            "\(day) 重算账本 \(entries) 笔，不符 \(differing) 笔"
                + (isUpdated ? "，因程序更新而不同 \(differingByEngine) 笔" : ""),
            en: "Replay of the ledger on \(day): \(entries) entries, \(differing) differing"
                + (isUpdated ? ", \(differingByEngine) by an update of the program" : ""))
    }
}
