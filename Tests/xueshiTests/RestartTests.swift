import Foundation
import Testbed
import Testing

/// A PostgreSQL server that is restarted while commands write.
@Suite struct RestartTests {
    /// A command succeeds or reports a failure; nothing is half done, and running it again completes the work.
    @Test func aRestartedServerLosesNothing() async throws {
        try await withFolder { folder in
            _ = try Lists(folder: folder, people: 600)
            try Self.script.write(to: folder.appending(path: "script"), atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = [folder.appending(path: "script").path, folder.path, Program.path.path]
            process.currentDirectoryURL = Program.root
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            func told(_ name: String) throws -> String {
                try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            }
            for name in ["import", "settle"] {
                let response = try told(name)
                let isClear =
                    response.hasSuffix("\n0\n") || response.contains("[database.") && response.hasSuffix("\n3\n")
                #expect(isClear, "\(response)")
            }
            #expect(try told("import-again").contains("rows=1200 created="))
            #expect(try told("import-again").contains("failed=0"))
            #expect(try told("settle-again").contains("people=600 qualified=600"))
            #expect(try told("check").contains("differing=0"))
            #expect(try told("verify").contains(#/chains=600 entries=1200 rows=\d+ broken=0/#))
        }
    }

    /// Arguments: folder and program. The server is restarted while the command writes rows of a table.
    private static let script = """
        folder=$1 program=$2
        . bin/prepare tests
        start_postgres "$folder" || exit 90
        stop() { as_postgres "$pg_bin/pg_ctl" -D "$folder/pg" -m immediate stop >/dev/null 2>&1; }
        trap stop EXIT
        export LANG=zh_CN.UTF-8 XUESHI_DATA=$folder/data
        export XUESHI_DATABASE="postgres:///xueshi?host=$folder/socket&user=postgres"
        # Answers once somebody writes rows of a table; asks a thousand times a second.
        writing() { PGOPTIONS="-c statement_timeout=60s" psql -q -h "$folder/socket" -U postgres xueshi -c "
            DO \\$\\$ BEGIN LOOP PERFORM pg_stat_clear_snapshot();
            EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'INSERT INTO $1 %' AND state <> 'idle');
            PERFORM pg_sleep(0.001); END LOOP; END \\$\\$"; }
        restarted() { # NAME TABLE COMMAND…
            local name=$1 table=$2; shift 2
            "$program" "$@" >"$folder/$name" 2>&1 & local pid=$!
            writing "$table" || exit 95
            as_postgres "$pg_bin/pg_ctl" -D "$folder/pg" -w -s -m fast restart || exit 91
            wait $pid; echo $? >>"$folder/$name"
        }
        "$program" import places Samples/places.csv || exit 92
        for year in 2021 2022; do "$program" policy publish Policies/taian/$year.yaml || exit 93; done
        "$program" import people "$folder/people.csv" || exit 94
        restarted import entry import hours "$folder/hours.csv"
        "$program" import hours "$folder/hours.csv" >"$folder/import-again" 2>&1
        restarted settle settled settle --year 2022
        "$program" settle --year 2022 >"$folder/settle-again" 2>&1
        "$program" settle --year 2022 --check >"$folder/check" 2>&1
        "$program" ledger verify >"$folder/verify" 2>&1
        exit 0
        """
}
