import Kernel
import Testing

@testable import Web

@Suite struct PathTests {
    private enum Thing {}

    @Test func aLinkIsMadeFromItsPath() {
        let year = Path<ID<Thing>, Year>("/people/{}/years/{}")
        #expect(year.link(ID(7), Year(2022)).text == "/people/7/years/2022")
        #expect(year.pattern == "/people/{0}/years/{1}")
        let home: Path<> = Path("/")
        #expect(home.link().text == "/")
    }

    @Test func specialCharactersAreEncoded() {
        let search = Path<String>("/search/{}")
        #expect(search.link("a/b 学").text == "/search/a%2Fb%20%E5%AD%A6")
        let asked = search.link("x").asking([("q", "岳 & 明"), ("page", "")])
        #expect(asked.text == "/search/x?q=%E5%B2%B3%20%26%20%E6%98%8E")
        #expect(asked.asking([("page", "2")]).text.hasSuffix("&page=2"))
    }

    @Test func aQueryIsDecoded() {
        let query = Query("a=1&b=%E5%AD%A6+%E6%97%B6&a=2&empty=&bad=%FF")
        #expect(query["a"] == "1")
        #expect(query.all("a") == ["1", "2"])
        #expect(query["b"] == "学 时")
        #expect(query["empty"].isEmpty && query["none"].isEmpty)
    }

    /// PostgreSQL does not store texts with a NUL.
    @Test(arguments: ["a=%00&b=1", "a%00=1&b=1"]) func aNULIsRefused(_ text: String) {
        let query = Query(text)
        #expect(query["a"].isEmpty && query["b"] == "1")
        let failure = #expect(throws: Failure.self) { try query.checked() }
        #expect(failure?.code == "web.query")
        #expect(String(pathText: "a\0") == nil)
    }
}
