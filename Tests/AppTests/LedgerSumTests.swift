import Database
import Kernel
import People
import Policy
import Registry
import Testbed
import Testing
import Web

@testable import Portal

/// The list of a year adds up: the column 计入 gives each bar, in each subject and as a whole.
@Suite struct LedgerSumTests {
    /// Courses with a cap and once a year, awards at their highest level, surplus that is carried over for two years.
    private static let text = """
        policy: sums
        title: 示例政策
        jurisdiction: "370900"
        in-force: 2019-01-01
        sources: { notice: { title: 示例通知, date: 2019-01-01 } }
        period: { every: 1, from: 2019-01-01 }
        person: { employer: { name: 单位性质, one-of: { enterprise: 企业, institution: 事业单位 } } }
        hour: { round: down, to: 0.01, clause: notice 一 }
        subjects: { public: { name: 公需科目 }, professional: { name: 专业科目 } }
        requirements:
          - { count: { subject: public }, at-least: 30, clause: notice 一 }
          - { count: { subject: professional }, at-least: 60, clause: notice 一 }
          - { count: all, at-least: 90, clause: notice 一 }
        carry-over:
          - { count: all, years: 2, clause: notice 三 }
        recognition:
          online-course:
            name: 线上课程
            clause: notice 二
            subject: { from: subject }
            credited-to: year
            dated: passed-on
            facts:
              course: { name: 课程名称, text: required }
              provider: { name: 学习平台, text: required }
              subject: { name: 科目, one-of: subjects }
              year: { name: 课程年度, integer: 2018.. }
              credit: { name: 课程学时, hours: 0.01..200 }
              exam: { name: 考试, one-of: { passed: 合格, failed: 不合格, none: 未考 } }
              passed-on: { name: 考试合格日期, date: any }
            requires:
              - { if: { exam: passed }, says: 线上课程考试合格后才登记学时。请先完成考试, clause: notice 二 }
            once: { key: [course], per: year, clause: notice 二 }
            at-most:
              - { hours: 70, per: year, clause: notice 二 }
            hours:
              - per: { count: credit, hours: 1, partial: yes }
            sample:
              { course: 甲, provider: 示例平台, subject: public, year: this-year, credit: 30, exam: passed,
                passed-on: 06-01 }
          award:
            name: 科学技术奖
            clause: notice 二
            subject: professional
            credited-to: awarded-on
            facts:
              prize: { name: 奖项, one-of: { progress: 科学技术进步奖 } }
              level: { name: 级别, one-of: { provincial: 省级, municipal: 市级 } }
              project: { name: 获奖项目, text: required }
              certificate: { name: 获奖证书编号, text: required }
              awarded-on: { name: 获奖日期, date: any }
            work: { key: [project], level: level, clause: notice 二 }
            hours:
              - by: { level: { provincial: 125, municipal: 75 } }
            sample: { prize: progress, level: municipal, project: 甲, certificate: 一, awarded-on: 05-10 }

        """

    /// Rules that are added to the policy.
    private static let exemptions: [(name: String, text: String)] = [
        ("no exemption", ""),
        ("from one subject", exempt("from: [public], ")), ("from everything", exempt("")),
    ]

    private static func exempt(_ from: String) -> String {
        "exempt: [{ when: { employer: enterprise }, \(from)says: 免修, clause: notice 四 }]\n"
    }

    /// Years of items with equal names, levels, failed exams, days outside, and exams made up in later years.
    private static func items(_ numbers: inout SeededNumbers) -> [Evidence] {
        (0..<12).map { _ -> Evidence in
            let year = Int.random(in: 2019...2022, using: &numbers)
            let day = "\(year + Int.random(in: 0...1, using: &numbers))-0\(Int.random(in: 1...9, using: &numbers))-15"
            let name = ["甲", "乙", "丙", "丁"].randomElement(using: &numbers) ?? ""
            switch Int.random(in: 0...5, using: &numbers) {
            case 0:
                let level = Bool.random(using: &numbers) ? "provincial" : "municipal"
                return SampleEvidence.award(name, level, on: "\(year)-05-10")
            case 1:
                let authors = Int.random(in: 1...7, using: &numbers)
                return SampleEvidence.paper(name, authors: authors, on: "\(year)-06-01")
            default:
                let hours = Int.random(in: 1...60, using: &numbers)
                let subject = Bool.random(using: &numbers) ? "public" : "professional"
                let exam = Int.random(in: 0...7, using: &numbers) == 0 ? "failed" : "passed"
                return SampleEvidence.course(name, hours, subject, on: day, year: year, exam: exam)
            }
        }
    }

    private func sum(_ hours: [CreditHours]) -> CreditHours { hours.reduce(.zero, +) }

    /// Gives a person the items, and compares the columns with the bars in each year. Returns what was seen.
    private func compare(_ city: City, _ name: String, _ seed: UInt64) async throws -> Seen {
        var numbers = SeededNumbers(seed)
        let person = try await city.add(name, Cast.number(Int(seed % 900)))
        for (place, item) in Self.items(&numbers).enumerated() {
            _ = try await city.recognise(person, item, reference: "\(place)")
        }
        var seen = Seen()
        for year in 2019...2023 {
            let reading = try await city.registry.year(Year(year), of: person)
            let page = YearPage(
                year: Year(year), reading: reading, certificates: [], years: [], links: .own, who: nil)
            for (part, item) in zip(page.standings, reading.standings) {
                let rows = part.ledger.rows
                for (index, bar) in part.bars.enumerated() {
                    let mine = rows.filter { $0.lines.contains(index) }
                    let words = "\(seed) \(year) \(bar.name)"
                    #expect(sum(mine.map(\.counted)) == bar.counted, "\(words)")
                    #expect(sum(mine.compactMap(\.registered)) == bar.registered, "\(words)")
                    let total = part.ledger.totals[index]
                    #expect(total.counted == bar.counted && total.registered == bar.registered, "\(words)")
                    #expect(total.cut == .zero, "\(words)")
                }
                #expect(sum(rows.map(\.counted)) == part.bars.last?.counted, "\(seed) \(year)")
                seen.add(part, item)
            }
            // Everything submitted is in one list.
            let refused = page.standings.flatMap(\.ledger.rows).filter { $0.place.hasPrefix("item-") }
            #expect(refused.count + page.refused.count == reading.refusals(in: Year(year)).count, "\(seed) \(year)")
        }
        return seen
    }

    @Test(arguments: Engine.allCases) func columnsAddUpUnderCapsExemptionsAndCarryOver(_ engine: Engine) async throws {
        for (place, exemption) in Self.exemptions.enumerated() {
            try await withCity(engine, policies: []) { city in
                _ = try await city.registry.publish("sums", Self.text + exemption.text, dryRun: false)
                var seen = Seen()
                for turn in 0..<6 {
                    let seed = UInt64(place * 100 + turn + 1)
                    seen.add(try await compare(city, "甲\(seed)", seed))
                }
                #expect(seen.cut > 0 && seen.refused > 0, "\(exemption.name)")
                // A wholly exempt period uses no hours of earlier ones.
                #expect((seen.carried > 0) == (exemption.name != "from everything"), "\(exemption.name)")
            }
        }
    }

    /// The city's own policies: a line of five years, make-up of earlier years, waivers of people of enterprises.
    @Test(arguments: Engine.allCases) func columnsAddUpUnderThePublishedPolicies(_ engine: Engine) async throws {
        try await withCity(engine, policies: (2018...2022).map { "taian/\($0)" }) { city in
            var seen = Seen()
            for turn in 0..<6 { seen.add(try await compare(city, "乙\(turn)", UInt64(500 + turn))) }
            #expect(seen.cut > 0 && seen.refused > 0 && seen.waived > 0)
        }
    }

    /// How often each case occurred, so that the comparison is known to cover it.
    private struct Seen {
        var (cut, refused, carried, waived) = (0, 0, 0, 0)

        mutating func add(_ part: StandingPart, _ item: ComputedStanding) {
            cut += item.standing.uncounted.count
            refused += part.ledger.rows.count { $0.place.hasPrefix("item-") }
            carried += part.ledger.rows.count { $0.place.isEmpty }
            waived += part.state == .waived ? 1 : 0
        }

        mutating func add(_ other: Seen) {
            (cut, refused) = (cut + other.cut, refused + other.refused)
            (carried, waived) = (carried + other.carried, waived + other.waived)
        }
    }
}
