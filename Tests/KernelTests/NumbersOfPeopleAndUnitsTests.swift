import Kernel
import Testing

@Suite("ID numbers, credit codes and regions")
struct NumbersOfPeopleAndUnitsTests {
    @Test(arguments: ["11010519491231002X", "440524188001010014", " 11010519491231002x "])
    func idNumbersAreRead(text: String) throws {
        let number = try IDNumber(text)
        #expect(number.text.hasPrefix(number.masked.prefix(6)) && number.masked.contains("********"))
    }

    @Test(arguments: [
        ("11010519491231002", IDNumber.Fault.length(17)), ("110105194912310021", .checkCharacter),
        ("11010519490229002X", .birth), ("110105179912310020", .birth), ("1101051949123100XX", .characters),
        ("１1010519491231002X", .characters),
        ("11010519491231003X", .checkCharacter), ("", .length(0)),
    ])
    func whatIsNoIDNumberSaysWhy(text: String, fault: IDNumber.Fault) {
        #expect(throws: fault) { try IDNumber(text) }
    }

    @Test(arguments: [
        (IDNumber.Fault.length(3), "id-number.length"), (.characters, "id-number.characters"),
        (.birth, "id-number.birth"), (.checkCharacter, "id-number.check"),
    ])
    func faultsHaveTheirWords(fault: IDNumber.Fault, code: String) {
        #expect(fault.failure.code == code)
    }

    /// What is no province's is none that GB/T 2260 gives out; a 9 in front is a foreigner's card.
    @Test(arguments: [
        ("37", true), ("11", true), ("71", true), ("83", true), ("937", true), ("00", false), ("99", false),
        ("16", false),
        ("900", false), ("66", false),
    ])
    func areasOfProvincesAreKnown(area: String, isKnown: Bool) throws {
        let body = area + String("0902198001010010".suffix(17 - area.count))
        let number = try #require("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first)
        #expect(number.hasKnownArea == isKnown)
    }

    @Test func everySingleMistypedDigitIsFound() throws {
        let right = Array("11010519491231002X")
        for place in 0..<17 {
            for digit in "0123456789" where digit != right[place] {
                var wrong = right
                wrong[place] = digit
                #expect(throws: IDNumber.Fault.self) { try IDNumber(String(wrong)) }
            }
        }
    }

    @Test func aStrayInterpolationOfAnIDNumberIsMasked() throws {
        #expect("\(try IDNumber("11010519491231002X"))" == "110105********002X")
    }

    @Test(arguments: ["11430000006122244L", "113700000045046442", "11110000000021135M", "11110000000021135m"])
    func creditCodesAreRead(text: String) throws {
        #expect(try USCC(text).text == text.uppercased())
        #expect(try USCC.completing(String(text.prefix(17))).text == text.uppercased())
    }

    @Test(arguments: [
        ("91350100M000100Y4Z", "uscc.characters"), ("1143000000612224", "uscc.length"),
        ("1143000000612224５L", "uscc.characters"), ("11430000006122245L", "uscc.check"),
        ("1143000000612224IL", "uscc.characters"),
    ])
    func whatIsNoCreditCodeSaysWhy(text: String, code: String) {
        #expect { try USCC(text) } throws: { ($0 as? Failure)?.code == code }
    }

    @Test func aFunctionalZoneLiesInItsCityAndProvince() {
        let zone = RegionCode("370900-A1")
        #expect(zone?.upwards.map(\.text) == ["370900-A1", "370900", "370000", "000000"])
        #expect(RegionCode("370902")?.upwards.map(\.text) == ["370902", "370900", "370000", "000000"])
    }

    @Test(arguments: ["", "37090", "3709000", "370900-a1", "370900-AA", "37090x", "370900-A12"])
    func whatIsNoRegionIsRefused(text: String) {
        #expect(RegionCode(text) == nil)
    }
}
