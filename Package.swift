// swift-tools-version: 6.1
import PackageDescription

/// The settings of every Swift target: Swift 6 mode, with the features that the next
/// language mode will make the rule.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The settings of examples: those of a new package.
let exampleSettings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
    name: "momentlog",
    products: [
        .library(name: "Momentlog", targets: ["Momentlog"]),
        .library(name: "Moments", targets: ["Moments"]),
        .library(name: "EventLog", targets: ["EventLog"]),
        .library(name: "SQLiteEventLog", targets: ["SQLiteEventLog"]),
        .library(name: "MomentlogTesting", targets: ["MomentlogTesting"]),
        .library(name: "CheckpointXML", targets: ["CheckpointXML"]),
        .library(name: "ImageReports", targets: ["ImageReports"]),
        .library(name: "Libvirt", targets: ["Libvirt"]),
        .executable(name: "momentlog", targets: ["MomentlogCLI"]),
    ],
    traits: [
        .trait(
            name: "CommandLine",
            description: """
                The command 'momentlog', with swift-argument-parser: 'make' enables it. A package \
                that depends on this one does not need it.
                """)
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CShims"),
        .target(name: "Files", dependencies: ["CShims"], swiftSettings: settings),
        .target(name: "CLibvirt"),
        .target(
            name: "Libvirt", dependencies: ["CLibvirt", "Moments"], swiftSettings: settings),
        .target(name: "Moments", swiftSettings: settings),
        .target(
            name: "CheckpointXML",
            dependencies: ["Moments", "CLibxml2"],
            resources: [.embedInCode("Schema/domaincheckpoint.rng")],
            swiftSettings: settings),
        .target(name: "ImageReports", dependencies: ["Moments"], swiftSettings: settings),
        .target(
            name: "Migrations",
            path: "Migrations",
            resources: [
                .embedInCode("V0001_event_log.sql"), .embedInCode("V0002_store_settings.sql"),
                .embedInCode("V0003_requests.sql"), .embedInCode("V0004_snapshots.sql"),
                .embedInCode("V0005_audit_indexes.sql"),
                .embedInCode("V0006_bitmap_observations.sql"),
                .embedInCode("V0007_settings_events.sql"),
                .embedInCode("V0008_write_lease.sql"), .embedInCode("V0009_lines.sql"),
                .embedInCode("V0010_observations.sql"),
            ],
            swiftSettings: settings),
        .target(
            name: "EventLog",
            dependencies: ["Moments", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        .target(
            name: "SQLiteEventLog",
            dependencies: [
                "EventLog", "Files", "Moments", "Migrations", "CShims",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "MomentlogTesting",
            dependencies: ["EventLog", "Moments"],
            swiftSettings: settings),
        .target(
            name: "Momentlog",
            dependencies: [
                "Moments", "CheckpointXML", "ImageReports", "EventLog", "SQLiteEventLog", "Files",
                "CShims", "Libvirt",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Schemas/items.json")],
            swiftSettings: settings),
        .executableTarget(
            name: "MomentlogCLI",
            dependencies: [
                "Momentlog", "Files", "CShims",
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser",
                    condition: .when(traits: ["CommandLine"])),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: ["Moments"],
            path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(
            name: "MomentsTests", dependencies: ["Moments", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "CheckpointXMLTests",
            dependencies: ["CheckpointXML", "CLibxml2", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ImageReportsTests", dependencies: ["ImageReports", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "SQLiteEventLogTests",
            dependencies: [
                "SQLiteEventLog", "EventLog", "Files", "MomentlogTesting", "CShims", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MomentlogTests",
            dependencies: ["Momentlog", "Libvirt", "MomentlogTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "PeerTests",
            dependencies: ["Momentlog", "MomentlogCLI", "Libvirt", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "MomentlogCLI", "CShims", "Quickstart", "BackupDaemon", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(name: "CFaultVFS", path: "Tests/CFaultVFS"),
        .target(name: "CTracer", path: "Tests/CTracer"),
        .executableTarget(
            name: "Faults",
            dependencies: [
                "Momentlog", "CFaultVFS", "CTracer", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Faults",
            swiftSettings: settings),
        .testTarget(
            name: "FaultTests",
            dependencies: ["Faults", "MomentlogCLI", "TestSupport"],
            swiftSettings: settings),
        .executableTarget(
            name: "Quickstart",
            dependencies: ["Momentlog"],
            path: "Examples/Quickstart",
            swiftSettings: exampleSettings),
        .executableTarget(
            name: "BackupDaemon",
            dependencies: ["Momentlog"],
            path: "Examples/BackupDaemon",
            swiftSettings: exampleSettings),
    ]
)
