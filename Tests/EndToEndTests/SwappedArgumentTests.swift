import Foundation
import TestSupport
import Testing

/// The Swift compiler that is in PATH.
private enum SwiftCompiler {
    static let path = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
        .map { "\($0)/swiftc" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Programs that a Swift compiler checks against the built library.
@Suite(.enabled(if: SwiftCompiler.path != nil, "there is no swiftc in PATH"))
struct SwappedArgumentTests {
    /// Calls with their arguments in order, and with two of them swapped.
    private static let calls: [(right: String, swapped: String)] = [
        (
            "store.delete(checkpoint, from: domain, by: me)",
            "store.delete(domain, from: checkpoint, by: me)"
        ),
        (
            "store.setCurrent(checkpoint, in: domain, by: me)",
            "store.setCurrent(domain, in: checkpoint, by: me)"
        ),
        (
            "store.document(of: checkpoint, in: domain)",
            "store.document(of: domain, in: checkpoint)"
        ),
        (
            "store.history(of: checkpoint, in: domain)",
            "store.history(of: domain, in: checkpoint)"
        ),
        (
            "store.acknowledge(.nameReused, of: checkpoint, in: domain, by: me)",
            "store.acknowledge(.nameReused, of: domain, in: checkpoint, by: me)"
        ),
        (
            "store.redefine(checkpoint, withoutDisk: disk, in: domain, by: me)",
            "store.redefine(disk, withoutDisk: checkpoint, in: domain, by: me)"
        ),
        (
            "store.graph(of: domain).checkpoint(named: checkpoint)",
            "store.graph(of: checkpoint).checkpoint(named: domain)"
        ),
        (
            "store.create(CheckpointRequest(name: checkpoint), in: domain, by: me)",
            "store.create(CheckpointRequest(name: domain), in: domain, by: me)"
        ),
        (
            "store.events(EventFilter(domain: domain, checkpoints: [checkpoint]))",
            "store.events(EventFilter(domain: checkpoint, checkpoints: [domain]))"
        ),
        (
            "store.rename(domain, to: checkpoint.text, by: me)",
            "store.rename(domain, to: checkpoint, by: me)"
        ),
    ]

    /// Returns the errors of a function that makes a call.
    private func errors(of call: String) throws -> [String] {
        let folder = try TemporaryFolder("swapped")
        let file = try folder.write(
            """
            import Momentlog

            func call(
                _ store: CheckpointStore, _ domain: DomainReference, _ checkpoint: CheckpointName,
                _ disk: String, _ me: Submission
            ) async throws {
                _ = try await \(call)
            }
            """, to: "program.swift")
        let products = CommandRun.products
        let scratch = products.deletingLastPathComponent().deletingLastPathComponent()
        let libxml2 = try CommandRun.run("/usr/bin/env", ["pkg-config", "--cflags", "libxml-2.0"])
        var arguments = [
            "-typecheck", "-swift-version", "6", "-I", products.appending(path: "Modules").path,
            "-I", Fixtures.repository.appending(path: "Sources/CLibxml2").path,
            "-I", scratch.appending(path: "checkouts/GRDB.swift/Sources/GRDBSQLite").path,
        ]
        for module in ["CShims", "CLibvirt"] {
            let map = products.appending(path: "\(module).build/module.modulemap").path
            arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
        }
        for flag in libxml2.output.split(whereSeparator: \.isWhitespace) {
            arguments += ["-Xcc", String(flag)]
        }
        let run = try CommandRun.run(try #require(SwiftCompiler.path), arguments + [file])
        let errors = run.errors.split(separator: "\n").map(String.init)
            .filter { $0.contains(": error: ") }
        try #require((run.status == 0) == errors.isEmpty, "\(run.errors)")
        return errors
    }

    @Test("A call whose domain and checkpoint are swapped does not compile", arguments: calls)
    func swapped(right: String, swapped: String) throws {
        #expect(try errors(of: right) == [])
        #expect(try !errors(of: swapped).isEmpty)
    }
}
