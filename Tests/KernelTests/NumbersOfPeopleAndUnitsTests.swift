import Kernel
import Testing

@Suite("ID numbers, credit codes and regions")
struct NumbersOfPeopleAndUnitsTests {
    @Test(arguments: [
        "11010519491231002X", "440524188001010014", " 11010519491231002x ", "１1010519491231002X",
        "110105 19491231 002X",
    ])
    func idNumbersAreRead(text: String) throws {
        let number = try IDNumber(text)
        #expect(number.text.hasPrefix(number.masked.prefix(6)) && number.masked.contains("********"))
    }

    @Test(arguments: [
        ("11010519491231002", IDNumber.Fault.length(17)), ("110105194912310021", .checkCharacter),
        ("11010519490229002X", .birth), ("110105179912310020", .birth), ("1101051949123100XX", .characters),
        ("11010519491231003X", .checkCharacter), ("", .length(0)),
    ])
    func invalidIDNumbersGiveTheirFault(text: String, fault: IDNumber.Fault) {
        #expect(throws: fault) { try IDNumber(text) }
    }

    @Test(arguments: [
        ("e12345678", IDNumber.Kind.passport, "E12345678", "E1*****78"),
        ("G 1234567", .passport, "G1234567", "G1****67"),
        ("h12345678", .permitOfHongKongAndMacao, "H12345678", "H1*****78"),
        // Permits before 2013 have two digits at the end that count renewals.
        ("H1234567802", .permitOfHongKongAndMacao, "H12345678", "H1*****78"),
        ("01234567", .permitOfTaiwan, "01234567", "01****67"),
        ("usa110080010111", .foreignersCard, "USA110080010111", "US***********11"),
        ("11010519491231002x", .resident, "11010519491231002X", "110105********002X"),
    ])
    func numbersOfOtherDocumentsAreRead(typed: String, kind: IDNumber.Kind, text: String, masked: String) throws {
        let number = try IDNumber(typed, kind)
        #expect(number.text == text && number.masked == masked && number.kind == kind)
        #expect(IDNumber.all(typed).contains(number))
        #expect(number.key == (kind == .resident ? text : "\(kind.rawValue) \(text)"))
    }

    @Test(arguments: [
        ("E123", IDNumber.Kind.passport), ("ABCDEFGH", .passport), ("护照E12345678", .passport),
        ("E1234567890123", .passport),
        ("A12345678", .permitOfHongKongAndMacao), ("H1234567", .permitOfHongKongAndMacao), ("1234567", .permitOfTaiwan),
        ("USA11008001011", .foreignersCard), ("110105194912310", .foreignersCard),
    ])
    func invalidNumbersOfOtherDocumentsAreRefused(typed: String, kind: IDNumber.Kind) {
        #expect { try IDNumber(typed, kind) } throws: { ($0 as? IDNumber.Fault)?.failure.code == "id-number.form" }
    }

    @Test func documentsAreRecognisedByTheirCommonNames() {
        for kind in IDNumber.Kind.allCases { #expect(IDNumber.Paper(kind.name, of: "USA110080010111")?.kind == kind) }
        for name in IDNumber.Paper.names { #expect(IDNumber.Paper(name, of: "937…") != nil) }
        #expect(IDNumber.Paper("外国人永久居留身份证", of: "937…")?.kind == .resident)
        #expect(IDNumber.Paper("驾驶证", of: "1") == nil)
        let fault = IDNumber.Fault.paper(named: "居民身份证", of: .taiwan)
        #expect(fault.failure.code == "id-number.paper")
    }

    @Test(arguments: [
        (IDNumber.Fault.length(3), "id-number.length"), (.characters, "id-number.characters"),
        (.birth, "id-number.birth"), (.checkCharacter, "id-number.check"),
    ])
    func faultsHaveTheirCodes(fault: IDNumber.Fault, code: String) {
        #expect(fault.failure.code == code)
    }

    /// GB/T 2260 has no other codes; a 9 in front means a foreigner's card.
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

    @Test func everyMistypedDigitOfAnIDNumberIsDetected() throws {
        let right = Array("11010519491231002X")
        for place in 0..<17 {
            for digit in "0123456789" where digit != right[place] {
                var wrong = right
                wrong[place] = digit
                #expect(throws: IDNumber.Fault.self) { try IDNumber(String(wrong)) }
            }
        }
    }

    @Test func anInterpolatedIDNumberIsMasked() throws {
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
    func invalidCreditCodesGiveTheirFault(text: String, code: String) {
        #expect { try USCC(text) } throws: { ($0 as? Failure)?.code == code }
    }

    @Test func aFunctionalZoneIsInItsCityAndProvince() {
        let zone = RegionCode("370900-A1")
        #expect(zone?.upwards.map(\.text) == ["370900-A1", "370900", "370000", "000000"])
        #expect(RegionCode("370902")?.upwards.map(\.text) == ["370902", "370900", "370000", "000000"])
    }

    @Test(arguments: ["", "37090", "3709000", "370900-a1", "370900-AA", "37090x", "370900-A12"])
    func anInvalidRegionIsRefused(text: String) {
        #expect(RegionCode(text) == nil)
    }
}
