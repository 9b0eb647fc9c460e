import Kernel
import Testing

@Suite("Hours, days and periods are exact")
struct HoursAndDaysTests {
    @Test(arguments: [("90", 9000), ("41.66", 4166), ("0.5", 50), ("0.01", 1), ("0", 0), ("10000000", 1_000_000_000)])
    func hoursAreRead(text: String, hundredths: Int) {
        #expect(CreditHours(text)?.hundredths == hundredths)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e2", "1.234", "１", "10000000.01", "123456789", "1,5", " 1", "1.-5",
    ])
    func invalidHoursAreRefused(text: String) {
        #expect(CreditHours(text) == nil)
    }

    @Test(arguments: [(9000, "90"), (4166, "41.66"), (50, "0.5"), (1, "0.01"), (-4166, "-41.66"), (-5, "-0.05")])
    func hoursAreWritten(hundredths: Int, text: String) {
        #expect(CreditHours(hundredths: hundredths).description == text)
    }

    @Test func everyDayOfFourCenturiesHasItsNumber() throws {
        var number = try #require(Day(1900, 1, 1)).number
        for year in 1900...2299 {
            for month in 1...12 {
                for day in 1...31 where Day(year, month, day) != nil {
                    let civil = Day(number: number).civil
                    #expect(civil == (year, month, day))
                    number += 1
                }
            }
        }
        #expect(number - (try #require(Day(1900, 1, 1)).number) == 146_097)
    }

    @Test(arguments: [
        "2022-02-29", "1900-02-29", "2022-13-01", "2022-00-01", "2022-1-01", "2022/01/01", "", "2022-01-0x",
    ])
    func invalidDaysAreRefused(text: String) {
        #expect(Day(text) == nil)
    }

    @Test(arguments: [
        (1_650_297_599_999, "2022-04-18"), (1_650_297_600_000, "2022-04-19"), (0, "1970-01-01"),
        (-28_800_000, "1970-01-01"), (-28_800_001, "1969-12-31"),
    ])
    func daysBeginAtMidnightInChina(milliseconds: Int, day: String) {
        #expect(Day(milliseconds: milliseconds).description == day)
    }

    @Test func leapDaysBecomeTheLastOfFebruary() {
        #expect(Day("2020-02-29")?.adding(years: 1).description == "2021-02-28")
        #expect(Day("2020-02-29")?.adding(years: 4).description == "2024-02-29")
    }

    @Test func periodsIncludeBothEnds() throws {
        let window = Period(from: try #require(Day("2021-05-31")), to: try #require(Day("2022-04-30")))
        #expect(window.contains(window.from) && window.contains(window.to))
        #expect(!window.contains(window.to.adding(days: 1)))
        #expect(window.days == 335)
        #expect(window.years == [Year(2021), Year(2022)])
        #expect(window.intersection(Year(2022).period)?.description == "2022-01-01/2022-04-30")
        // Years that cannot be parsed have the right days too.
        for number in [1, 1799, 1800, 9999, 10_000] {
            let period = Year(number).period
            #expect(period.from.year == Year(number) && period.to.year == Year(number), "\(number)")
            #expect([365, 366].contains(period.days) && Year(number + 1).period.from == period.to.adding(days: 1))
        }
        #expect(Year(checking: 1799) == nil && Year(checking: 10_000) == nil && Year(checking: 2022) == Year("2022"))
        #expect(window.description == "2021-05-31/2022-04-30" && Year(2022).period.description == "2022")
    }

    /// A period in the wrong order is no value: days from outside are checked, and the program's own trap.
    @Test func noPeriodEndsBeforeItBegins() async throws {
        let (first, second) = (try #require(Day("2022-06-01")), try #require(Day("2022-06-02")))
        #expect(Period(checking: second, first) == nil)
        #expect(Period(checking: first, first)?.days == 1)
        #expect(Period(checking: first, second) == Period(from: first, to: second))
        await #expect(processExitsWith: .failure) { _ = Period(from: .last, to: .first) }
    }
}
