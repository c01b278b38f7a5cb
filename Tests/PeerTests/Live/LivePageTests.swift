import Foundation
import TestSupport
import Testing

/// The pages on a live libvirt, run as they stand.
@Suite(.enabled(if: LiveDaemon.isRequired), .serialized)
struct LivePageTests {
    private static let uuid = "bbbbbbbb-2222-3333-4444-555555555555"

    /// The commands of a page's consoles with the output that it shows.
    private static func commands(of page: String) throws -> [(command: String, output: String)] {
        let file = Fixtures.repository.appending(
            path: "Sources/Momentlog/Momentlog.docc/\(page).md")
        var commands: [(command: String, output: String)] = []
        var isConsole = false
        for line in try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
            } else if isConsole, line.hasPrefix("$ ") {
                commands.append((String(line.dropFirst(2)), ""))
            } else if isConsole, !commands.isEmpty {
                commands[commands.count - 1].output += line + "\n"
            }
        }
        return commands
    }

    /// Runs a page's commands where qemu:///system is a daemon.
    ///
    /// - Parameter others: What stands for what the page shows.
    private func run(
        _ page: String, in daemon: LiveDaemon, _ folder: TemporaryFolder,
        _ others: [(shown: String, used: String)]
    ) throws {
        for (command, output) in try Self.commands(of: page) {
            var line = command
            for other in others { line = line.replacing(other.shown, with: other.used) }
            let path = CommandRun.products.path + ":" + "/usr/local/bin:/usr/bin:/bin:/usr/sbin"
            let run = try daemon.execute([
                "/usr/bin/env", "PATH=\(path)", "MOMENTLOG_STORE=\(folder.path("store.db"))",
                "HOME=\(folder.path("home"))", "/bin/bash", "-c", "cd \(daemon.root) && \(line)",
            ])
            var found = run.output
            for other in others { found = found.replacing(other.used, with: other.shown) }
            found = found.replacing(
                "'\(others.first?.shown ?? "-")'", with: others.first?.shown ?? "")
            // The time of an event is that of the run.
            found = found.replacing(
                /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000/, with: "2026-11-23 01:00:00 +0000")
            #expect(found == output, "\(page): \(command): \(run.errors)")
        }
    }

    /// Makes a guest with a checkpoint of each night from Monday, 2026-11-23, at one o'clock.
    private func make(_ daemon: LiveDaemon, _ names: [String], isTransient: Bool) throws {
        try daemon.make("vm1", Self.uuid, isTransient: isTransient)
        try daemon.ask("create", ["uuid": Self.uuid, "names": names])
        let documents = try daemon.documents(of: Self.uuid)
        for name in names.reversed() {
            try daemon.ask("delete", ["uuid": Self.uuid, "name": name, "flags": 2])
        }
        for (night, name) in names.enumerated() {
            let time = 1_795_395_600 + night * 86_400
            let document = try #require(documents[name]).replacing(
                /<creationTime>\d+<\/creationTime>/, with: "<creationTime>\(time)</creationTime>")
            try daemon.ask("redefine", ["uuid": Self.uuid, "xml": document])
        }
    }

    @Test("The page on giving libvirt its checkpoints back is true")
    func givingBack() throws {
        let (daemon, folder) = (try LiveDaemon(), try TemporaryFolder("page"))
        try make(daemon, ["mon", "tue", "wed"], isTransient: true)
        let xml = try daemon.execute(["/usr/bin/virsh", "-q", "dumpxml", "--security-info", "vm1"])
        // What libvirt assigned belongs to that run.
        let definition = xml.output.replacing(/<seclabel[\s\S]*?<\/seclabel>/, with: "")
        try Data(definition.utf8).write(to: URL(fileURLWithPath: daemon.root + "/vm1.xml"))
        try run("GivingBack", in: daemon, folder, [])
    }

    @Test("The page on a deleted chain is true")
    func deletedChain() throws {
        let (daemon, folder) = (try LiveDaemon(), try TemporaryFolder("page"))
        try make(daemon, ["mon", "tue", "wed"], isTransient: false)
        let files = [
            "thu.xml": "<domaincheckpoint><name>thu</name></domaincheckpoint>",
            "since-wed.xml": """
            <domainbackup mode='push'><incremental>wed</incremental><disks>
            <disk name='vda' backup='yes' type='file'><driver type='qcow2'/>
            <target file='\(daemon.root)/thu.qcow2'/></disk></disks></domainbackup>
            """,
        ]
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(daemon.root)/\(name)"))
        }
        try run("DeletedChain", in: daemon, folder, [])
    }

    @Test("The page on migrating guests is true")
    func migrating() throws {
        let (daemon, target) = (try LiveDaemon(), try LiveDaemon())
        let folder = try TemporaryFolder("page")
        try make(daemon, ["mon", "tue"], isTransient: false)
        _ = try daemon.execute(["/usr/bin/virsh", "-q", "resume", "vm1"])
        try run(
            "Migrating", in: daemon, folder,
            [
                ("qemu+ssh://a/system", "'\(daemon.uri)'"),
                ("qemu+ssh://b/system", "'\(target.uri)'"),
                ("PORT", "\(Int.random(in: 49_200...49_900))"),
            ])
    }
}
