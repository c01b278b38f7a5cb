// swift-tools-version: 6.1
import PackageDescription

// An engine of an event log as its author would write one: in a package of its own, which imports
// nothing but public products.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "other-engine",
    dependencies: [.package(name: "momentlog", path: "../..")],
    targets: [
        .target(
            name: "LineFileLog",
            dependencies: [
                .product(name: "EventLog", package: "momentlog"),
                .product(name: "Moments", package: "momentlog"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "LineFileLogTests",
            dependencies: [
                "LineFileLog",
                .product(name: "EventLog", package: "momentlog"),
                .product(name: "Moments", package: "momentlog"),
                .product(name: "MomentlogTesting", package: "momentlog"),
            ],
            swiftSettings: settings),
    ]
)
