import Certificates
import Database
import Files
import Integrity
import People
import Registry

/// The schemas of the modules that all features depend on, in the order of their dependencies.
extension Feature {
    package static let core = [people, registry, certificates, files]

    private static let people = schema("people", StateLog.tables + People.tables) { _ in People.migrations }

    private static let registry = schema("registry", Registry.tables) { Registry.migrations($0.heads) }

    private static let certificates = schema("certificates", Certificates.tables) { _ in Certificates.migrations }

    private static let files = schema("files", []) { _ in Files.migrations }

    private static func schema(
        _ name: String, _ tables: [AuthenticatedTable],
        _ migrations: @escaping @Sendable (MigrationContext) -> [Migration]
    ) -> Feature {
        var feature = Feature(name)
        (feature.tables, feature.migrations) = (tables, migrations)
        return feature
    }
}
