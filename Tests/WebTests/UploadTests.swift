import Foundation
import Kernel
import Testing

@testable import Web

/// What browsers send with a file, and what they never send.
@Suite struct UploadTests {
    private func body(_ parts: [String], end: String = "--\r\n") -> Data {
        Data((parts.map { "--x1\r\n\($0)\r\n" }.joined() + "--x1" + end).utf8)
    }

    @Test func fieldsAndTheFileAreRead() throws {
        let upload = try Multipart(boundary: "x1").upload(
            body([
                "Content-Disposition: form-data; name=\"list\"\r\n\r\nhours",
                "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\\\名 %22单%22.csv\"\r\n"
                    + "Content-Type: text/csv\r\n\r\na,b\r\n--x\r\n1,2",
            ]))
        #expect(upload.form["list"] == "hours")
        #expect(upload.name == "名 \"单\".csv")
        #expect(String(decoding: upload.bytes, as: UTF8.self) == "a,b\r\n--x\r\n1,2")
    }

    @Test func noFileIsAnEmptyOne() throws {
        let upload = try Multipart(boundary: "x1").upload(
            body(["Content-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n"]))
        #expect(upload.name.isEmpty && upload.bytes.isEmpty)
    }

    @Test(arguments: [
        "", "--x1", "--x2\r\n\r\n--x1--\r\n", "--x1\r\nno head\r\n--x1--\r\n",
        "--x1\r\nContent-Disposition: form-data\r\n\r\na\r\n--x1--\r\n",
        "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut off",
        String(repeating: "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", count: 60) + "--x1--\r\n",
    ])
    func whatNoBrowserSendsIsRefused(_ text: String) {
        let failure = #expect(throws: Failure.self) { try Multipart(boundary: "x1").upload(Data(text.utf8)) }
        #expect(failure?.code == "web.form")
    }
}
