import Foundation
import Kernel
import Signing
import Testing

@Suite("Keys seal, find and sign")
struct KeyRingTests {
    private let folder = KeyFolder()
    private let day = Day(number: 20_000)

    private func ring() throws -> KeyRing { try KeyRing.create(at: folder.path(), on: day) }

    @Test(arguments: [0, 1, 18, 4000])
    func whatIsSealedOpens(length: Int) throws {
        let keys = try ring()
        let plain = [UInt8](repeating: 7, count: length)
        let sealed = try keys.seal(plain, context: "person/number/1")
        #expect(sealed.prefix(2) == [1, 1])
        #expect(try keys.open(sealed, context: "person/number/1") == plain)
        #expect(try keys.seal(plain, context: "person/number/1") != sealed)
    }

    @Test func everyChangedByteIsRefused() throws {
        let keys = try ring()
        let sealed = try keys.seal(Array("11010519491231002X".utf8), context: "c")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(failure { try keys.open(changed, context: "c") } == (index == 1 ? "keys.wrong" : "sealed.damaged"))
        }
        for count in sealed.indices {
            #expect(failure { try keys.open(Array(sealed.prefix(count)), context: "c") } == "sealed.damaged")
        }
    }

    @Test func whatIsMovedIsRefused() throws {
        let keys = try ring()
        let sealed = try keys.seal([1], context: "person/number/1")
        #expect(failure { try keys.open(sealed, context: "person/number/2") } == "sealed.damaged")
    }

    @Test func otherKeysOpenNothingAndAreKnownAtTheStart() throws {
        let (mine, other) = (try ring(), try KeyRing.create(at: folder.path("other"), on: day))
        #expect(failure { try other.open(mine.seal([1], context: "c"), context: "c") } == "sealed.damaged")
        #expect(mine.fingerprint != other.fingerprint)
        #expect(mine.lookup("a", context: "c") != other.lookup("a", context: "c"))
        #expect(other.verify([1], try mine.sign([1])) == .invalid)
    }

    @Test func lookupKeepsItsValueForEver() throws {
        let keys = try KeyRing.load(folder.fixed())
        let code = keys.lookup("11010519491231002X", context: "person/number").hex
        #expect(code == "85ae3a20cc75f450cd9fe5c4de486e055b9ea5379d19f38a2e02392d9e3577db")
        #expect(keys.lookup("11010519491231002X", context: "person/passport").hex != code)
        #expect(keys.lookup("b", context: "a") != keys.lookup("", context: "ab"))
    }

    @Test func signaturesAreChecked() throws {
        let keys = try ring()
        let signature = try keys.sign([1, 2, 3])
        #expect(keys.verify([1, 2, 3], signature) == .valid)
        #expect(keys.publicKeys[0].verify([1, 2, 3], signature) == .valid)
        #expect(keys.verify([1, 2], signature) == .invalid)
        let bytes = signature.bytes
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(keys.verify([1, 2, 3], Signature(key: 1, suite: 1, bytes: changed)) == .invalid)
        }
        #expect(keys.verify([1, 2, 3], Signature(key: 1, suite: 1, bytes: [])) == .invalid)
        #expect(keys.verify([1, 2, 3], Signature(key: 1, suite: 2, bytes: bytes)) == .invalid)
        #expect(keys.verify([1, 2, 3], Signature(key: 2, suite: 1, bytes: bytes)) == .unknownKey)
    }

    @Test func aRetiredKeyStillOpensAndVerifies() throws {
        let old = try ring()
        let (sealed, signature) = (try old.seal([5], context: "c"), try old.sign([5]))
        _ = try KeyRing.renew(at: folder.path(), on: day.adding(days: 30))
        let keys = try KeyRing.load(folder.path())
        #expect(try keys.open(sealed, context: "c") == [5])
        #expect(keys.verify([5], signature) == .valid)
        #expect(keys.publicKeys.map(\.retired) == [day.adding(days: 30), nil])
        #expect(try keys.sign([5]).key == 2)
        #expect(failure { try old.open(keys.seal([5], context: "c"), context: "c") } == "keys.wrong")
        #expect(keys.fingerprint == old.fingerprint)
        #expect(keys.lookup("a", context: "c") == old.lookup("a", context: "c"))
    }

    @Test func hashesAreThoseOfTheStandard() {
        let digest = Hasher256().sha256(Array("abc".utf8)).hex
        #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}

@Suite("The key file is private and whole")
struct KeyFileTests {
    private let folder = KeyFolder()
    private let day = Day(number: 20_000)

    @Test func itIsMadeOnce() throws {
        let made = try KeyRing.create(at: folder.path(), on: day)
        #expect(failure { try KeyRing.create(at: folder.path(), on: day) } == "keys.exists")
        #expect(try KeyRing.load(folder.path()).fingerprint == made.fingerprint)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.folder.path) == ["keys.json"])
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path())[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o700, 0o666])
    func aWiderModeIsRefused(mode: Int) throws {
        _ = try KeyRing.create(at: folder.path(), on: day)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path())
        #expect(failure { try KeyRing.load(folder.path()) } == "keys.mode")
    }

    @Test func whatIsMissingIsSaid() {
        #expect(failure { try KeyRing.load(folder.path()) } == "keys.missing")
        #expect(failure { try KeyRing.create(at: folder.path("no/such"), on: day) } == "keys.unwritable")
        #expect(failure { try KeyRing.load(folder.folder.path) } == "keys.unreadable")
    }

    @Test(arguments: [
        ("", ""), ("{", "["), (#""suite":1"#, #""suite":9"#), (#""format":1"#, #""format":2"#),
        ("AAECAwQF", "AAEC"), (#""id":1"#, #""id":0"#), (#""id":1"#, #""id":256"#),
        ("2026-01-01", "2026-02-30"), (#""created""#, #""retired":"2026-01-02","created""#), ("signing", "singing"),
    ])
    func whatIsNoKeyFileIsRefused(part: String, instead: String) throws {
        let text = part.isEmpty ? "" : KeyFolder.fixedText.replacingOccurrences(of: part, with: instead)
        #expect(failure { try KeyRing.load(folder.write(text)) } == "keys.unreadable")
    }
}

/// A folder of its own for a test, removed with it.
final class KeyFolder: Sendable {
    let folder: URL

    static let fixedText: String = {
        let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        let key = #"{"id":1,"suite":1,"created":"2026-01-01","secret":"\#(secret)"}"#
        return #"{"format":1,"encryption":[\#(key)],"lookup":\#(key),"signing":[\#(key)]}"#
    }()

    init() {
        let name = "xueshi-keys-" + Outside.real.random(8).hex
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
