import App
import ArgumentParser
import Database
import Files
import Foundation
import Jobs
import Kernel
import People
import Portal
import Registry
import Web

/// A site that accepts large files without login, for measuring and interrupting uploads; the product has no such page.
struct UploadServerCommand: AsyncParsableCommand {
    static let name = "upload-server"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "A site that accepts files of up to 4 GB.", shouldDisplay: false)
    @OptionGroup var place: InstallationOptions

    func run() async throws {
        try await place.run(creating: true, features: App.features + [.uploads]) { installation in
            try await serve(installation, SiteConfiguration(port: 0)) { port in say("http://127.0.0.1:\(port)") }
            return CommandOutput("upload-server")
        }
    }
}

extension Feature {
    /// A file posted to `/uploads`, in a form or as the whole body, is stored under the address in the response.
    fileprivate static let uploads = Feature("bench-uploads") { context in
        let (files, database) = (context.services.files, context.registry.database)
        return FeatureSite(routes: [
            .post(Path("/uploads"), .everyone) { request in
                let hash = try await take(request, files, database)
                return .moved(UploadServerCommand.file.link(hash.bytes.hexadecimal))
            },
            .get(UploadServerCommand.file, .everyone) { _, text in
                let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
                let file = try await files.open(FileHash(kept: bytes), database)
                return .file(ServedFile("a.bin", type: .binary, size: file.size, tag: file.tag, read: file.read))
            },
        ])
    }

    private static func take(_ request: WebRequest, _ files: Files, _ database: Database) async throws -> FileHash {
        let kind = FileKind(largest: 4 << 30)
        let draft = try await files.draft(kind, of: 0, database)
        if request.isForm {
            _ = try await request.upload(limit: kind.largest, to: draft)
        } else {
            try await request.receive(limit: kind.largest, to: draft)
        }
        let (staged, number) = (try draft.finish(), Int.random(in: 1...(1 << 50)))
        return try await files.write([staged], to: database) { transaction in
            let hash = try files.keep(staged, transaction)
            try FileReferenceStore(transaction).add(hash, of: "bench", number)
            return hash
        }
    }
}

extension UploadServerCommand {
    static let file = Path<String>("/uploads/{}")
}
