import Foundation
import Kernel
import Testing

@Suite("Numbers of journals and books")
struct NumbersOfWorksTests {
    @Test(arguments: [
        ("CN 37-0001/T", "CN 37-0001/T"), ("cn37-0001/t", "CN 37-0001/T"), ("ＣＮ　３７－０００１／Ｔ", "CN 37-0001/T"),
        ("CN37—0001", "CN 37-0001"), ("CN 37-0001/", "CN 37-0001"), ("37-0001/G4", "CN 37-0001/G4"),
        ("CN：37–0001/(J)", "CN 37-0001/(J)"),
        ("ISSN 9999-9994", "ISSN 9999-9994"), ("issn99999994", "ISSN 9999-9994"), ("9999‐9994", "ISSN 9999-9994"),
        ("9999-903x", "ISSN 9999-903X"), ("ISSN 9999-9994, CN 37-0001/T", "CN 37-0001/T"),
        ("CN 37-0001/T；ISSN 9999-9994", "CN 37-0001/T"), ("ISSN 9999-9994/CN 37-0001/T", "CN 37-0001/T"),
    ])
    func spellingsOfASerialNumberHaveOneText(typed: String, text: String) throws {
        #expect(try SerialNumber(typed).text == text)
        #expect(SerialNumber.isOne(typed) && SerialNumber.isOne(text))
    }

    @Test(arguments: [
        ("无", SerialNumber.Fault.form), ("内部资料", .form), ("/", .form), ("-", .form), ("CN", .form), ("", .form),
        ("CN 37-0000/T", .form), ("CN 1", .form), ("CN 37-00011", .form), ("IXYN 9999-9994", .form),
        ("CN 3-70001/T", .form), ("0000-0000", .form), ("ISSN", .form),
        ("鲁内资准字 37-0001", .form), ("CN 37-0001/T CN 37-0002/T", .form),
        ("978-7-0000-0001-8", .book), ("ISBN 7-0000-0001-8", .book), ("9787000000010", .book),
        ("ISSN 9999-9995", .check("4")), ("9999-9995, CN 37-0001/T", .check("4")), ("9999-9030", .check("X")),
    ])
    func invalidSerialNumbersGiveTheirFault(typed: String, fault: SerialNumber.Fault) {
        #expect(throws: fault) { try SerialNumber(typed) }
        #expect(!SerialNumber.isOne(typed))
    }

    /// A number of ten digits becomes that of thirteen digits of the same book.
    @Test(arguments: [
        "978-7-0000-0001-8", "ISBN 978-7-0000-0001-8", "9787000000018", "isbn：９７８ ７ ００００ ０００１ ８", "978–7–0000–0001–8",
        "7-0000-0001-5",
    ])
    func spellingsOfABookNumberHaveOneText(typed: String) throws {
        #expect(try BookNumber(typed).text == "9787000000018")
        #expect(BookNumber.isOne(typed))
    }

    @Test(arguments: [
        ("无", BookNumber.Fault.form), ("978", .form), ("", .form), ("977-7-0000-0001-8", .form), ("13010·123", .form),
        ("0000000000", .form), ("CN 37-0001/T", .journal), ("ISSN 9999-9994", .journal),
        ("978-7-0000-0001-0", .check("8")), ("7-0000-0001-X", .check("5")),
    ])
    func invalidBookNumbersGiveTheirFault(typed: String, fault: BookNumber.Fault) {
        #expect(throws: fault) { try BookNumber(typed) }
        #expect(!BookNumber.isOne(typed))
    }

    @Test func everyMistypedDigitOfAWorksNumberIsDetected() {
        let numbers = [
            ("9999-9994", SerialNumber.isOne), ("ISSN 9999-9994", SerialNumber.isOne),
            ("978-7-0000-0001-8", BookNumber.isOne), ("9787000000018", BookNumber.isOne),
        ]
        for (right, isOne) in numbers {
            #expect(isOne(right))
            for place in right.indices where right[place].isNumber {
                for digit in "0123456789" where digit != right[place] {
                    #expect(!isOne(right.replacingCharacters(in: place...place, with: String(digit))))
                }
            }
        }
    }
}
