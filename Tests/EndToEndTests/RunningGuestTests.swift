import Foundation
import TestSupport
import Testing

/// `reconcile --qmp` and `redefine --validate` on answers of running guests that users reported,
/// and their siblings.
struct RunningGuestTests {
    private let fixture: CommandFixture

    init() throws { fixture = try CommandFixture() }

    private static let sound = QMPNode.Bitmap("c1")

    /// Defines a guest whose disks are these elements, and a checkpoint of all that are writable.
    private func define(_ disks: String...) throws {
        let xml = CheckpointText.domain("g").replacingOccurrences(
            of: "</domain>", with: "<devices>\(disks.joined())</devices></domain>")
        let run = try fixture.run(["define", "-"], input: xml)
        try #require(run.status == 0, "\(run.errors)")
        _ = try fixture.output("create", "g", "--name", "c1")
    }

    private static func disk(
        _ source: String, type: String = "file", format: String = "qcow2",
        target: String = "vda", more: String = ""
    ) -> String {
        "<disk type='\(type)' device='disk'><driver name='qemu' type='\(format)'/>\(source)"
            + "<target dev='\(target)' bus='virtio'/>\(more)</disk>"
    }

    private static func file(_ path: String, format: String = "qcow2") -> String {
        disk("<source file='\(path)'/>", format: format)
    }

    private struct Item {
        var text: String
        var message: String
        var remedies: [[String: Any]]
        var owner: String?
    }

    private func reconcile(
        _ nodes: [QMPNode], _ options: String...
    ) throws -> (status: Int32, items: [Item]) {
        let run = try fixture.run(
            ["reconcile", "g", "--qmp", "-", "--format", "json"] + options,
            input: try QMPNode.answer(nodes))
        try #require(run.status == 0 || run.status == 3, "\(run.errors)")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
        let items = try rows.map { row in
            Item(
                text: "\(row["checkpoint"] as? String ?? "-") \(row["disk"] ?? "")"
                    + " \(row["verdict"] ?? "")",
                message: try #require(row["message"] as? String),
                remedies: try #require(row["remedies"] as? [[String: Any]]),
                owner: row["owner"] as? String)
        }
        return (run.status, items)
    }

    private func isAccepted(_ nodes: [QMPNode]) throws -> Bool {
        try fixture.folder.write(try fixture.output("dumpxml", "g", "c1"), to: "c1.xml")
        let run = try fixture.run(
            ["redefine", "g", fixture.folder.path("c1.xml"), "--validate", "--qmp", "-"],
            input: try QMPNode.answer(nodes))
        if run.status != 0 { #expect(run.errors.contains("bitmap 'c1' for disk")) }
        return run.status == 0
    }

    @Test("An overlay above the recorded image is what the guest writes to")
    func overlay() throws {
        try define(Self.file("/img/base"))
        for isNested in [false, true] {
            let middle = QMPNode(
                "libvirt-2-format", "/img/middle", isReadOnly: isNested, backing: "/img/base",
                bitmaps: isNested ? [Self.sound] : [])
            var nodes = [
                QMPNode("libvirt-1-format", "/img/base", isReadOnly: true, bitmaps: [Self.sound]),
                middle,
            ]
            if isNested {
                nodes.append(
                    QMPNode(
                        "libvirt-3-format", "/img/top", backing: "/img/middle",
                        bitmaps: [Self.sound]))
            }
            let (status, items) = try reconcile(nodes)
            #expect(status == 3)
            // All three have the bitmap: libvirt would take it, but for another definition.
            #expect(items.map(\.text) == ["c1 vda \(isNested ? "unknown" : "missing")"])
            #expect(items[0].message.contains("names '/img/base'"))
            #expect(items[0].remedies.isEmpty)
            #expect(try !isAccepted(nodes))
        }
    }

    @Test("The scratch image of a backup is not what the guest writes to")
    func scratch() throws {
        try define(Self.file("/img/a"))
        let disk = QMPNode(
            "libvirt-1-format", "/img/a",
            bitmaps: [
                Self.sound,
                .init("backup-vda", isRecording: false, isPersistent: false, isBusy: true),
            ])
        let scratch = ["libvirt-2-format", "libvirt-3-format"].map {
            QMPNode($0, "/scratch/\($0)", backing: "/img/a")
        }
        let filter = QMPNode("#block212", "/img/a", driver: "copy-before-write")
        for nodes in [[disk, scratch[0], filter], [filter] + scratch + [disk]] {
            let (status, items) = try reconcile(nodes)
            #expect(items.map(\.text) == ["c1 vda valid", "- vda orphan"])
            #expect(items[1].owner == "operation" && items[1].remedies.isEmpty)
            #expect(status == 0)
        }
        // Without the filter nobody can tell whose the image above is.
        let run = try fixture.run(
            ["reconcile", "g", "--qmp", "-"], input: try QMPNode.answer([disk, scratch[0]]))
        #expect(run.status == 1 && run.errors.contains("several images"))
    }

    @Test("Of two nodes on a file the one that the guest writes to is used, unless they disagree")
    func nodes() throws {
        try define(Self.file("/img/a"))
        let writable = QMPNode("n1", "/img/a", bitmaps: [Self.sound])
        let export = QMPNode("exp", "/img/a", isReadOnly: true)
        for nodes in [[writable, export], [export, writable]] {
            #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda valid"])
        }
        let other = QMPNode("n2", "/img/a")
        let filter = QMPNode("f", "/img/a", driver: "copy-on-read", bitmaps: [Self.sound])
        for nodes in [[writable, other], [other, writable], [filter, other], [other, filter]] {
            let run = try fixture.run(
                ["reconcile", "g", "--qmp", "-"], input: try QMPNode.answer(nodes))
            #expect(run.status == 1 && run.errors.contains("several images"), "\(run.output)")
        }
    }

    @Test("An image below of which two nodes disagree leaves the verdict unknown")
    func nodesBelow() throws {
        try define(Self.file("/img/top"))
        let top = QMPNode("n1", "/img/top", backing: "/img/base", bitmaps: [Self.sound])
        let base = QMPNode("n2", "/img/base", isReadOnly: true, bitmaps: [Self.sound])
        let other = QMPNode(
            "n3", "/img/base", isReadOnly: true, bitmaps: [.init("c1", isRecording: false)])
        #expect(try reconcile([top, base]).items.map(\.text) == ["c1 vda valid"])
        for nodes in [[top, base, other], [other, base, top]] {
            #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda unknown"])
            #expect(try !isAccepted(nodes))
        }
    }

    @Test("The name of a network disk is never another disk's target")
    func networkName() throws {
        try define(
            Self.file("/img/a"),
            Self.disk(
                "<source protocol='nbd' name='vda'/>", type: "network", target: "vdb"))
        let nodes = [
            QMPNode("n1", "/img/a"), QMPNode("n2", "nbd://h:10809/vda", bitmaps: [Self.sound]),
        ]
        #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda missing", "c1 vdb valid"])
        #expect(try !isAccepted(nodes))
    }

    @Test("An image that another disk has below it is that other's only if no disk is on it")
    func otherDisksBacking() throws {
        try define(
            Self.file("/img/base"), Self.disk("<source file='/img/top'/>", target: "vdb"))
        let nodes = [
            QMPNode("n1", "/img/base", bitmaps: [Self.sound]),
            QMPNode("n2", "/img/top", backing: "/img/base"),
        ]
        #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda valid", "c1 vdb missing"])
    }

    @Test("A source that contradicts the definition, or that two disks have, is refused")
    func contradiction() throws {
        try define(
            Self.file("/img/a"),
            Self.disk("<source pool='p' volume='v'/>", type: "volume", target: "vdb"),
            Self.disk("<source pool='p' volume='w'/>", type: "volume", target: "vdc"))
        let answer = try QMPNode.answer([
            QMPNode("n1", "/img/a"), QMPNode("n2", "/img/b", bitmaps: [Self.sound]),
        ])
        for (options, word) in [
            (["--path", "vda=/img/b"], "names '/img/a'"),
            (["--path", "vdb=/img/b", "--path", "vdc=/img/b"], "for disks vdb, vdc"),
        ] {
            let run = try fixture.run(["reconcile", "g", "--qmp", "-"] + options, input: answer)
            #expect(run.status == 1 && run.errors.contains(word), "\(run.errors)")
        }
    }

    @Test("A file of which the guest has only a part open is not the disk's image")
    func partOfFile() throws {
        try define(Self.file("/img/cont"), Self.disk("<source file='/img/b'/>", target: "vdb"))
        let name =
            #"json:{"driver":"qcow2","file":{"driver":"raw","offset":512,"size":512,"file":{"driver":"file","filename":"/img/cont"}}}"#
        let (_, items) = try reconcile([
            QMPNode("n1", name, bitmaps: [Self.sound]),
            QMPNode("n2", "/img/cont", driver: "file"), QMPNode("n3", "/img/b"),
        ])
        #expect(items.map(\.text) == ["c1 vda unknown", "c1 vdb missing"])
    }

    @Test("Bitmaps of running operations are recorded without an owner, and do not alarm")
    func operations() throws {
        try define(Self.file("/img/a"))
        let nodes = [
            QMPNode(
                "n", "/img/a",
                bitmaps: [
                    Self.sound, .init("libvirt-tmp-activewrite", isPersistent: false),
                    .init("backup-vda", isRecording: false, isPersistent: false, isBusy: true),
                ])
        ]
        let (status, items) = try reconcile(nodes, "--record")
        #expect(status == 0 && items.compactMap(\.owner) == ["operation", "operation"])
        #expect(try fixture.events("g").count { $0["event"] as? String == "bitmapObserved" } == 1)
    }

    @Test("A disk on a slice of a file is found by its offset, however names are nested")
    func slices() throws {
        func slice(_ offset: Int) -> String {
            "<source file='/img/cont.raw'><slices><slice type='storage' offset='\(offset)'"
                + " size='4096'/></slices></source>"
        }
        try define(Self.disk(slice(0x100000)), Self.disk(slice(0x200000), target: "vdb"))
        func name(_ offset: Int) -> String {
            #"json:{"driver":"qcow2","file":{"offset":\#(offset),"driver":"raw","size":4096,"#
                + #""file":{"driver":"file","filename":"/img/cont.raw"}}}"#
        }
        let nodes = [
            QMPNode("libvirt-1-format", name(0x100000), bitmaps: [Self.sound]),
            QMPNode("libvirt-2-format", name(0x200000)),
            QMPNode("libvirt-1-storage", "/img/cont.raw", driver: "file"),
        ]
        let (_, items) = try reconcile(nodes)
        #expect(items.map(\.text) == ["c1 vda valid", "c1 vdb missing"])
    }

    @Test(
        "A network disk is found by its protocol and name",
        arguments: [
            ("nbd", "disk1", "nbd+unix:///disk1?socket=/run/n.sock"),
            ("nbd", "disk1", "nbd:unix:/run/n.sock:exportname=disk1"),
            (
                "nbd", "disk1",
                #"json:{"driver":"qcow2","file":{"driver":"nbd","export":"disk1","server":{"type":"unix","path":"/s"}}}"#
            ),
            (
                "nbd", "disk1",
                #"json:{"driver":"qcow2","file.driver":"nbd","file.export":"disk1","file.path":"/s"}"#
            ),
            ("rbd", "pool/image", "rbd:pool/image:id=admin:mon_host=x"),
            (
                "rbd", "pool/image",
                #"json:{"driver":"qcow2","file":{"driver":"rbd","pool":"pool","image":"image"}}"#
            ),
            ("gluster", "volume/dir/a.qcow2", "gluster+tcp://host/volume/dir/a.qcow2"),
            ("iscsi", "iqn.2013-07.com.example:x/1", "iscsi://host/iqn.2013-07.com.example:x/1"),
            ("https", "dir/a.qcow2", "https://host:8443/dir/a.qcow2?x=y"),
            ("ssh", "dir/a.qcow2", "ssh://user@host/dir/a.qcow2"),
        ])
    func network(scheme: String, name: String, file: String) throws {
        try define(
            Self.disk(
                "<source protocol='\(scheme)' name='\(name)'/>",
                type: "network"),
            Self.disk("<source file='/img/b'/>", target: "vdb"))
        let nodes = [
            QMPNode("libvirt-1-format", file, bitmaps: [Self.sound]),
            QMPNode("libvirt-2-format", "/img/b", bitmaps: [Self.sound]),
        ]
        let (status, items) = try reconcile(nodes)
        #expect(items.map(\.text) == ["c1 vda valid", "c1 vdb valid"] && status == 0)
        #expect(try isAccepted(nodes))
    }

    @Test(
        "A disk of the same name on another server is never valid",
        arguments: [
            "nbd://other:10809/d", "nbd:other:10809:exportname=d", "nbd+unix:///d?socket=/s",
            #"json:{"driver":"qcow2","file":{"driver":"nbd","export":"d","server":{"type":"inet","host":"other","port":"1"}}}"#,
            #"json:{"driver":"qcow2","file":{"driver":"nbd","export":"d","server":{"type":"unix","path":"/s"}}}"#,
        ])
    func otherServer(file: String) throws {
        try define(
            Self.disk(
                "<source protocol='nbd' name='d'><host name='mine' port='10809'/></source>",
                type: "network"))
        let nodes = [QMPNode("n", file, bitmaps: [Self.sound])]
        let (status, items) = try reconcile(nodes)
        #expect(status == 3 && items.map(\.text) == ["c1 vda unknown"])
        #expect(items[0].message.contains("names 'd at mine'"))
        let own = file.replacingOccurrences(of: "other", with: "mine")
        if own != file {
            let sound = try reconcile([QMPNode("n", own, bitmaps: [Self.sound])])
            #expect(sound.items.map(\.text) == ["c1 vda valid"])
        }
    }

    @Test("Of equally named disks on two servers neither is used unless it is named")
    func ambiguous() throws {
        try define(
            Self.disk("<source protocol='nbd' name='d'/>", type: "network"))
        let nodes = [
            QMPNode("n1", "nbd://a:10809/d", bitmaps: [Self.sound]),
            QMPNode("n2", "nbd://b:10809/d"),
            QMPNode("n3", "/img/x", bitmaps: [Self.sound]),
        ]
        let run = try fixture.run(
            ["reconcile", "g", "--qmp", "-"], input: try QMPNode.answer(nodes))
        #expect(run.status == 1 && run.errors.contains("several images"))
        #expect(try reconcile(nodes, "--path", "vda=/img/x").items.map(\.text) == ["c1 vda valid"])
    }

    @Test("A volume is said to be one, and found by the path that is given")
    func volume() throws {
        try define(
            Self.disk("<source pool='default' volume='g.qcow2'/>", type: "volume"))
        let nodes = [QMPNode("libvirt-1-format", "/pool/g.qcow2", bitmaps: [Self.sound])]
        let run = try fixture.run(
            ["reconcile", "g", "--qmp", "-"], input: try QMPNode.answer(nodes))
        #expect(run.status == 1)
        #expect(run.errors.contains("volume 'g.qcow2' of pool 'default'"))
        #expect(run.errors.contains("--path"))
        let found = try reconcile(nodes, "--path", "vda=/pool/g.qcow2")
        #expect(found.status == 0 && found.items.map(\.text) == ["c1 vda valid"])
    }

    @Test("A volume among other disks is unknown, with the way to name it")
    func volumeAmongOthers() throws {
        try define(
            Self.file("/img/a"),
            Self.disk("<source pool='p' volume='v'/>", type: "volume", target: "vdb"))
        let (status, items) = try reconcile([QMPNode("n", "/img/a", bitmaps: [Self.sound])])
        #expect(status == 3)
        #expect(items.map(\.text) == ["c1 vda valid", "c1 vdb unknown"])
        #expect(items[1].message.contains("--path vdb=SOURCE"))
    }

    @Test("QEMU's own words on what is below win over the image's header")
    func header() throws {
        try define(Self.file("/i/sub/top"))
        let nodes = [
            QMPNode(
                "libvirt-1-format", "/i/sub/top", backing: "/i/base", header: "/i/sub/../base",
                bitmaps: [Self.sound]),
            QMPNode(
                "libvirt-2-format", "/i/base", isReadOnly: true,
                bitmaps: [.init("c1", isRecording: false)]),
        ]
        #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda not-recording"])
        #expect(try !isAccepted(nodes))
    }

    @Test("An image below that is not in the answer leaves the verdict unknown")
    func incomplete() throws {
        try define(Self.file("/i/top"))
        let nodes = [QMPNode("n", "/i/top", backing: "/i/base", bitmaps: [Self.sound])]
        #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda unknown"])
        #expect(try !isAccepted(nodes))
    }

    @Test(
        "A broken bitmap that QEMU cannot remove has no remedy that would fail",
        arguments: [true, false])
    func readOnly(isBelow: Bool) throws {
        try define(Self.file("/img/top"))
        let broken = QMPNode.Bitmap("c1", isRecording: false, isInconsistent: true)
        let (status, items) = try reconcile([
            QMPNode(
                "n1", "/img/top", isReadOnly: !isBelow, backing: "/img/base", bitmaps: [broken]),
            QMPNode(
                "n2", "/img/base", isReadOnly: true, bitmaps: isBelow ? [broken] : []),
        ])
        #expect(status == 3 && items.map(\.text) == ["c1 vda inconsistent"])
        #expect(items[0].remedies.isEmpty)
    }

    @Test("A disk whose definition has another format, or that is transient, is never valid")
    func definitions() throws {
        try define(
            Self.file("/img/a"),
            Self.disk("<source file='/img/b'/>", target: "vdb", more: "<transient/>"))
        let nodes = ["a", "b"].map { name in
            QMPNode("n\(name)", "/img/\(name)", bitmaps: [Self.sound])
        }
        #expect(try reconcile(nodes).items.map(\.text) == ["c1 vda valid", "c1 vdb missing"])
        let raw = CheckpointText.domain("g").replacingOccurrences(
            of: "</domain>",
            with: "<devices>\(Self.file("/img/a", format: "raw"))</devices></domain>")
        #expect(try fixture.run(["define", "-"], input: raw).status == 0)
        #expect(try reconcile(nodes).items[0].text == "c1 vda unsupported-format")
    }

    @Test("A corrupt image proves nothing, and nothing is to be removed from it")
    func corrupt() throws {
        try define(Self.file("/img/a"))
        for bitmap in [Self.sound, .init("c1", isInconsistent: true)] {
            let nodes = [QMPNode("n", "/img/a", bitmaps: [bitmap], isCorrupt: true)]
            let (status, items) = try reconcile(nodes, "--record")
            #expect(status == 3 && items.map(\.text) == ["c1 vda unknown"])
            #expect(items[0].message.contains("corrupt") && items[0].remedies.isEmpty)
            #expect(try !isAccepted(nodes))
        }
        #expect(try !fixture.events("g").contains { $0["event"] as? String == "bitmapObserved" })
    }

    @Test("A backing image of two disks is not assigned to one of them")
    func shared() throws {
        try define(Self.file("/img/base"))
        let run = try fixture.run(
            ["reconcile", "g", "--qmp", "-"],
            input: try QMPNode.answer([
                QMPNode("n1", "/img/base", isReadOnly: true, bitmaps: [Self.sound]),
                QMPNode("n2", "/img/x", backing: "/img/base"),
                QMPNode("n3", "/img/y", backing: "/img/base"),
            ]))
        #expect(run.status == 1 && run.errors.contains("several images"), "\(run.errors)")
    }
}
