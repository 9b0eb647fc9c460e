import Foundation
import Kernel
import Testing

@testable import Web

/// Which texts are valid JSON, and the reported places of faults.
@Suite struct JSONReaderTests {
    private func reason(_ text: String) -> JSONReader.Reason? { fault(Array(text.utf8))?.reason }

    private func fault(_ bytes: [UInt8]) -> JSONReader.Fault? {
        do throws(JSONReader.Fault) {
            _ = try JSONReader.read(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func validJSONIsRead() throws {
        let text = """
            {"a": 1, "b" : [-2, 3.5, 1e400, 99999999999999999999], "c":{"d":null,"e":true,"f":false},
             "g\\u0041": "x\\n\\"\\\\\\/\\u5b66\\ud83d\\ude00"}\r\n
            """
        let tree = try JSONReader.read(Array(text.utf8))
        #expect(
            tree
                == .object([
                    "a": .integer, "b": .array([.integer, .number, .number, .number]),
                    "c": .object(["d": .null, "e": .flag, "f": .flag]), "gA": .text("x\n\"\\/学😀"),
                ]))
        for text in ["{}", "[]", "0", " null ", "\"\"", "-0", "[[]]", "[{}]"] {
            #expect(reason(text) == nil, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("", .ended), ("{", .ended), ("[1", .ended), ("{\"a\"", .ended), ("{\"a\":", .ended), ("\"a", .ended),
            ("[1,", .ended), ("tru", .ended), ("\"\\", .ended), ("{\"a\":1", .ended),
            ("{a:1}", .unexpected), ("{'a':1}", .unexpected), ("[1 2]", .unexpected), ("[,1]", .unexpected),
            ("[1,]", .unexpected), ("{\"a\":1,}", .unexpected), ("{\"a\" 1}", .unexpected), ("NaN", .unexpected),
            ("nul1", .unexpected), ("\u{FEFF}{}", .unexpected), ("//x\n{}", .unexpected),
            ("{\"a\":1 \"b\":2}", .unexpected),
            ("{} {}", .trailing), ("1,", .trailing), ("{}x", .trailing),
            ("01", .number), ("1.", .number), ("-", .number), ("1e", .number), ("+1", .unexpected), (".5", .unexpected),
            ("\"\\x\"", .escape), ("\"\\u12\"", .escape), ("\"\\ud800\"", .escape), ("\"\\ud800\\u0041\"", .escape),
            ("\"\\udc00\"", .escape), ("\"\\u+123\"", .escape),
            ("\"a\nb\"", .control), ("\"\\u0000\"", .control), ("\"\u{7F}\"", .control), ("\"\u{85}\"", .control),
            ("\"\\u0085\"", .control), ("\"\\b\"", .control),
            ("{\"a\":1,\"a\":2}", .repeated("a")), ("{\"a\":1,\"\\u0061\":2}", .repeated("a")),
            ("[{\"b\":{\"c\":1,\"c\":1}}]", .repeated("c")),
        ] as [(String, JSONReader.Reason)])
    func refusesInvalidJSON(text: String, reason: JSONReader.Reason) { #expect(self.reason(text) == reason, "\(text)") }

    /// Foundation accepts every text that the reader accepts: 20,000 texts with a few changed bytes.
    @Test func foundationAcceptsEveryAcceptedText() {
        let text = #"{"a":[1,-2.5e3,"x\u5b66\n",null,true],"b":{"c":"学时","d":[]},"e":"\ud83d\ude00"}"#
        let (plain, marks) = (Array(text.utf8), Array("{}[]\",:\\u0dtfn+-.eE1 \n\u{80}".utf8))
        var (seed, readable): (UInt64, Int) = (1, 0)
        func below(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(limit))
        }
        for _ in 0..<20_000 {
            var bytes = plain
            for _ in 0...below(3) {
                let place = below(bytes.count)
                switch below(3) {
                case 0: bytes[place] = marks[below(marks.count)]
                case 1: bytes.insert(marks[below(marks.count)], at: place)
                default: bytes.remove(at: place)
                }
            }
            guard fault(bytes) == nil else { continue }
            readable += 1
            let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect(other != nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(readable > 1000)
    }

    @Test func depthIsLimited() {
        let nested = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(reason(nested(JSONReader.deepest)) == nil)
        #expect(reason(nested(JSONReader.deepest + 1)) == .deep)
        #expect(reason(String(repeating: "[{\"a\":", count: 100_000)) == .deep)
    }

    /// Line and column, from 1; a character of several bytes counts once.
    @Test func faultsAreReportedWithLineAndColumn() {
        #expect(fault(Array("{\"学时\": tru }".utf8)) == JSONReader.Fault(reason: .unexpected, line: 1, column: 11))
        #expect(fault(Array("{\n \"a\": 1,\n \"a\": 2}".utf8)) == .init(reason: .repeated("a"), line: 3, column: 2))
        #expect(fault(Array("{\"a\": \"".utf8) + [0xC3, 0x28]) == .init(reason: .encoding, line: 1, column: 8))
        // GB18030 is not UTF-8.
        #expect(fault([0x22, 0xB8, 0xDF, 0x22])?.reason == .encoding)
        let words = Failure.badJSON(.init(reason: .trailing, line: 1, column: 7), line: 12).words.chinese
        #expect(words == "内容不是正确的 JSON：第 12 行第 7 个字符处，后面还有多余的内容。没有登记任何内容，请改正后再发。")
    }
}
