// swift-tools-version: 6.1
import PackageDescription

// A separate package, so that users of the library never resolve what only the
// benchmarks need.
let package = Package(
    name: "momentlog-benchmarks",
    dependencies: [
        // With the trait, so that 'make' compiles once what this package and its tests have in common.
        .package(name: "momentlog", path: "..", traits: ["CommandLine"]),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Library",
            dependencies: [
                .product(name: "Momentlog", package: "momentlog"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Library",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .systemLibrary(
            name: "CLibxml2Raw", path: "Benchmarks/CLibxml2Raw", pkgConfig: "libxml-2.0"),
        .target(
            name: "CRaw", dependencies: ["CLibxml2Raw"], path: "Benchmarks/CRaw",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "Ratios",
            dependencies: ["CRaw", .product(name: "Momentlog", package: "momentlog")],
            path: "Benchmarks/Ratios"),
        .executableTarget(
            name: "LogRatios",
            dependencies: ["CRaw", .product(name: "Momentlog", package: "momentlog")],
            path: "Benchmarks/LogRatios"),
        .target(
            name: "CLogScan", path: "Benchmarks/CLogScan",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "Audit",
            dependencies: [
                "CLogScan", "CRaw", .product(name: "Momentlog", package: "momentlog"),
            ],
            path: "Benchmarks/Audit"),
        .target(name: "Timing", path: "Benchmarks/Timing"),
        .executableTarget(
            name: "Scale",
            dependencies: [
                "CRaw", "Timing", .product(name: "Momentlog", package: "momentlog"),
            ],
            path: "Benchmarks/Scale"),
        .target(
            name: "CPeer", path: "Benchmarks/CPeer",
            linkerSettings: [.linkedLibrary("dl")]),
        .executableTarget(
            name: "Peer",
            dependencies: [
                "CPeer", "Timing", .product(name: "Momentlog", package: "momentlog"),
            ],
            path: "Benchmarks/Peer"),
    ],
    swiftLanguageModes: [.v6]
)
