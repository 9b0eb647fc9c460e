import Database
import Kernel
import People
import Policy
import Registry
import Testbed
import Testing
import Web

@testable import App
@testable import Portal

/// The page of a person's year: every entry by its number, with its counted hours.
@Suite struct YearPageTests {
    /// The page of a year as the person sees it.
    private func page(_ year: Int, of person: ID<Person>, _ city: City) async throws -> String {
        let reader = try YearReader(city.registry, city.certificates, Views(siteViews, Assets(siteAssets)))
        return try await reader.draw(Year(year), of: person, .own, isOwn: true).text
    }

    private func found(_ words: String, of person: ID<Person>, _ city: City) async throws -> [CreditStatus] {
        let registry = city.registry
        return try await CreditStatuses([{ try await RegistryCreditStatus(registry: registry).find($0) }])
            .find(words, of: person)
    }

    @Test(arguments: Engine.allCases) func anEntryIsNamedByItsNumber(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            for (place, day) in ["2022-07-01", "2022-06-01", "2022-08-01"].enumerated() {
                _ = try await city.recognise(person, SampleEvidence.course("甲", 30, on: day), reference: "\(place)")
            }
            let page = try await page(2022, of: person, city)
            let lines = page.matches(
                of: #/<li id="entry-1-(\d)"[^§]*?<time datetime="([0-9-]*)">.*?<small>(.*?)</small>/#)
            #expect(
                lines.map { "\($0.1) \($0.2) \($0.3)" } == [
                    "2 2022-06-01 第 2 笔", "1 2022-07-01 第 1 笔", "3 2022-08-01 第 3 笔",
                ])
            #expect(page.matches(of: #/不计：与<a class="text-nowrap" href="#entry-1-2">第 2 笔</a>重复，只计一次/#).count == 2)
        }
    }

    /// The entries add up to the totals above them.
    @Test(arguments: Engine.allCases) func entriesAddUpToTheTotals(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let items = [
                SampleEvidence.course("甲", 30), SampleEvidence.course("甲", 24),
                SampleEvidence.course("乙", 30, "public"),
                SampleEvidence.award("救治", "municipal"), SampleEvidence.award("救治", "provincial", on: "2022-09-10"),
            ]
            for (place, item) in items.enumerated() {
                _ = try await city.recognise(person, item, reference: "\(place)")
            }
            let page = try await page(2022, of: person, city)
            let parts = page.split(separator: "xs-totals", maxSplits: 1)
            let shown = parts[0].matches(of: #/计入 </span>([0-9.]+)</b>/#).compactMap { CreditHours(String($0.1)) }
            #expect(shown.map(\.hundredths).sorted() == [0, 0, 3000, 3000, 12500])
            #expect(shown.reduce(.zero, +) == (try await city.counted(person)))
            for words in ["<s>24</s>", "<s>75</s>", "重复，已计 30", "同一成果，已按省级计 125"] {
                #expect(parts[0].contains(words), "\(words)")
            }
            // The sums of both columns stand below, for each requirement.
            let sums = parts[1].matches(of: #/<span>(.*?)合计</span>.*?登记 </span>([0-9.]+).*?计入 </span>([0-9.]+)/#)
            #expect(sums.map { "\($0.1) \($0.2) \($0.3)" } == ["公需科目 30 30", "专业科目 254 155", "总学时 284 185"])
            #expect(page.contains("/ 90 学时") && page.contains(">185 <small>"))
        }
    }

    @Test func anEntryThatCountsInPartShowsBothHours() async throws {
        var told = ExplainedEntry(
            EntryID(person: 1, number: 4), day: .first, hours: CreditHours(30), kind: "课程", subject: "专业科目")
        told.counted = CreditHours(12)
        let standing = StandingPart.holding(LedgerRow(told, lines: [], .own))
        let page = try Views(siteViews, Assets(siteAssets)).view("standing", of: StandingPart.self).draw(standing).text
        #expect(page.contains("登记 </span>30</span>") && page.contains("计入 </span>12</b>"))
    }

    /// An item that counted in another year links to that year's page.
    @Test(arguments: Engine.allCases) func anItemOfAnotherYearLinksToThatYear(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            for day in ["2022-06-30", "2021-06-30"] {
                _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: day), reference: day)
            }
            let page = try await page(2022, of: person, city)
            #expect(page.contains(##"与<a class="text-nowrap" href="/me/2021#entry-1-2">2021年度第 2 笔</a>重复，只计一次"##))
            #expect(try await self.page(2021, of: person, city).contains(#"<li id="entry-1-2""#))
        }
    }

    @Test(arguments: Engine.allCases) func refusedItemsAreOnThePageOfTheirYear(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            for course in ["数据安全", "网络安全"] {
                _ = try await city.recognise(person, SampleEvidence.course(course, 30, exam: "failed"))
            }
            _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 1), reference: "1")
            _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 1), reference: "2")
            let (page, day) = (try await page(2022, of: person, city), Day(milliseconds: city.people.system.now()))
            #expect(page.contains("学时明细，共 4 项") && page.contains("有 2 项已报送，未计入"))
            for words in [
                "数据安全<small>线上课程</small>", "网络安全<small>线上课程</small>", "test \(day) 报送",
                "<strong>《数据安全》</strong>未计入：考试不合格。", "您要做：到“test”完成考试，完成后由平台重新报送。",
                "同一成果，已登记在第 1 笔", "未认定：考试不合格",
                "不重复登记 <a class=\"xs-clause\" href=\"/policies/taian-2022/notice#%E4%BA%8C-%E4%B8%89-3\"",
                ##"二（三）3</a>，见<a class="text-nowrap" href="#entry-1-1">第 1 笔</a>"##,
            ] {
                #expect(page.contains(words), "\(words)")
            }
            for year in [1999, 2021, 2035] {
                #expect(!(try await self.page(year, of: person, city).contains("未认定")), "\(year)")
            }
        }
    }

    /// 学时去哪了: who must act, and how.
    @Test(arguments: Engine.allCases) func creditStatusesShowWhoMustActNext(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let items: [(isOfUnit: Bool, Evidence)] = [
                (false, SampleEvidence.course("甲", 30)), (false, SampleEvidence.course("甲", 24)),
                (false, SampleEvidence.paper("机理", authors: 1)), (false, SampleEvidence.paper("机理", authors: 1)),
                (true, SampleEvidence.course("未考", 30, exam: "none")),
                (false, SampleEvidence.course("未过", 30, exam: "failed")),
            ]
            for (place, (isOfUnit, evidence)) in items.enumerated() {
                _ = try await city.registry.recognise(
                    Submission(
                        person: person, source: isOfUnit ? .organisation(city.mill.number) : .operator,
                        reference: "\(place)", evidence: evidence))
            }
            let day = Day(milliseconds: city.people.system.now())
            let done = "已办结，无须再办"
            let cases: [(String, [String], [String], String)] = [
                (
                    "甲",
                    [
                        "“甲”已登记（第 1 笔），专业科目 30 学时，计入2022年度。",
                        "“甲”已登记在2022年度（第 2 笔），其中 24 学时不计：与第 1 笔重复，只计一次（约定：通知未写重复学习；同一年度同一门课只计一次，计学时多的，不论报在哪一科目）。",
                    ], [done, done], "打开2022年度，看哪些学时计入、哪些没有。"
                ),
                (
                    "机理",
                    [
                        "“机理”已登记（第 3 笔），专业科目 125 学时，计入2022年度。",
                        "“机理”（2022-06-01，系统管理员 \(day) 报送）已报送：同一成果已登记为“机理”（2022-06-01），不重复登记（二(三)3）。",
                    ], [done, done], "不用重新报送。打开2022年度第 3 笔，看已登记的学时。"
                ),
                (
                    "未考", ["“未考”（2022-06-01，泰安示例机械有限公司 \(day) 报送）未认定：线上课程考试合格后才登记学时。请先完成考试（二(二)）。"],
                    ["报送单位：泰安示例机械有限公司"], "完成考试，再请泰安示例机械有限公司重新报送。"
                ),
                (
                    "未过", ["“未过”（2022-06-01，系统管理员 \(day) 报送）未认定：线上课程考试合格后才登记学时。请先完成考试（二(二)）。"],
                    ["学习平台：泰安示例学习平台"], "到“泰安示例学习平台”完成考试，完成后由平台重新报送。"
                ),
            ]
            for (words, causes, holders, act) in cases {
                let found = try await found(words, of: person, city)
                #expect(found.map(\.words.chinese) == causes, "\(words)")
                #expect(found.map(\.holder.chinese) == holders, "\(words)")
                #expect(found.last?.act.chinese == act, "\(words)")
            }
            let row = CreditStatusRow(try required(try await found("机理", of: person, city).last))
            let view = try Views(siteViews, Assets(siteAssets)).view("where", of: CreditStatusPage.self)
            let page = view.draw(CreditStatusPage(words: "", found: [row])).text
            #expect(page.contains(##"<a href="/me/2022#entry-1-3">看2022年度</a>"##))
        }
    }
}
