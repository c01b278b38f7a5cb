import Foundation
import ImageReports
import Momentlog
import Moments
import TestSupport
import Testing

@testable import MomentlogCLI

/// Which images of a disk are opened, and under which names.
@Suite(.enabled(if: QemuImages.areMade))
struct QemuImgChainTests {
    private let fixture: CommandFixture
    private let images: QemuImages
    private var folder: TemporaryFolder { fixture.folder }

    init() throws {
        fixture = try CommandFixture()
        images = QemuImages(in: fixture.folder.url)
        try fixture.chain("c1")
    }

    /// Makes an image that names something as its backing file, which is not opened.
    private func overlay(_ name: String, on backing: String, format: String = "raw") throws {
        try images.create(name)
        let run = try CommandRun.run(
            "/usr/bin/qemu-img", ["rebase", "-u", "-b", backing, "-F", format, name],
            folder: folder.url)
        try #require(run.status == 0, "\(run.errors)")
    }

    private func reconcile(_ image: String, _ arguments: String...) throws -> CommandRun {
        try fixture.run(
            ["reconcile", "vm", "--image", "vda=\(image)", "--format", "json"] + arguments)
    }

    @Test("Images are read one by one, the same ones that qemu-img follows")
    func chain() throws {
        try images.create("base.qcow2", bitmaps: ["a"])
        try FileManager.default.createDirectory(
            atPath: folder.path("sub"), withIntermediateDirectories: false)
        try images.create("sub/middle.qcow2", on: "../base.qcow2", bitmaps: ["b"])
        let json =
            #"json:{"driver":"qcow2","file":{"driver":"file","filename":""#
            + folder.path("sub/middle.qcow2") + #""}}"#
        try overlay("upper.qcow2", on: json, format: "qcow2")
        try overlay("top.qcow2", on: "file:\(folder.path("upper.qcow2"))", format: "qcow2")
        let top = folder.path("top.qcow2")
        let seen = try QemuImg().info(top, format: "qcow2")
        #expect(seen.unread == nil && !seen.isStale && seen.chain.images.count == 4)
        #expect(
            try seen.chain
                == QemuImgInfo.chain(in: Array(images.info("top.qcow2").utf8))
                .renamingTop(top))
    }

    @Test(
        "A backing file that is not a local one is not opened unless that is asked for",
        arguments: [
            "nbd://127.0.0.1:1/x", "nbd:127.0.0.1:1", "nbd+unix:///x?socket=/nonexistent",
            "ssh://nobody@127.0.0.1:1/x", "http://127.0.0.1:1/x", "https://127.0.0.1:1/x",
            "rbd:pool/image", "iscsi://127.0.0.1:1/x/0", "gluster://127.0.0.1:1/x/y",
            "nfs://127.0.0.1/x", "unheard-of:x", "fat:/tmp",
            #"json:{"driver":"raw","file":{"driver":"nbd","host":"127.0.0.1","port":"1"}}"#,
            #"json:{"driver":"nbd","server":{"type":"inet","host":"127.0.0.1","port":"1"}}"#,
            #"json:{"file.driver":"nbd","driver":"raw","file.host":"h","file.port":"1"}"#,
            #"json:{"driver":"raw","file":{"filename":"nbd://127.0.0.1:1/x"}}"#,
            #"json:{"driver":"raw","file":{"driver":"file","filename":"nbd:127.0.0.1:1"}}"#,
        ])
    func network(backing: String) throws {
        let fake = try FakeQemuImg(
            """
            for last; do :; done
            echo "$last" >> $here/names
            exec /usr/bin/qemu-img "$@"
            """)
        try overlay("top.qcow2", on: backing)
        let top = folder.path("top.qcow2")
        let seen = try QemuImg(program: fake.path).info(top, format: "qcow2")
        #expect(seen.chain.images.count == 1 && !seen.chain.isComplete)
        #expect(seen.unread?.contains("is not a local file") == true)
        #expect(fake.lines("names") == [top])
        // Where it is asked for, it is opened, which fails here.
        let ask = QemuImg(program: fake.path, timeout: .seconds(5), followsNetwork: true)
        #expect(throws: MomentlogError.self) { try ask.info(top, format: "qcow2") }
        #expect(fake.lines("names")?.count == 3)
    }

    @Test("The command lists the images that it did not read, and the option that reads them")
    func option() throws {
        try overlay("top.qcow2", on: "nbd://127.0.0.1:1/x")
        try images.bitmap("--add", "top.qcow2", "c1")
        let run = try reconcile("top.qcow2")
        #expect(run.errors.contains("the images of disk 'vda' below 'top.qcow2'"))
        #expect(run.errors.contains("'nbd://127.0.0.1:1/x' is not a local file"))
        #expect(run.errors.contains("--follow-network"), "\(run.errors)")
        let followed = try reconcile("top.qcow2", "--follow-network")
        #expect(followed.status == 1)
        #expect(followed.errors.contains("nbd://127.0.0.1:1/x: "), "\(followed.errors)")
        #expect(followed.errors.contains("Connection refused"), "\(followed.errors)")
        let alone = try fixture.run("reconcile", "vm", "--qmp", "x", "--follow-network")
        #expect(alone.status == 64)
    }

    /// Makes something that is neither a file nor a block device, and returns its path.
    private func special(_ kind: String) throws -> String {
        let path = folder.path("special")
        switch kind {
        case "a FIFO": try #require(mkfifo(path, 0o600) == 0)
        case "a character device": return "/dev/zero"
        case "a folder":
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        default:
            // Its name has to be short.
            let run = try CommandRun.run(
                "/usr/bin/python3",
                ["-c", "import socket; socket.socket(socket.AF_UNIX).bind('special')"],
                folder: folder.url)
            try #require(run.status == 0, "\(run.errors)")
        }
        return path
    }

    @Test(
        "Special files are refused as images, and not opened as backing images",
        arguments: ["a FIFO", "a socket", "a character device", "a folder"],
        [
            "PATH", "file:PATH", #"json:{"driver":"file","filename":"PATH"}"#,
            #"json:{"driver":"raw","file":{"driver":"file","filename":"PATH"}}"#,
            #"json:{"driver":"raw","file.filename":"PATH"}"#,
        ])
    func special(kind: String, name: String) throws {
        let path = try special(kind)
        let name = name.replacingOccurrences(of: "PATH", with: path)
        let top = try reconcile(name)
        #expect(top.status == 1)
        #expect(top.errors.contains("'\(path)' is \(kind), not a disk image"), "\(top.errors)")
        try overlay("top.qcow2", on: name)
        for arguments in [[], ["--follow-network"]] {
            let run = try fixture.run(["reconcile", "vm", "--image", "vda=top.qcow2"] + arguments)
            #expect(
                run.errors.contains("were not inspected: '\(path)' is \(kind), not a disk image"),
                "\(run.errors)")
        }
        let seen = try QemuImg().info(folder.path("top.qcow2"), format: "qcow2")
        #expect(seen.chain.images.count == 1 && !seen.chain.isComplete)
    }

    @Test(
        "An operator's argument reaches qemu-img as a path, or unchanged in QEMU's syntax",
        arguments: [
            ("a.qcow2", "a.qcow2"), ("/a:b", "/a:b"), ("a:b.qcow2", "./a:b.qcow2"),
            ("-x", "./-x"), ("-", "./-"), (":x", "./:x"), ("d/a:b", "d/a:b"), ("a:b/c", "./a:b/c"),
            ("2024-01-01T12:30.qcow2", "./2024-01-01T12:30.qcow2"),
            ("nbd:localhost:1", "nbd:localhost:1"), ("nbd://h/x", "nbd://h/x"),
            ("ssh://h/x", "ssh://h/x"), ("rbd:pool/x", "rbd:pool/x"), ("file:a", "file:a"),
            ("unheard-of://x", "unheard-of://x"),
            (#"json:{"driver":"nbd","host":"h"}"#, #"json:{"driver":"nbd","host":"h"}"#),
            // Files of such names exist.
            ("nbd:here", "./nbd:here"), ("json:here", "./json:here"),
        ])
    func names(given: String, passed: String) throws {
        for name in ["nbd:here", "json:here"] { try folder.write("", to: name) }
        let fake = try FakeQemuImg(
            "printf '%s\\n' \"$@\" > $here/words; echo '\(FakeQemuImg.report("a"))'")
        let run = try fixture.run(
            "reconcile", "vm", "--image", "vda=\(given)",
            environment: fake.environment(fixture.environment))
        #expect(run.errors.isEmpty, "\(run.errors)")
        #expect(
            fake.lines("words") == ["info", "--output=json", "-f", "qcow2", "--", passed])
    }

    @Test(
        "Images that are in a loop are refused, under whatever names",
        arguments: [["a.qcow2"], ["./a.qcow2"], ["b.qcow2", "./a.qcow2"], ["file:a.qcow2"]])
    func loop(backing: [String]) throws {
        try overlay("a.qcow2", on: backing[0], format: "qcow2")
        if backing.count == 2 { try overlay("b.qcow2", on: backing[1], format: "qcow2") }
        let run = try reconcile("a.qcow2")
        #expect(run.status == 1)
        #expect(run.errors.contains("a.qcow2: its backing file"), "\(run.errors)")
        #expect(run.errors.contains("is in the chain twice"), "\(run.errors)")
    }

    @Test("A chain is read for as many images as are allowed")
    func length() throws {
        let fake = try FakeQemuImg(
            """
            for last; do :; done
            printf '{"filename":"%s","format":"qcow2","backing-filename":"%s",' $last $((last+1))
            printf '"full-backing-filename":"%s"}' $((last+1))
            """)
        let seen = try QemuImg(program: fake.path).info("0", format: nil)
        #expect(seen.chain.images.count == QemuImg.maximumChainLength)
        #expect(seen.chain.images.last?.backingPath == "\(QemuImg.maximumChainLength)")
        #expect(seen.unread == "the disk has more than \(QemuImg.maximumChainLength) images")
    }

    @Test("A backing file that is missing is an error that names it")
    func missing() throws {
        try overlay("top.qcow2", on: "gone.qcow2", format: "qcow2")
        let run = try reconcile("top.qcow2")
        #expect(run.status == 1 && run.errors.contains("gone.qcow2"), "\(run.errors)")
        #expect(run.errors.contains("No such file"), "\(run.errors)")
    }
}

extension ImageChain {
    /// The same chain, with its top image named as another run named it.
    fileprivate func renamingTop(_ path: String) -> ImageChain? {
        var images = images
        images[0].path = path
        return ImageChain(images)
    }
}
