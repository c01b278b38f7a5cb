// swift-tools-version: 6.1
import PackageDescription

// A separate package, since all of it is built for libFuzzer
// (https://llvm.org/docs/LibFuzzer.html), whose main program takes the place of ours.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-parse-as-library"]),
]

let package = Package(
    name: "momentlog-fuzzing",
    dependencies: [.package(name: "momentlog", path: "..")],
    targets: [
        .executableTarget(
            name: "ReaderFuzz",
            dependencies: [.product(name: "CheckpointXML", package: "momentlog")],
            swiftSettings: settings),
        .executableTarget(
            name: "RoundTripFuzz",
            dependencies: [.product(name: "CheckpointXML", package: "momentlog")],
            swiftSettings: settings),
        .executableTarget(
            name: "EventLineFuzz",
            dependencies: [.product(name: "EventLog", package: "momentlog")],
            swiftSettings: settings),
    ]
)
