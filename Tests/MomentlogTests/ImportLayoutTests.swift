import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Where an import finds checkpoints, and where it says that they are.
struct ImportLayoutTests {
    private let fixture: StoreFixture

    init() async throws { fixture = try await StoreFixture() }

    private func document(
        _ name: String, of domain: String? = nil, digit: Character = "a", time: Int = 1
    ) -> String {
        CheckpointText.document(
            name, time: time, extra: domain.map { CheckpointText.domain($0, digit: digit) } ?? "")
    }

    private func backup(_ place: String, of domain: String, digit: Character) throws {
        try fixture.library(
            place,
            [
                "checkpoints/virtnbdbackup.0.xml": document("virtnbdbackup.0"),
                "vmconfig.virtnbdbackup.0.xml": CheckpointText.domain(domain, digit: digit),
                "\(domain).cpt": "[]", "vda.full.data": "x", "backup.full.log": "x",
            ])
    }

    @Test(
        "In virtnbdbackup's layout the domain is that of vmconfig beside the checkpoints",
        arguments: ["", "/checkpoints", "/checkpoints/virtnbdbackup.0.xml"])
    func virtnbdbackup(suffix: String) async throws {
        try backup("out/one", of: "web1", digit: "a")
        try backup("out/two", of: "db1", digit: "b")
        for name in ["one", "two"] {
            let report = try await fixture.add(fixture.folder.path("out/" + name + suffix))
            #expect(report.findings.isEmpty && report.domains.flatMap(\.findings).isEmpty)
        }
        let domains = try await fixture.store.domains()
        #expect(domains.map(\.name) == ["db1", "web1"])
        #expect(domains.allSatisfy { $0.uuid != nil })
    }

    @Test("A folder of such folders, and a definition beside plain files, are read as well")
    func several() async throws {
        try backup("out/one", of: "web1", digit: "a")
        try backup("out/two", of: "db1", digit: "b")
        try fixture.library(
            "plain",
            ["c.xml": document("c"), "vmconfig.xml": CheckpointText.domain("x", digit: "c")])
        for name in ["out", "plain"] {
            let report = try await fixture.add(fixture.folder.path(name))
            #expect(!report.hasProblems && report.domains.flatMap(\.findings).isEmpty)
        }
        #expect(try await fixture.store.domains().map(\.name) == ["db1", "web1", "x"])
    }

    @Test(
        "One level too high or too low is refused with the folder that holds checkpoints",
        arguments: [
            "libvirt", "libvirt/qemu", "libvirt/qemu/snapshot", "libvirt/qemu/snapshot/vm1",
            "libvirt/qemu/checkpoint/vm1/old", "libvirt/qemu/save",
            "libvirt/qemu/nvram/vm1_VARS.fd",
        ])
    func wrongLevel(place: String) async throws {
        try fixture.library(
            "libvirt/qemu",
            [
                "checkpoint/vm1/c1.xml": document("c1"), "nvram/vm1_VARS.fd": "x",
                "snapshot/vm1/s1.xml": "<domainsnapshot><name>s1</name></domainsnapshot>",
                "checkpoint/vm1/old/notes": "x", "save/x": "x",
            ])
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.add(fixture.folder.path(place))
        }
        #expect(error?.code == .unreadableFile)
        if !place.hasSuffix(".fd") {
            #expect(error?.message.contains("libvirt/qemu/checkpoint") == true, "\(error!)")
        }
        #expect(error.map { "\($0)".contains("remov") } == false)
        #expect(try await fixture.store.domains().isEmpty)
    }

    @Test("A folder with checkpoints inside of a domain's folder is reported, never as removable")
    func nestedFolder() async throws {
        try fixture.library(
            "lib",
            [
                "vm1/c1.xml": document("c1"), "vm1/old/c0.xml": document("c0"),
                "group/vm2/x.xml": document("x"),
            ])
        let report = try await fixture.add(fixture.folder.path("lib"))
        let findings = report.findings + report.domains.flatMap(\.findings)
        #expect(findings.map(\.kind) == [.strayFile, .strayFile])
        for finding in findings {
            #expect(finding.message.contains("a folder with checkpoints"))
            #expect(!finding.message.contains("remove") && finding.remedies.isEmpty)
        }
        #expect(!report.hasProblems)
    }

    @Test("Of several paths one without checkpoints is an error beside what the others gave")
    func oneBarren() async throws {
        let good = try fixture.library("in/vm1", ["a.xml": document("a", of: "vm1")])
        let bad = try fixture.library("empty", ["README": "x"])
        let report = try await fixture.store.importLibraries(
            at: [good, bad], by: StoreFixture.submission)
        #expect(report.findings.map(\.kind) == [.unreadableFile])
        #expect(report.hasProblems && !report.isRefused)
        #expect(try await fixture.store.domains().map(\.name) == ["vm1"])
    }

    // MARK: Copies

    @Test(
        "The folder of the domain's own name wins over old copies beside it",
        arguments: ["old-vm1", "vm1.bak", "vm1-2024", "a", "zz"])
    func oldCopies(copy: String) async throws {
        for name in ["vm1", copy] {
            try fixture.library(
                "lib/" + name,
                [
                    "c1.xml": document("c1", of: "vm1"),
                    "c2.xml": document("c2", of: "vm1", time: name == "vm1" ? 20 : 10),
                ])
        }
        let report = try await fixture.add(fixture.folder.path("lib"))
        #expect(try await fixture.store.domains().map(\.name) == ["vm1"])
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.checkpoint(named: "c2")?.creationTime == 20)
        let skipped = report.domains.flatMap(\.skipped)
        #expect(skipped.map(\.code) == ["duplicate-name"])
        #expect(skipped.allSatisfy { $0.path.contains("/\(copy)/") })
        #expect(report.domains.flatMap(\.findings).map(\.kind) == [.duplicateName, .identicalCopy])
        // The same again, now that the store knows the domain.
        #expect(try await fixture.add(fixture.folder.path("lib")).domains.flatMap(\.imported) == [])
    }

    @Test("A guest of the same name and another UUID does not take the name of the own folder's")
    func otherUUID() async throws {
        try fixture.library("lib/a", ["c1.xml": document("c1", of: "vm1", digit: "b")])
        try fixture.library("lib/vm1", ["c1.xml": document("c1", of: "vm1", digit: "a", time: 9)])
        let report = try await fixture.add(fixture.folder.path("lib"))
        #expect(report.domains.compactMap(\.refusal?.code) == [.exists])
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.checkpoint(named: "c1")?.creationTime == 9)
    }

    // MARK: Missing

    @Test(
        "What is recorded and not in the folder is reported as a warning, also of an empty folder")
    func missing() async throws {
        for name in ["vm1", "vm2"] {
            try fixture.library(
                "lib/" + name, ["c1.xml": document("c1"), "c2.xml": document("c2", time: 2)])
        }
        let path = fixture.folder.path("lib")
        #expect(try await fixture.add(path).domains.flatMap(\.findings).isEmpty)
        for file in ["vm1/c2.xml", "vm2/c1.xml", "vm2/c2.xml"] {
            try FileManager.default.removeItem(atPath: path + "/" + file)
        }
        let report = try await fixture.add(path, ImportOptions(isDryRun: true))
        let findings = report.domains.flatMap(\.findings)
        #expect(findings.map(\.kind) == [.missingFromLibrary, .missingFromLibrary])
        #expect(findings.map(\.checkpoints) == [["c2"], ["c1", "c2"]])
        #expect(!report.hasProblems)
        let single = try await fixture.add(
            path + "/vm1/c1.xml", ImportOptions(domain: "vm1"))
        #expect(single.domains.flatMap(\.findings).isEmpty)
    }

    @Test("A checkpoint whose file cannot be read is not missing from the folder")
    func damagedIsThere() async throws {
        try fixture.library("lib/vm1", ["c1.xml": document("c1"), "c2.xml": document("c2")])
        try await fixture.add(fixture.folder.path("lib"))
        try fixture.folder.write("<domaincheckpoint", to: "lib/vm1/c2.xml")
        let report = try await fixture.add(fixture.folder.path("lib"))
        #expect(report.domains.flatMap(\.findings).map(\.kind) == [.unreadableFile])
    }
}
