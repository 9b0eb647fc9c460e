import Database
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// One paper, book or award, and the people who claim it.
@Suite struct WorkTests {
    @Test(arguments: Engine.allCases) func aCorrectedNumberOfAuthorsRedecidesEveryClaim(_ engine: Engine)
        async throws
    {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪"), try await city.add("徂松岩")]
            for person in people {
                _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 3), reference: "L")
            }
            for person in people { #expect(try await city.counted(person).hundredths == 4166) }
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 4), reference: "L")
            for person in people { #expect(try await city.counted(person).hundredths == 3125) }
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func aWorkHasNoMoreClaimsThanShares(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪"), try await city.add("徂松岩")]
            for person in people.prefix(2) {
                _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 2))
            }
            let third = try await city.recognise(people[2], SampleEvidence.paper("机理", authors: 2))
            #expect(third.refusal?.chinese.contains("人数超出") == true)
            let other = try await city.recognise(people[2], SampleEvidence.paper("机理", authors: 5))
            #expect(other.refusal?.chinese.contains("作者数 2") == true)
            let twice = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 2), reference: "again")
            #expect(twice.refusal?.chinese == "同一成果已登记为“机理”（2022-06-01），不重复登记（二(三)3）")
            let counted = [try await city.counted(people[0]), try await city.counted(people[1])]
            #expect(counted.map(\.hundredths) == [6250, 6250])
        }
    }

    @Test(arguments: Engine.allCases) func aRefusedCorrectionChangesNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            for person in people {
                _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 2), reference: "L")
            }
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 1), reference: "L")
            }
            #expect(failure?.code == "recognition.correction")
            for person in people { #expect(try await city.counted(person).hundredths == 6250) }
        }
    }

    @Test(arguments: Engine.allCases) func ofOneAwardTheHighestLevelCounts(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("徂松岩")
            _ = try await city.recognise(person, SampleEvidence.award("救治", "municipal"), reference: "1")
            let same = try await city.recognise(person, SampleEvidence.award("救治", "municipal"), reference: "2")
            #expect(same.refusal?.chinese.contains("同一成果的同一级别已登记为“救治”（2022-05-10），不重复登记") == true)
            let higher = try await city.recognise(person, SampleEvidence.award("救治", "provincial"), reference: "3")
            #expect(higher.entries.map(\.hours) == [CreditHours(125)])
            #expect(try await city.counted(person) == CreditHours(125))
        }
    }

    /// A rule without a number of authors does not state the number.
    @Test(arguments: Engine.allCases) func aNumberOfAuthorsIsKept(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let authors = try await city.database.write { transaction in
                let works = WorkStore(transaction)
                try works.put("机理", authors: nil)
                try works.put("机理", authors: 3)
                try works.put("机理", authors: nil)
                return try works.authors(of: "机理")
            }
            #expect(authors == 3)
        }
    }

    @Test(arguments: Engine.allCases) func aWithdrawnClaimFreesItsShare(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 1), reference: "L")
            _ = try await city.recognise(
                people[0], SampleEvidence.paper("机理", authors: 1, on: "2025-01-01"), reference: "L", reason: "日期有误")
            let other = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 1))
            #expect(other.refusal == nil)
        }
    }

    /// A refusal stays one in later decisions: no hours without a claim.
    @Test(arguments: Engine.allCases) func aRefusedClaimStaysRefusedInLaterDecisions(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 3), reference: "L")
            let refused = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 4), reference: "L")
            #expect(refused.refusal != nil)
            let again = try await city.publish("taian/2022")
            #expect(again.changed == 0)
            #expect(try await city.counted(people[1]) == .zero)
        }
    }

    /// A refused item is decided again when it is submitted again, after the other claimant has corrected the work.
    @Test(arguments: Engine.allCases)
    func aRefusedClaimIsCreditedAfterTheNamedCorrection(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 3), reference: "L")
            _ = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 2), reference: "L")
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 2), reference: "L")
            let second = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 2), reference: "L")
            #expect(second.refusal == nil)
            for person in people { #expect(try await city.counted(person).hundredths == 6250) }
        }
    }

    /// Two numbers of one person are one author.
    @Test(arguments: Engine.allCases) func mergedClaimantsCountOnce(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("岳明远二"), try await city.add("徂松岩")]
            for person in people.prefix(2) {
                _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 2))
            }
            try await city.registry.merge(people[1], into: people[0], reason: "同一人")
            let coauthor = try await city.recognise(people[2], SampleEvidence.paper("机理", authors: 2))
            #expect(coauthor.refusal == nil)
        }
    }

    /// Hours of a settled year stay, and so does the claim behind them.
    @Test(arguments: Engine.allCases) func aClaimStaysWithItsSettledHours(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 1), reference: "L")
            _ = try await city.registry.settle(Year(2022))
            let offices = try await city.unit("示例机关", "370902", nature: "government")
            try await city.move(people[0], to: offices, since: "2022-01-01")
            let second = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 1))
            #expect(second.refusal?.chinese.contains("人数超出") == true)
        }
    }

    /// An item that gets no hours, because its year is settled, takes no share of its work from others.
    @Test(arguments: Engine.allCases)
    func anItemWithoutHoursInASettledYearClaimsNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪"), try await city.add("徂松岩")]
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 1), reference: "L")
            let late = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 1))
            #expect(late.refusal?.chinese.contains("人数超出") == true)
            _ = try await city.registry.settle(Year(2022))
            _ = try await city.recognise(
                people[0], SampleEvidence.paper("另一篇", authors: 1), reference: "L", reason: "篇名有误")
            _ = try await city.database.write { try city.registry.learn([people[1]], $0) }
            #expect(try await city.counted(people[1]) == .zero)
            let third = try await city.recognise(people[2], SampleEvidence.paper("机理", authors: 1))
            #expect(third.refusal == nil)
        }
    }

    /// Width, case, blanks, dashes and quotation marks do not make another work.
    @Test(arguments: Engine.allCases) func anotherSpellingIsTheSameWork(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.paper("BIM 技术（上）", authors: 3))
            for (title, number) in [
                ("ｂｉｍ技术(上)", "CN37-0001/T"), ("《BIM技术（上）》", "ＣＮ ３７－０００１／Ｔ"), ("“BIM”技术·上。", "cn 37—0001/t"),
                ("BIM技术上", "CN 37-0001"), ("BIM 技术（上）", "CN 37-0001/U"),
                ("ВІМ 技术（上）", "CN 37-0001/T"), ("BIM\u{200B}技术（上）", "CN\u{A0}37-0001/T"),
            ] {
                let again = try await city.recognise(person, SampleEvidence.paper(title, authors: 3, number: number))
                #expect(again.refusal?.chinese.contains("同一成果已登记为“BIM 技术（上）”（2022-06-01）") == true, "\(title)")
            }
            #expect(try await city.counted(person).hundredths == 4166)
        }
    }

    /// The first spelling names the work: each list can be sent again with the same report.
    @Test(arguments: Engine.allCases) func theFirstSpellingNamesTheWork(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let spellings = [("COD 测定", "CN37-0001/T"), ("ＣＯＤ测定", "ＣＮ３７－０００１／Ｔ"), ("СОD测定", "cn 37-0001/t")]
            for first in spellings.indices {
                let person = try await city.add("岳明远", Cast.number(first))
                for turn in 0..<2 {
                    for place in spellings.indices {
                        let (title, number) = spellings[(first + place) % spellings.count]
                        let told = try await city.recognise(
                            person, SampleEvidence.paper(title, authors: 3, number: number), reference: "P-\(place)")
                        let words = told.refusal?.chinese ?? ""
                        let isKept = place == 0
                        #expect(words.contains("同一成果已登记为“\(spellings[first].0)”") != isKept, "\(turn) \(words)")
                    }
                }
                #expect(try await city.counted(person).hundredths == 4166)
                let refused = try await city.registry.year(Year(2022), of: person).refused
                #expect(refused.map(\.evidence.reference) == ["P-1", "P-2"])
            }
        }
    }

    /// A claimant of a work cannot claim it again with other facts, on an earlier day or through another submitter.
    @Test(arguments: Engine.allCases) func aSecondOwnClaimWithOtherFactsIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 1, on: "2022-06-01"))
            let other = try await city.unit("示例企业二", "370902")
            for (again, words) in [
                (SampleEvidence.paper("机理", authors: 1000, on: "2022-05-31"), "作者数 1 登记，与本次的 1000 不符"),
                (SampleEvidence.paper("机理", authors: 1, on: "2022-05-31", journal: "provincial"), "刊物级别 “国内国家级” 登记"),
            ] {
                let told = try await city.recognise(person, again, from: .organisation(other.number))
                #expect(told.refusal?.chinese.contains(words) == true, "\(told.refusal?.chinese ?? "")")
            }
            #expect(try await city.counted(person) == CreditHours(125))
        }
    }

    /// A claim under a former normal form keeps its place, and is renamed when it is decided again; its entry stays.
    @Test(
        arguments: Engine.allCases,
        [(title: "机理", former: "paper|cn37-0001/t|机理"), ("机\u{332}理", "paper|cn370001|机\u{332}理")])
    func aClaimUnderAFormerNameFormIsKept(_ engine: Engine, _ claimed: (title: String, former: String)) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            let paper = SampleEvidence.paper(claimed.title, authors: 1)
            let entry = try required(try await city.recognise(people[0], paper).entries.first)
            let (plain, former) = ("paper|cn370001|机理", claimed.former)
            #expect(entry.work == plain)
            try await city.database.write { transaction in
                let works = WorkStore(transaction)
                let claim = try required(works.claims(on: [plain]).first)
                try works.drop(claim)
                try works.put(former, authors: 1)
                try works.add(
                    Claim(work: former, level: "", claimant: claim.claimant, evidence: claim.evidence, root: claim.root)
                )
            }
            let second = try await city.recognise(people[1], paper)
            #expect(second.refusal?.chinese.contains("人数超出") == true)
            _ = try await city.database.write { try city.registry.learn([people[0]], $0) }
            let names = try await city.database.read { try WorkStore($0).claims(on: [plain, former]).map(\.work) }
            #expect(names == [plain])
            #expect(try await city.registry.ledger(of: people[0]).entries.count == 1)
        }
    }

    /// The level of the journal belongs to the paper: a later claim with another level is refused, and a correction
    /// applies to all claims.
    @Test(arguments: Engine.allCases) func theLevelOfTheJournalBelongsToThePaper(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 2), reference: "L")
            let other = SampleEvidence.paper("机理", authors: 2, journal: "provincial")
            let told = try await city.recognise(people[1], other, reference: "L")
            #expect(
                told.refusal?.chinese
                    == "该成果已按刊物级别 “国内国家级” 登记，与本次的 “省级” 不符。请核对；原登记有误的，先更正原登记（二(三)3）")
            _ = try await city.recognise(people[0], other, reference: "L")
            #expect(try await city.recognise(people[1], other, reference: "L").refusal == nil)
            for person in people { #expect(try await city.counted(person) == CreditHours(25)) }
            _ = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 2), reference: "L")
            for person in people { #expect(try await city.counted(person).hundredths == 6250) }
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    /// Of two dates of one work the earlier counts, in either order of submission; in a settled year it stays.
    @Test(arguments: Engine.allCases) func theEarlierDateOfAWorkIsUsed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let dates = ["2021-12-31", "2022-01-01"]
            for (turn, order) in [dates, dates.reversed()].enumerated() {
                let person = try await city.add(["岳明远", "汶小溪"][turn])
                for date in order {
                    _ = try await city.recognise(
                        person, SampleEvidence.paper("机理\(turn)", authors: 1, on: date), reference: date)
                }
                let found = [try await city.counted(person, 2021), try await city.counted(person, 2022)]
                #expect(found == [CreditHours(125), .zero])
                let refused = try await city.registry.year(Year(2022), of: person).refused
                #expect(refused.map(\.evidence.reference) == ["2022-01-01"])
                // If the earlier one is corrected to another year, the other one counts.
                _ = try await city.recognise(
                    person, SampleEvidence.paper("机理\(turn)", authors: 1, on: "2017-01-01"), reference: "2021-12-31",
                    reason: "日期有误")
                #expect(try await city.counted(person, 2022) == CreditHours(125))
            }
            let person = try await city.add("徂松岩")
            _ = try await city.recognise(person, SampleEvidence.paper("丙", authors: 1, on: "2022-01-01"))
            _ = try await city.registry.settle(Year(2022))
            let late = try await city.recognise(person, SampleEvidence.paper("丙", authors: 1, on: "2021-12-31"))
            #expect(late.refusal?.chinese.contains("同一成果已登记为“丙”（2022-01-01）") == true)
        }
    }
}
