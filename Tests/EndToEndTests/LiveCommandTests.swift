import Foundation
import TestSupport
import Testing

/// What the commands for a live libvirt do without one.
struct LiveCommandTests {
    private let fixture: CommandFixture

    init() throws { fixture = try CommandFixture() }

    @Test(
        "Wrong usage is refused before anything is connected to",
        arguments: [
            ["compare"], ["compare", "--all"], ["compare", "vm"], ["compare", "vm", "--all"],
            ["compare", "vm", "--with", "x", "--uri", "qemu:///system"], ["pull"], ["push"],
            ["push", "qemu:///system"], ["pull", "qemu:///embed"], ["pull", "not a uri"],
            ["pull", "qemu:///system", "--timeout", "0"], ["reconcile", "vm"],
            ["reconcile", "vm", "--uri", "qemu:///system", "--image", "vda=x"],
            ["reconcile", "vm", "--image", "vda=x", "--path", "vda=y"], ["reconcile"],
            ["prune", "vm", "--keep-last", "1", "--uri", "qemu:///system", "--script"],
            ["prune", "vm", "--keep-last", "1", "--uri", "qemu:///system", "--request-id", "x"],
            ["reconcile", "--all"], ["reconcile", "--all", "--image", "vda=x"],
            ["reconcile", "vm", "--all", "--uri", "qemu:///system"],
            ["reconcile", "--all", "--uri", "qemu:///system", "--record", "--request-id", "x"],
        ])
    func usage(arguments: [String]) throws {
        try define()
        let run = try fixture.run(arguments)
        #expect(run.status == 64, "\(run.errors)")
    }

    private func define() throws {
        try fixture.run(["define", "-"], input: CheckpointText.guest("vm"))
    }

    @Test("Without libvirt's library its commands say so, and the others work")
    func noLibrary() throws {
        try define()
        let environment = fixture.environment.merging(["MOMENTLOG_LIBVIRT": "/nowhere.so"]) { $1 }
        for arguments in [
            ["pull", "qemu:///system"], ["push", "qemu:///system", "vm"],
            ["compare", "vm", "--uri", "qemu:///system"],
            ["reconcile", "vm", "--uri", "qemu:///system"],
            ["prune", "vm", "--keep-last", "1", "--uri", "qemu:///system"],
        ] {
            let run = try CommandRun.run(
                "momentlog", arguments + ["--format", "json"], environment: environment,
                folder: fixture.folder.url)
            #expect(run.status == 1)
            #expect(run.errors.contains("\"unsupported-library\""), "\(run.errors)")
        }
        let list = try CommandRun.run(
            "momentlog", ["domains"], environment: environment, folder: fixture.folder.url)
        #expect(list.status == 0)
    }

    @Test(
        "A domain that a libvirt does not list is named, in JSON as well", .enabled(if: hasLibrary))
    func notListed() throws {
        try define()
        for (arguments, status) in [
            (["compare", "--all", "--uri", "test:///default"], 0),
            (["compare", "vm", "--uri", "test:///default"], 3),
            (["reconcile", "--all", "--uri", "test:///default"], 0),
        ] {
            let run = try fixture.run(arguments + ["--format", "json"])
            #expect(run.status == Int32(status), "\(arguments): \(run.errors)")
            #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == "[]")
            #expect(run.errors.contains(#""level":"warning","code":"not-listed""#), "\(run.errors)")
        }
        let run = try fixture.run(
            "prune", "vm", "--keep-last", "1", "--uri", "test:///default", "--dry-run")
        #expect(run.status == 0, "nothing goes: \(run.errors)")
        _ = try fixture.output("create", "vm", "--name", "a")
        _ = try fixture.output("create", "vm", "--name", "b")
        let unlisted = try fixture.run(
            "prune", "vm", "--keep-last", "1", "--uri", "test:///default", "--format", "json")
        #expect(unlisted.status == 1 && unlisted.errors.contains(#""code":"no-domain""#))
        #expect(try fixture.graph() == "a b<-a*")
    }

    @Test("A missing socket is reported as unreachable", .enabled(if: hasLibrary))
    func unreachable() throws {
        try define()
        let run = try fixture.run(
            "pull", "qemu+unix:///system?socket=/nowhere/sock", "--format", "json")
        #expect(run.status == 1)
        #expect(run.errors.contains("\"unreachable\""), "\(run.errors)")
    }

    private static let hasLibrary = FileManager.default.fileExists(atPath: "/usr/bin/virsh")

    @Test("compare prints its differences as documented, and exits with 3")
    func compare() throws {
        for (name, time) in [("c1.xml", 5), ("c2.xml", 6)] {
            try fixture.folder.write(
                CheckpointText.document(
                    String(name.prefix(2)), parent: time == 6 ? "c1" : nil, time: time,
                    extra: CheckpointText.domain("vm")), to: "a/vm/\(name)")
        }
        try fixture.folder.write(
            CheckpointText.document("c1", time: 9, extra: CheckpointText.domain("vm")),
            to: "b/vm/c1.xml")
        _ = try fixture.output("import", fixture.folder.path("a"))
        let same = try fixture.output("compare", "--all", "--with", fixture.folder.path("a"))
        #expect(same == "No differences.\n")
        #expect(
            try fixture.output(
                "compare", "vm", "--with", fixture.folder.path("a"), "--format", "json")
                == "[]\n")
        let run = try fixture.run(
            "compare", "vm", "--with", fixture.folder.path("b"), "--format", "jsonl")
        #expect(run.status == 3)
        let items = try run.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
        #expect(items.map { $0["drift"] as? String } == ["replaced", "lost"])
        for item in items {
            #expect(
                Set(item.keys) == [
                    "domain", "checkpoint", "drift", "differs", "recorded", "observed", "remedies",
                ])
        }
        let observed = items.first?["observed"] as? [String: Any]
        #expect(observed?["creationTime"] as? Int == 9)
        #expect(items.last?["observed"] is NSNull)
    }
}
