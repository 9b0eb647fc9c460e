// swift-tools-version:6.2
import PackageDescription

// The modules and their imports. A new import needs a page in docs/decisions/.
let package = Package(
    name: "xueshi",
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        module("Kernel"),
        module("Processes", ["Kernel", subprocess, system]),
        module("YAML", ["Kernel", yams]),
        module("Policy", ["Kernel", "YAML", yams]),
        module("Signing", ["Kernel", crypto, cryptoExtras]),
        module(
            "Documents",
            [
                "Kernel", "Processes", "CXLSXWriter", "CArchive", "CExpat", "CPango", "CHarfBuzz", "CQREncode",
                "CZlib",
            ]),
        // `Lifetimes`: for a value that cannot leave a closure (Row).
        module("Database", ["Kernel", grdb, "CLibpq"], settings: [.enableExperimentalFeature("Lifetimes")]),
        module("Integrity", ["Kernel", "Database", "Signing"]),
        module("Web", ["Kernel", "CZlib", hummingbird, crypto], resources: [.copy("Web.views"), .copy("Web.assets")]),
        module("Files", ["Kernel", "Database", "Signing"]),
        module("Jobs", ["Kernel", "Database", "Web", "Files"], resources: [.copy("Job.views")]),
        module(
            "People", ["Kernel", "Database", "Integrity", "Web", "Documents", "Signing", hummingbird],
            resources: [.copy("Account.views"), .copy("Account.passwords"), .copy("Notice.views")]),
        module("Registry", ["Kernel", "Database", "Integrity", "Documents", "Signing", "Policy", "People"]),
        module(
            "Certificates",
            [
                "Kernel", "Processes", "YAML", "Database", "Integrity", "Web", "Documents", "Signing", "People",
                "Registry", yams,
            ],
            resources: [.copy("Verification.views"), .copy("Verification.assets")]),
        module(
            "Portal",
            [
                "Kernel", "Database", "Integrity", "Web", "Documents", "Signing", "Files", "Jobs", "Policy", "People",
                "Registry", "Certificates",
            ],
            resources: [
                "Home", "Year", "CreditStatus", "Roster", "Logins", "Office", "Figures", "Policies", "Style", "Audit",
                "Upstream", "Administration",
            ].map {
                .copy($0 + ".views")
            }),

        library("CLibpq", "libpq", ["libpq-dev"]),
        library("CXLSXWriter", "xlsxwriter", ["libxlsxwriter-dev"]),
        library("CArchive", "libarchive", ["libarchive-dev"]),
        library("CExpat", "expat", ["libexpat1-dev"]),
        library("CPango", "pangocairo", ["libpango1.0-dev", "libcairo2-dev"]),
        library("CHarfBuzz", "harfbuzz-subset", ["libharfbuzz-dev"]),
        library("CQREncode", "libqrencode", ["libqrencode-dev"]),
        library("CZlib", "zlib", ["zlib1g-dev"]),

        module(
            "App",
            [
                "Kernel", "Database", "Integrity", "Web", "Documents", "Signing", "Files", "Jobs", "Policy", "People",
                "Registry", "Certificates", "Portal", hummingbird,
            ]),
        .executableTarget(
            name: "xueshi", dependencies: ["App", "CPango", "CXLSXWriter", argumentParser], swiftSettings: settings),

        module(
            "Testbed", ["Kernel", "Database", "Integrity", "Signing", "Policy", "People", "Registry", "Certificates"]),
        tests("Files", ["Kernel", "Database", "Signing", "Testbed"]),
        tests("Jobs", ["Testbed", "Files", "Database"]),
        tests("Kernel"),
        tests("Policy", ["Testbed"]),
        tests("Signing"),
        tests("Web", ["Kernel", hummingbirdTesting]),
        tests("Documents", ["CArchive", "CPango", "Certificates", "Testbed"]),
        tests("Database", ["Testbed"]),
        tests("Registry", ["Testbed", "Documents"], golden: ["Golden"]),
        tests("Certificates", ["Testbed", "Documents", "Signing"]),
        tests("People", ["Testbed", "Registry"]),
        tests("App", ["Database", "Testbed", "Web", "Portal", "Jobs", hummingbirdTesting], golden: ["Schemas"]),
        .testTarget(name: "xueshiTests", dependencies: ["xueshi", "Testbed"], swiftSettings: settings),
        .testTarget(
            name: "AttackTests",
            dependencies: [
                "App", "Portal", "Jobs", "Files", "Certificates", "Registry", "People", "Policy", "Web", "Documents",
                "Signing",
                "Database", "Integrity", "Kernel", "Processes", "YAML", "Testbed", "xueshi", hummingbirdTesting, yams,
            ], path: "Tests/Attack", exclude: ["served"], swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

var settings: [SwiftSetting] {
    [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]
}
var grdb: Target.Dependency { .product(name: "GRDB", package: "GRDB.swift") }
var hummingbird: Target.Dependency { .product(name: "Hummingbird", package: "hummingbird") }
var hummingbirdTesting: Target.Dependency { .product(name: "HummingbirdTesting", package: "hummingbird") }
var yams: Target.Dependency { .product(name: "Yams", package: "Yams") }
var crypto: Target.Dependency { .product(name: "Crypto", package: "swift-crypto") }
var cryptoExtras: Target.Dependency { .product(name: "CryptoExtras", package: "swift-crypto") }
var subprocess: Target.Dependency { .product(name: "Subprocess", package: "swift-subprocess") }
var system: Target.Dependency { .product(name: "SystemPackage", package: "swift-system") }
var argumentParser: Target.Dependency { .product(name: "ArgumentParser", package: "swift-argument-parser") }

/// A module and the modules it imports.
@MainActor func module(
    _ name: String, _ sees: [Target.Dependency] = [], resources: [Resource] = [], settings own: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: sees, resources: resources, swiftSettings: settings + own)
}

/// The tests of a module: they import the module and what it imports.
@MainActor func tests(_ name: String, _ sees: [Target.Dependency] = [], golden: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + sees, exclude: golden, swiftSettings: settings)
}

/// A C library of the system, by its pkg-config name and Debian package.
@MainActor func library(_ name: String, _ pkgConfig: String, _ apt: [String]) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt(apt)])
}
