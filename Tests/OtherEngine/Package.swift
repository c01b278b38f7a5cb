// swift-tools-version: 6.1
import PackageDescription

// An engine of an event log as its author would write one: in its own package, which imports
// nothing but public products.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let dependentSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .unsafeFlags(["-warnings-as-errors"]),
]

let package = Package(
    name: "other-engine",
    // With the trait, so that 'make' compiles once what this package and its tests have in common.
    dependencies: [.package(name: "momentlog", path: "../..", traits: ["CommandLine"])],
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
        // Dependents have the settings of a new package, and no warning: one with types of its own
        // that momentlog has as well, one that imports a module which has them.
        .target(name: "Hypervisor"),
        .target(
            name: "GuestList",
            dependencies: ["Hypervisor", .product(name: "Momentlog", package: "momentlog")],
            swiftSettings: dependentSettings),
        .target(
            name: "Dependent",
            dependencies: [.product(name: "Momentlog", package: "momentlog")],
            swiftSettings: dependentSettings),
        .testTarget(
            name: "DependentTests",
            dependencies: [
                "Dependent", "GuestList", .product(name: "Momentlog", package: "momentlog"),
            ]),
    ]
)
