import Foundation
import Kernel
import Signing
import Testbed
import Testing

@Suite("Attack: authentication codes cannot be made without the keys")
struct MACTests {
    private func ring(_ folder: URL, _ name: String) throws -> KeyRing {
        try KeyFile.create(at: folder.appending(path: name).path, system: .real)
    }

    @Test func everyChangedByteIsDetected() async throws {
        try await withFolder { folder in
            let keys = try ring(folder, "a").rowMAC
            let bytes = Array("settled 17 2022 qualified".utf8)
            let mac = keys.mac(bytes)
            #expect(mac.count == MACKey.length && mac[0] == 1)
            #expect(keys.isValid(mac, of: bytes))
            for place in mac.indices {
                var changed = mac
                changed[place] ^= 1
                #expect(!keys.isValid(changed, of: bytes))
            }
            for place in bytes.indices {
                var changed = bytes
                changed[place] ^= 1
                #expect(!keys.isValid(mac, of: changed))
            }
            for count in mac.indices { #expect(!keys.isValid(Array(mac.prefix(count)), of: bytes)) }
        }
    }

    @Test func macsDifferByKeyAndPurpose() async throws {
        try await withFolder { folder in
            let (mine, other) = (try ring(folder, "a"), try ring(folder, "b"))
            #expect(!other.rowMAC.isValid(mine.rowMAC.mac([1]), of: [1]))
            #expect(!mine.auditMAC.isValid(mine.rowMAC.mac([1]), of: [1]))
            let again = try KeyFile.load(folder.appending(path: "a").path)
            #expect(again.rowMAC.isValid(mine.rowMAC.mac([1]), of: [1]))
        }
    }
}
