import Database
import Foundation
import Testbed
import Testing

/// From a settled year to a certificate that a stranger verifies, on the command line.
@Suite struct CertificateCommandTests {
    private func withSettled(_ engine: Engine, _ body: (Program) throws -> Void) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder, database: url)
                try program.prepare()
                try program.run("import", "people", "Samples/people.csv")
                try program.run("import", "hours", "Samples/hours.csv")
                try #require(program.run("settle", "--year", "2022").code == 0)
                try #require(program.run("certificate", "publish", "Certificates/taian.yaml").code == 0)
                try body(program)
            }
        }
    }

    @Test(arguments: Engine.allCases) func aCertificateIsIssuedPrintedAndVerified(_ engine: Engine) async throws {
        try await withSettled(engine) { program in
            #expect(try program.run("status").last == "status: due=6 failing=0")
            let issued = try program.run("certificate", "issue", "--year", "2022")
            #expect(issued.last == "certificate: issued=6 unchanged=0 refused=0 due=0")
            let again = try program.run("certificate", "issue", "--year", "2022")
            #expect(again.last == "certificate: issued=0 unchanged=6 refused=0 due=0")
            #expect(try program.run("status").last == "status: due=0 failing=0")
            let line = issued.lines.first { $0.contains("certificate print") } ?? ""
            let number = String(line.split(separator: " ")[3])
            let (file, keys, status) = ("c.pdf", "public-keys.json", "status.json")
            let place = { (name: String) in program.folder.path + "/" + name }
            #expect(try program.run("certificate", "print", number, place(file)).code == 0)
            let first = try Data(contentsOf: program.folder.appending(path: file))
            #expect(try program.run("certificate", "print", number, place(file)).code == 0)
            #expect(try Data(contentsOf: program.folder.appending(path: file)) == first)
            #expect(try program.run("verify", place(file)).last == "verify: state=valid number=\(number)")
            let exported = try program.run("keys", "export").lines.joined(separator: "\n")
            try exported.write(toFile: place(keys), atomically: true, encoding: .utf8)
            #expect(try program.run("status", "export", place(status)).code == 0)
            let away = try program.run("verify", place(file), "--offline", place(keys), "--status", place(status))
            #expect(away.last == "verify: state=valid number=\(number)")
            #expect(try program.run("certificate", "revoke", number, "--reason", "误发").code == 0)
            let revoked = try program.run("verify", number)
            #expect(revoked.code == 1)
            #expect(revoked.last == "verify: state=revoked number=\(number)")
            #expect(try program.run("status", "export", place(status)).figure("revoked") == "1")
            let late = try program.run("verify", place(file), "--offline", place(keys), "--status", place(status))
            #expect(late.figure("state") == "revoked")
            #expect(try program.run("certificate", "hours", "1/1", place("h.pdf")).code == 0)
            #expect(try program.run("certificate", "list", "1").figure("held") == "2")
            #expect(try program.run("verify", place("h.pdf")).figure("state") == "valid")
        }
    }

    @Test func publishingWarnsOfTheAddressInTheCodes() async throws {
        try await withSettled(.sqlite) { program in
            var english = program
            english.language = "C.UTF-8"
            let publish = ["certificate", "publish", "Certificates/taian.yaml"]
            let says = { (program: Program, words: [String]) in try program.run(words).lines.joined(separator: "\n") }
            let warned = try says(program, publish + ["--dry-run"])
            #expect(warned.contains("http://127.0.0.1:8080，只有本机能打开"), "\(warned)")
            #expect(warned.contains("请加 --verify-at https://"), "\(warned)")
            let plain = try says(english, publish + ["--dry-run", "--verify-at", "http://zs.example.cn"])
            #expect(plain.contains("http://zs.example.cn, not encrypted"), "\(plain)")
            let first = try says(english, ["certificate", "issue", "--year", "2022"])
            #expect(first.contains("Warning: the verification address of form taian"), "\(first)")
            #expect(first.contains(#/Print: xueshi certificate print (\w{4}-){3}\w{4} OUT\.pdf/#), "\(first)")
            #expect(try !says(program, publish + ["--verify-at", "https://zs.example.cn"]).contains("注意"))
            #expect(try !says(program, ["certificate", "issue", "--year", "2022"]).contains("注意"))
        }
    }

    /// The same list under a platform's name creates every item a second time, and none of them counts.
    @Test func duplicatesOfAnotherPlatformAreNotCertified() async throws {
        try await withSettled(.sqlite) { program in
            try program.run("import", "hours", "Samples/hours.csv", "--platform", "sdta")
            let out = program.folder.path + "/h.pdf"
            let double = try program.run("certificate", "hours", "1/4", out)
            #expect(double.code == 2 && double.lines.joined().contains("[certificate.uncounted]"), "\(double.lines)")
            #expect(double.lines.joined().contains("第 4 笔不计入学时，没有开具学时证明：与第 1 笔重复，只计一次"))
            #expect(!FileManager.default.fileExists(atPath: out))
            #expect(try program.run("certificate", "hours", "1/1", out).code == 0)
        }
    }

    /// A mistyped folder does not create an installation with new keys.
    @Test func aMistypedFolderCreatesNothing() async throws {
        try await withFolder { folder in
            let program = Program(folder: folder.appending(path: "mistyped"))
            for words in [
                ["verify", "ABCD-EFGH-IJKL-MNOP"], ["keys", "export"], ["status"], ["settle", "--year", "2022"],
                ["import", "people", "Samples/people.csv", "--dry-run"],
                ["import", "hours", "Samples/hours.csv", "--dry-run"],
                ["policy", "publish", "Policies/taian/2022.yaml", "--dry-run"],
            ] {
                let run = try program.run(words)
                #expect(run.code == 2)
                #expect(run.lines.contains { $0.contains("请先运行 xueshi migrate。 [data.none]") }, "\(run.lines)")
            }
            #expect(!FileManager.default.fileExists(atPath: program.folder.path))
        }
    }

    /// A terminal asks for confirmation of an irreversible action; without a yes nothing changes.
    @Test func revokingIsConfirmedAtATerminal() async throws {
        try await withSettled(.sqlite) { program in
            try program.run("certificate", "issue", "--year", "2022")
            let list = try program.run("certificate", "list", "1").lines[0]
            let number = String(list.prefix(19))
            let command = "\(Program.path.path) certificate revoke \(number) --reason 误发"
            for (response, state) in [("n", "valid"), ("y", "revoked")] {
                let terminal = program.process(["-qec", command, "/dev/null"])
                terminal.executableURL = URL(filePath: "/usr/bin/script")
                let (input, output) = (Pipe(), Pipe())
                (terminal.standardInput, terminal.standardOutput) = (input, output)
                try terminal.run()
                input.fileHandleForWriting.write(Data("\(response)\n".utf8))
                let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                terminal.waitUntilExit()
                #expect(said.contains("不能撤回"), "\(said)")
                #expect(said.contains("[command.declined]") == (response == "n"), "\(said)")
                #expect(try program.run("verify", number).figure("state") == state)
            }
        }
    }

    @Test func aReasonIsOneLineWithText() async throws {
        try await withFolder { folder in
            let program = Program(folder: folder)
            for reason in ["", " ", "\u{200B}", "x\nrevoked: valid", "x\u{1B}[31m"] {
                let words = ["certificate", "revoke", "ABCD-EFGH-IJKL-MNOP", "--reason", reason]
                let run = try program.run(words)
                #expect(run.code == 2)
            }
        }
    }

    /// A retired key verifies what it signed; others need the new public keys for later signatures.
    @Test func aRetiredKeyStillVerifies() async throws {
        try await withSettled(.sqlite) { program in
            let place = { (name: String) in program.folder.path + "/" + name }
            let export = { (name: String) in
                let keys = try program.run("keys", "export").lines.joined(separator: "\n")
                try keys.write(toFile: place(name), atomically: true, encoding: .utf8)
            }
            try #require(program.run("certificate", "hours", "1/1", place("old.pdf")).code == 0)
            try export("before.json")
            #expect(try program.run("keys", "rotate").figure("keys") == "2")
            #expect(try program.run("audit", "list", "--act", "keys.rotate").last == "audit: records=1")
            try export("after.json")
            try #require(program.run("certificate", "hours", "1/2", place("new.pdf")).code == 0)
            #expect(try program.run("verify", place("old.pdf")).figure("state") == "valid")
            #expect(try program.run("verify", place("new.pdf")).figure("state") == "valid")
            let away = { (file: String, keys: String) in
                try program.run("verify", place(file), "--offline", place(keys)).figure("state")
            }
            let found = try [
                away("old.pdf", "after.json"), away("new.pdf", "after.json"), away("new.pdf", "before.json"),
            ]
            #expect(found == ["valid", "valid", "unknown-key"])
            let keys = program.folder.appending(path: "keys.json")
            let later = try String(contentsOf: keys, encoding: .utf8).replacing(
                #/"created" : "20\d\d/#, with: #""created" : "2999"#)
            try later.write(to: keys, atomically: false, encoding: .utf8)
            #expect(try program.run("keys", "rotate").lines.joined().contains("[keys.clock]"))
            let refused = try program.run("audit", "list", "--act", "keys.rotate")
            #expect(refused.last == "audit: records=2" && refused.lines.joined().contains("keys.clock"))
        }
    }

    @Test func impossibleCommandsAreRefused() async throws {
        try await withSettled(.sqlite) { program in
            let out = program.folder.path + "/x.pdf"
            let sample = ["certificate", "sample", "Certificates/taian.yaml"]
            let cases: [([String], String, Int32)] = [
                (["certificate", "hours", "1", out], "certificate.entry", 2),
                (["certificate", "print", "ABC", out], "certificate.number", 2),
                (["certificate", "publish", "nowhere.yaml"], "form.unreadable", 2),
                (["verify", "A", "--offline", "nowhere.json"], "file.unreadable", 2),
                (sample + ["/proc/x.pdf"], "file.unwritable", 3),
            ]
            for (words, code, exit) in cases {
                let run = try program.run(words)
                #expect(run.code == exit)
                #expect(run.lines.joined().contains("[\(code)]"), "\(run.lines)")
            }
            #expect(try program.run(sample + ["--hours", out]).code == 0)
            #expect(try program.run("certificate", "print", "ABC", "x.txt").code == 2)
            #expect(try program.run("verify", "A", "--status", "x").code == 2)
            var bare = program
            bare.path = program.folder.path
            #expect(try bare.run("verify", out).lines.joined().contains("[certificate.poppler]"))
        }
    }
}
