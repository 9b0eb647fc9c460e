import Database
import Foundation
import Testbed
import Testing

/// Acts on the command line are recorded with the operating system's user.
@Suite struct AuditCommandTests {
    @Test(arguments: Engine.allCases) func actsAreListedExportedAndVerified(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder, database: url)
                try program.prepare()
                try program.run("import", "people", "Samples/people.csv")
                let lists = try program.run("audit", "list", "--act", "list.import")
                #expect(lists.lines.contains { $0.contains("list places") && $0.contains("rows=14") }, "\(lists.lines)")
                try program.run("people", "merge", "2", "1", "--reason", "两次登记")
                #expect(try program.run("keys", "export").code == 0)
                let whole = try program.run("audit", "verify")
                #expect(whole.code == 0 && whole.figure("broken") == "0", "\(whole.lines)")
                let merged = try program.run("audit", "list", "--act", "person.merge")
                let user = "system/\(NSUserName())"
                #expect(merged.lines.contains { $0.contains(user) && $0.contains("into=1") }, "\(merged.lines)")
                #expect(try program.run("audit", "list", "--person", "2").last == "audit: records=1")
                #expect(try program.run("audit", "list", "--account", "1").last == "audit: records=0")
                #expect(try program.run("audit", "list", "--act", "no.such").code == 2)
                let file = folder.path + "/audit.csv"
                let exported = try program.run("audit", "export", file, "--chain", user)
                #expect(exported.code == 0)
                let text = try String(contentsOfFile: file, encoding: .utf8)
                #expect(text.contains("合并人员") && !text.contains("两次登记"))
                #expect(try program.run("audit", "export", folder.path + "/audit.txt").code == 2)

                let database = try Database.open(DatabaseURL(url))
                try await database.write { transaction in
                    try Migration.rewriting(["audit_record"], transaction) {
                        try transaction.execute("UPDATE audit_record SET person = 9 WHERE act = 'person.merge'")
                    }
                }
                database.close()
                let broken = try program.run("audit", "verify")
                #expect(broken.code == 1 && broken.figure("broken") == "1")
                #expect(broken.lines[0].contains(user) && broken.lines[0].contains("与链不符"), "\(broken.lines)")
            }
        }
    }
}
