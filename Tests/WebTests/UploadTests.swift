import Foundation
import Kernel
import Testing

@testable import Web

/// Multipart bodies as browsers send them, and malformed ones.
@Suite struct UploadTests {
    private func body(_ parts: [String], end: String = "--\r\n") -> Data {
        Data((parts.map { "--x1\r\n\($0)\r\n" }.joined() + "--x1" + end).utf8)
    }

    /// Parses the body some bytes at a time, as over a slow line.
    private func upload(_ body: Data, piece: Int = 7, limit: Int = 1000) throws -> Upload<OpenFile> {
        var multipart = try Multipart(boundary: "x1", limit: limit, OpenFile.scratch())
        for start in stride(from: 0, to: body.count, by: piece) {
            try multipart.take(body[start..<min(start + piece, body.count)])
        }
        return try multipart.end()
    }

    @Test(arguments: [1, 2, 3, 7, 64, 10_000]) func fieldsAndTheFileAreRead(_ piece: Int) throws {
        let upload = try upload(
            body([
                "Content-Disposition: form-data; name=\"list\"\r\n\r\nhours",
                "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\\\名 %22单%22.csv\"\r\n"
                    + "Content-Type: text/csv\r\n\r\na,b\r\n--x\r\n1,2",
            ]), piece: piece)
        #expect(upload.form["list"] == "hours")
        #expect(upload.name == "名 \"单\".csv")
        #expect(String(decoding: try upload.file.bytes(), as: UTF8.self) == "a,b\r\n--x\r\n1,2")
    }

    /// A name has no path, no invisible characters and a limited length.
    @Test func aFileNameIsMadeSafe() throws {
        let long = String(repeating: "名", count: 300)
        let upload = try upload(
            body(["Content-Disposition: form-data; name=\"file\"; filename=\"../\u{202E}\(long).xlsx\"\r\n\r\na"]))
        #expect(upload.name == String(repeating: "名", count: 95) + ".xlsx")
    }

    @Test func aSecondFileIsRefused() {
        let part = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\na"
        let failure = #expect(throws: Failure.self) { try upload(body([part, part])) }
        #expect(failure?.code == "web.form")
    }

    @Test func aFormWithoutAFileGivesAnEmptyOne() throws {
        let upload = try upload(
            body(["Content-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n"]))
        #expect(upload.name.isEmpty && upload.file.size == 0)
    }

    @Test(arguments: [
        "", "--x1", "--x2\r\n\r\n--x1--\r\n", "--x1\r\nno head\r\n--x1--\r\n",
        "--x1\r\nContent-Disposition: form-data\r\n\r\na\r\n--x1--\r\n",
        "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut off",
        String(repeating: "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", count: 60) + "--x1--\r\n",
    ])
    func malformedFormsAreRefused(_ text: String) {
        let failure = #expect(throws: Failure.self) { try upload(Data(text.utf8)) }
        #expect(failure?.code == "web.form")
    }

    /// The file has a size limit, and all other fields together have one.
    @Test(arguments: ["; filename=\"a\"", ""]) func oversizedPartsAreRefused(_ name: String) {
        let text = "Content-Disposition: form-data; name=\"a\"\(name)\r\n\r\n" + String(repeating: "a", count: 70_000)
        let failure = #expect(throws: Failure.self) { try upload(body([text]), piece: 4096) }
        #expect(failure?.code == "web.too-large")
    }
}
