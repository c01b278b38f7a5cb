import Foundation
import TestSupport
import Testing

/// Imports that could mix two guests, or take an old copy for the present.
struct ImportTieTests {
    private let fixture: CommandFixture

    init() throws { fixture = try CommandFixture() }

    private func write(
        _ path: String, _ name: String, parent: String? = nil, time: Int, domain: String? = nil
    ) throws {
        try fixture.folder.write(
            CheckpointText.document(
                name, parent: parent, time: time,
                extra: domain.map { CheckpointText.domain($0) } ?? ""), to: path)
    }

    @Test(
        "A guessed name adds nothing to a guest whose checkpoints it does not tie to, nor replaces any",
        arguments: [[], ["--replace"]])
    func guesses(options: [String]) throws {
        for (name, time) in [("a", 1), ("b", 2)] {
            try write("lib/vm2/\(name).xml", name, time: time, domain: "vm2")
        }
        _ = try fixture.output("import", fixture.folder.path("lib"))
        let before = try fixture.state()
        // Another guest's, in a folder of that name, without its definition.
        try write("bak/vm2/a.xml", "a", time: 99)
        try write("other/vm2/q.xml", "q", time: 50)
        for folder in ["bak/vm2", "other/vm2"] {
            let run = try fixture.run(["import", fixture.folder.path(folder)] + options)
            #expect(run.status == 1, "\(run.output)")
            #expect(run.errors.contains("domain 'vm2'") || run.output.contains("domain 'vm2'"))
        }
        #expect(try fixture.state() == before)
        // A child of one that is recorded ties them.
        try write("tied/vm2/c.xml", "c", parent: "b", time: 3)
        #expect(
            try fixture.run(["import", fixture.folder.path("tied/vm2")] + options).status == 0)
    }

    @Test("The current pointer of an old copy does not count beside the guest's own folder")
    func oldPointer() throws {
        for (name, parent, time) in [("a", nil, 1), ("b", "a", 2), ("c", "b", 3)] {
            try write("lib/vm1/\(name).xml", name, parent: parent, time: time, domain: "vm1")
            guard name != "c" else { continue }
            try write("lib/vm1-old/\(name).xml", name, parent: parent, time: time, domain: "vm1")
        }
        try fixture.folder.write("a\nb\n# current: a\n", to: "lib/vm1-old/ORDER")
        _ = try fixture.run("import", fixture.folder.path("lib"))
        #expect(try fixture.graph("vm1") == "a b<-a c<-b*")
    }

    @Test("A name that is reused with another time is reported by the import that finds it")
    func nameReused() throws {
        try write("lib/vm1/a.xml", "a", time: 1, domain: "vm1")
        _ = try fixture.output("import", fixture.folder.path("lib"))
        try write("lib/vm1/a.xml", "a", time: 2, domain: "vm1")
        for options in [[], ["--dry-run"], ["--replace"]] {
            let run = try fixture.run(
                ["import", fixture.folder.path("lib"), "--format", "json"] + options)
            #expect(run.status == 3, "\(options): \(run.output)")
            #expect(run.output.contains(#""finding":"name-reused","severity":"error""#))
        }
        #expect(try fixture.run("import", fixture.folder.path("lib")).status == 0)
        // It stays until somebody takes note of it, also in what a snapshot holds.
        for _ in 0..<2 {
            let check = try fixture.run("check", "vm1")
            #expect(check.status == 0)
            #expect(check.output.contains("warning  name-reused  vm1"), "\(check.output)")
            _ = try fixture.output("snapshot", "vm1")
        }
        _ = try fixture.output("check", "vm1", "--acknowledge", "a", "--reason", "full backup")
        #expect(try !fixture.output("check", "vm1").contains("name-reused"))
        #expect(try fixture.run("verify").status == 0)
    }
}
