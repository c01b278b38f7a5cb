import Foundation
import TestSupport
import Testing

/// A library of 5 000 files with 50 faults, every kind there is among them.
struct LargeFaultyLibraryTests {
    private static let size = 5_000

    /// The files, by name, and what is to be found in them: kind and checkpoints.
    private struct Library {
        var files: [String: String] = [:]
        var faults: [String] = []
        var skipped: [String] = []
        let domain = CheckpointText.domain("vm")

        /// Sound ones in a chain, a fault here and there.
        init() {
            add("c0000")
            for number in 0..<4 {
                add("d\(number)", below: "c0000", file: "zz\(number).xml", at: 2)
                faults.append("name-differs-from-file d\(number)")
                add("e\(number)", below: "c0000", disks: ["vda", "vda"], at: 2)
                faults.append("duplicate-disk e\(number)")
                add("f\(number)", below: "c0000", disks: ["vda' bitmap='other"], at: 2)
                faults.append("bitmap-name-differs f\(number)")
                add("g\(number)", below: "c0000", at: -1)
                faults.append("child-older-than-parent g\(number)")
                add("h\(number)", below: "lost\(number)", at: 2)
                faults.append("dangling-parent h\(number)")
                add("j\(number)", below: "j\(number)", at: 2)
                faults.append("self-parent j\(number)")
                files["README\(number)"] = "no checkpoint"
                faults.append("stray-file")
                // After the one of this name, and so skipped.
                skip("duplicate-name c000\(number)", file: "d-again\(number).xml")
                files["d-again\(number).xml"] = document("c000\(number)", at: 7)
                skip("unreadable-file", file: "k\(number).xml")
                files["k\(number).xml"] = "<domaincheckpoint>\n<name>k\(number)</nam>"
                skip("invalid-name", file: "l\(number).xml")
                files["l\(number).xml"] = document("../l\(number)", at: 2)
                skip("foreign-domain m\(number)", file: "m\(number).xml")
                files["m\(number).xml"] = CheckpointText.document(
                    "m\(number)", extra: CheckpointText.domain("other", digit: "b"))
            }
            for (a, b, c) in [("n1", "n2", "n3"), ("n4", "n5", "n6"), ("n7", "n8", "n9")] {
                add(a, below: c, at: 2)
                add(b, below: a, at: 2)
                add(c, below: b, at: 2)
                faults.append("parent-cycle \(a) \(c) \(b)")
            }
            for name in ["p1", "p2", "p3"] {
                add(name, below: "c0000", extra: "<current>1</current>", at: 2)
            }
            faults.append("multiple-current p1 p2 p3")
            // What the store had recorded before.
            faults.append("libvirt-current-differs c0000")
            files["zzz.xml"] = document("zzz", at: 1_000_000)
            files["zzz.xml.new"] = document("zzz", at: 1_000_000)
            faults.append("stray-file")
            var last = 0
            while files.count < size {
                add(
                    "c\(String(format: "%04d", last + 1))",
                    below: "c\(String(format: "%04d", last))")
                last += 1
            }
        }

        private func document(
            _ name: String, below parent: String? = nil, disks: [String] = ["vda"],
            extra: String = "", at time: Int
        ) -> String {
            let list = disks.map { "<disk name='\($0)' checkpoint='bitmap'/>" }.joined()
            return CheckpointText.document(
                name, parent: parent, time: 1_700_000_000 + time, extra: extra + domain,
                disks: "<disks>\(list)</disks>")
        }

        private mutating func add(
            _ name: String, below parent: String? = nil, file: String? = nil,
            disks: [String] = ["vda"], extra: String = "", at time: Int? = nil
        ) {
            let number = Int(name.dropFirst()) ?? 0
            files[file ?? name + ".xml"] = document(
                name, below: parent, disks: disks, extra: extra, at: time ?? number)
        }

        private mutating func skip(_ fault: String, file: String) {
            faults.append(fault)
            skipped.append(file)
        }
    }

    @Test("One import names each of 50 faults, ends with status 3, and its report is valid")
    func large() throws {
        let fixture = try CommandFixture()
        let library = Library()
        try #require(library.files.count == Self.size)
        try #require(library.faults.count == 50)
        for (name, text) in library.files { try fixture.folder.write(text, to: "lib/vm/" + name) }
        let path = fixture.folder.path("lib/vm")
        _ = try fixture.output("import", path + "/c0000.xml")

        let table = try fixture.run("import", path, "--dry-run")
        #expect(table.status == 3)
        let text = table.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for file in library.skipped { #expect(text.contains("/vm/\(file): "), "\(file)") }
        for part in [
            "'h0' (2023-11-14T22:13:22Z, h0.xml)", "they are in n1.xml, n3.xml, n2.xml",
            "'p1' (2023-11-14T22:13:22Z, p1.xml), 'p2'",
            "16 skipped. Found: 28 errors, 22 warnings.",
        ] {
            #expect(text.contains(part), "\(part)")
        }

        let run = try fixture.run("import", path, "--format", "json")
        #expect(run.status == 3)
        #expect(run.errors.isEmpty)
        let schema = try JSONSchema(try fixture.output("schema", "import"))
        #expect(try schema.faults(in: run.output) == [])
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let domains = try #require(report["domains"] as? [[String: Any]])
        let findings = try #require(domains[0]["findings"] as? [[String: Any]])
        let found = findings.map {
            ([$0["finding"] as? String ?? ""] + ($0["checkpoints"] as? [String] ?? []))
                .joined(separator: " ")
        }
        #expect(found.sorted() == library.faults.sorted())
        let skipped = try #require(domains[0]["skipped"] as? [[String: Any]])
        #expect(
            skipped.compactMap { ($0["path"] as? String)?.split(separator: "/").last }
                .map(String.init) == library.skipped.sorted())
        // All but the strays was read, and nothing is lost in between.
        #expect(domains[0]["read"] as? Int == Self.size - 5)
        let imported = try #require(domains[0]["imported"] as? [String])
        #expect(imported.count == Self.size - 5 - 16 - 1)
        #expect(domains[0]["alreadyThere"] as? [String] == ["c0000"])

        // And all that is an error can be repaired.
        #expect(try fixture.run("check", "vm", "--repair").status == 0)
        #expect(try fixture.graph().split(separator: " ").count == imported.count + 1)
    }
}
