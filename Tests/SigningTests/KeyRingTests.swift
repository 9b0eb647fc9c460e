import Foundation
import Kernel
import Signing
import Testing

@Suite("Keys encrypt, look up and sign")
struct KeyRingTests {
    private let folder = KeyFolder()
    private let day = Day(number: 20_000)

    private func ring() throws -> KeyRing { try KeyFile.create(at: folder.path(), system: .on(day)) }

    @Test(arguments: [0, 1, 18, 4000])
    func encryptedBytesAreDecrypted(length: Int) throws {
        let keys = try ring()
        let plain = [UInt8](repeating: 7, count: length)
        let sealed = try keys.seal(plain, context: "person/number/1")
        #expect(sealed[0] == 1 && sealed.count == length + 33)
        #expect(try keys.open(sealed, context: "person/number/1") == plain)
        #expect(try keys.seal(plain, context: "person/number/1") != sealed)
    }

    @Test func everyChangedByteIsRefused() throws {
        let keys = try ring()
        let sealed = try keys.seal(Array("11010519491231002X".utf8), context: "c")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(
                failure { try keys.open(changed, context: "c") } == (1...4 ~= index ? "keys.wrong" : "sealed.damaged"))
        }
        for count in sealed.indices {
            #expect(failure { try keys.open(Array(sealed.prefix(count)), context: "c") } == "sealed.damaged")
        }
    }

    @Test func bytesOfAnotherContextAreRefused() throws {
        let keys = try ring()
        let sealed = try keys.seal([1], context: "person/number/1")
        #expect(failure { try keys.open(sealed, context: "person/number/2") } == "sealed.damaged")
    }

    @Test func otherKeysAreDetectedByTheirFingerprint() throws {
        let (mine, other) = (try ring(), try KeyFile.create(at: folder.path("other"), system: .on(day)))
        #expect(failure { try other.open(mine.seal([1], context: "c"), context: "c") } == "keys.wrong")
        #expect(mine.fingerprint != other.fingerprint)
        #expect(mine.lookup("a", context: "c") != other.lookup("a", context: "c"))
        #expect(other.verify([1], try mine.sign([1])) == .unknownKey)
    }

    @Test func lookupCodesNeverChange() throws {
        let keys = try KeyFile.load(folder.fixed())
        let code = keys.lookup("11010519491231002X", context: "person/number").hex
        #expect(code == "85ae3a20cc75f450cd9fe5c4de486e055b9ea5379d19f38a2e02392d9e3577db")
        #expect(keys.lookup("11010519491231002X", context: "person/passport").hex != code)
        #expect(keys.lookup("b", context: "a") != keys.lookup("", context: "ab"))
    }

    @Test func oldEncryptedAndSignedBytesAreStillRead() throws {
        let keys = try KeyFile.load(folder.fixed())
        #expect(try keys.open(Golden.sealed, context: "person/number/1") == Array("11010519491231002X".utf8))
        #expect(keys.verify([1, 2, 3], Signature(key: 1, suite: 1, bytes: Golden.signature)) == .valid)
        #expect(keys.publicKeys[0].bytes.hex == Golden.publicKey)
        #expect(keys.fingerprint.hex == Golden.fingerprint)
    }

    @Test func wrongSignaturesAreRefused() throws {
        let keys = try ring()
        let signature = try keys.sign([1, 2, 3])
        #expect(keys.verify([1, 2, 3], signature) == .valid)
        #expect(keys.publicKeys[0].verify([1, 2, 3], signature) == .valid)
        #expect(keys.verify([1, 2], signature) == .invalid)
        let (id, bytes) = (signature.key, signature.bytes)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(keys.verify([1, 2, 3], Signature(key: id, suite: 1, bytes: changed)) == .invalid)
        }
        #expect(keys.verify([1, 2, 3], Signature(key: id, suite: 1, bytes: [])) == .invalid)
        #expect(keys.verify([1, 2, 3], Signature(key: id, suite: 2, bytes: bytes)) == .invalid)
        #expect(keys.verify([1, 2, 3], Signature(key: id ^ 1, suite: 1, bytes: bytes)) == .unknownKey)
    }

    @Test func aRetiredKeyStillOpensAndVerifies() throws {
        let old = try ring()
        let (sealed, signature) = (try old.seal([5], context: "c"), try old.sign([5]))
        _ = try KeyFile.renew(at: folder.path(), system: .on(day.adding(days: 30)))
        let keys = try KeyFile.load(folder.path())
        #expect(try keys.open(sealed, context: "c") == [5])
        #expect(keys.verify([5], signature) == .valid)
        #expect(keys.publicKeys.map(\.retired) == [day.adding(days: 30), nil])
        #expect(try keys.sign([5]).key == keys.publicKeys[1].id && keys.publicKeys[1].id != signature.key)
        #expect(failure { try old.open(keys.seal([5], context: "c"), context: "c") } == "keys.wrong")
        #expect(keys.fingerprint == old.fingerprint)
        #expect(keys.lookup("a", context: "c") == old.lookup("a", context: "c"))
    }

    /// Concurrent renewals lose no key.
    @Test func concurrentRenewalsLoseNoKey() async throws {
        _ = try KeyFile.create(at: folder.path(), system: .on(day))
        let (path, system) = (folder.path(), SystemInputs.on(day))
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try KeyFile.renew(at: path, system: system).signingKey.id }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(made.count == 8)
        #expect(made.isSubset(of: Set(try KeyFile.load(path).publicKeys.map(\.id))))
    }

    @Test func hashesMatchTheStandard() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(sha256("abc".utf8).hex == abc)
        var digest: [UInt8] = []
        Array("abc".utf8).withUnsafeBytes { sha256($0, into: &digest) }
        #expect(digest.hex == abc)
        var short: [UInt8] = [0, 0]
        Array("abc".utf8).withUnsafeBytes { bytes in short.withUnsafeMutableBytes { sha256(bytes, into: $0) } }
        #expect(short == [0xBA, 0x78])
    }
}

@Suite("The key file is private and complete")
struct KeyFileTests {
    private let folder = KeyFolder()
    private let day = Day(number: 20_000)

    @Test func aKeyFileIsCreatedOnce() throws {
        let made = try KeyFile.create(at: folder.path(), system: .on(day))
        #expect(failure { try KeyFile.create(at: folder.path(), system: .on(day)) } == "keys.exists")
        #expect(try KeyFile.load(folder.path()).fingerprint == made.fingerprint)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.folder.path) == ["keys.json"])
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path())[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func newKeysHaveNewNumbers() throws {
        let constant = SystemInputs(now: { 0 }, random: { [UInt8](repeating: 0xFF, count: $0) })
        _ = try KeyFile.create(at: folder.path(), system: constant)
        let renewed = try KeyFile.renew(at: folder.path(), system: constant)
        #expect(renewed.publicKeys.map(\.id) == [0x7FFF_FFFF, 1])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o700, 0o666])
    func aKeyFileReadableByOthersIsRefused(mode: Int) throws {
        _ = try KeyFile.create(at: folder.path(), system: .on(day))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path())
        #expect(failure { try KeyFile.load(folder.path()) } == "keys.mode")
    }

    @Test func missingAndUnreadableKeyFilesAreReported() {
        #expect(failure { try KeyFile.load(folder.path()) } == "keys.missing")
        #expect(failure { try KeyFile.create(at: folder.path("no/such"), system: .on(day)) } == "keys.unwritable")
        #expect(failure { try KeyFile.load(folder.folder.path) } == "keys.unreadable")
    }

    @Test(arguments: [
        ("", ""), ("{", "["), (#""suite":1"#, #""suite":9"#), (#""format":1"#, #""format":2"#),
        ("AAECAwQF", "AAEC"), (#""id":1"#, #""id":0"#), (#""id":1"#, #""id":2147483648"#),
        ("2026-01-01", "2026-02-30"), (#""created""#, #""retired":"2026-01-02","created""#), ("signing", "singing"),
    ])
    func aMalformedKeyFileIsRefused(part: String, instead: String) throws {
        let text = part.isEmpty ? "" : KeyFolder.fixedText.replacingOccurrences(of: part, with: instead)
        #expect(failure { try KeyFile.load(folder.write(text)) } == "keys.unreadable")
    }
}

extension SystemInputs {
    static func on(_ day: Day) -> SystemInputs { SystemInputs(now: { day.number * 86_400_000 }, random: real.random) }
}

/// Values that another program (Python's cryptography) made with the keys of `KeyFolder.fixedText`.
enum Golden {
    static let sealed: [UInt8] = bytes(
        "0100000001000102030405060708090a0b7633e62af5d0f322b978a6b982d8485db18e7435cf5361a607df68ee2f78a4"
            + "1ee7d1")
    static let signature: [UInt8] = bytes(
        "3a36b413b5ab3ab4b61d4ae0c1186a557ab72f04b057eae3cb7a51852074724080e2bbfe1654fc8885a854b9e8df1a88"
            + "6b6a19a20db70d362ecda1891b50ac0a")
    static let publicKey = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    static let fingerprint = "917249efcbf95739e1b12aabb6b1a46a24f031113f94f4321a7d05347021321d"

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }
}

/// A folder for one test, removed with this object.
final class KeyFolder: Sendable {
    let folder: URL

    static let fixedText: String = {
        let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        let key = #"{"id":1,"suite":1,"created":"2026-01-01","secret":"\#(secret)"}"#
        return #"{"format":1,"encryption":[\#(key)],"lookup":\#(key),"signing":[\#(key)]}"#
    }()

    init() {
        let name = "xueshi-keys-" + SystemInputs.real.random(8).hex
        folder = FileManager.default.temporaryDirectory.appending(path: name)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String = "keys.json") -> String { folder.appending(path: name).path }
    func fixed() throws -> String { try write(Self.fixedText) }

    func write(_ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path()))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path())
        return path()
    }
}

func failure<T>(_ body: () throws -> T) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? Failure)?.code ?? "\(error)"
    }
}

extension [UInt8] {
    var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
