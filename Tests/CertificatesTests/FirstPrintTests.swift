import Database
import Kernel
import Registry
import Testbed
import Testing

@testable import Certificates

/// A certificate is printed once: whoever asks for it gets the same bytes.
@Suite struct FirstPrintTests {
    /// Several servers print the same certificates at the same time, in different orders.
    @Test(arguments: Engine.allCases) func firstPrintsAtOnceAreOneFile(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            for name in ["岳明远", "汶小溪", "安澜"] { _ = try await city.qualified(name) }
            _ = try await city.registry.settle(Year(2022))
            _ = try await city.certificates.issue(Year(2022))
            let numbers = try await city.certificates.numbers(limit: 9)
            #expect(numbers.count == 3)
            // A print contains its day, so each server draws another file.
            let servers = (0..<6).map { city.days($0).certificates }
            let prints = try await withThrowingTaskGroup(of: [CertificateNumber: [UInt8]].self) { group in
                for (turn, server) in servers.enumerated() {
                    let order = turn.isMultiple(of: 2) ? numbers : numbers.reversed()
                    group.addTask { Dictionary(uniqueKeysWithValues: zip(order, try await server.pdfs(of: order))) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let stored = try await city.certificates.pdfs(of: numbers)
            for print in prints {
                let isStored = numbers.map { print[$0] } == stored
                #expect(isStored)
            }
            let count = try await city.database.read { transaction in
                try transaction.first("SELECT COUNT(*) FROM certificate_print") { try $0.int(0) }
            }
            #expect(count == 3)
        }
    }

    /// The second of two prints that were drawn before either was stored is dropped.
    @Test(arguments: Engine.allCases) func aSecondPrintIsDropped(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (_, number) = try await city.issued("岳明远")
            let certificates = city.certificates
            for pdf in [[1], [2]] as [[UInt8]] {
                let kept = try await city.database.write { try certificates.store($0).keep(pdf, of: number, at: 1) }
                #expect(kept == [1])
            }
            let stored = try await certificates.pdf(of: number)
            #expect(stored == [1])
        }
    }
}
