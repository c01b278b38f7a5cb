import Foundation
import ImageReports
import Moments
import TestSupport
import Testing

struct NamedBlockNodesTests {
    private static func nodes(_ text: String) throws -> NamedBlockNodes {
        try NamedBlockNodes(in: Array(text.utf8), from: "q.json")
    }

    /// Printed by QEMU 7.2 of two images, the lower of which was opened by the upper.
    private static var real: [UInt8] {
        get throws {
            [UInt8](
                try Data(
                    contentsOf: Fixtures.repository.appending(
                        path: "Tests/Fixtures/qmp/chain.json")))
        }
    }

    private static let folder = "/var/lib/libvirt/images"

    @Test("The answer of a running QEMU is read: bitmaps as they are in memory, image by image")
    func real() throws {
        let nodes = try NamedBlockNodes(in: try Self.real)
        #expect(Set(nodes.paths) == ["\(Self.folder)/top.qcow2", "\(Self.folder)/base.qcow2"])
        let chain = try #require(nodes.images(of: "\(Self.folder)/top.qcow2")?.chain)
        #expect(
            chain.images.map(\.path) == ["\(Self.folder)/top.qcow2", "\(Self.folder)/base.qcow2"])
        #expect(chain.images.map(\.node) == ["n1", "#block180"])
        #expect(chain.isComplete && chain.images.allSatisfy(\.holdsBitmaps))
        #expect(Set(chain.top.bitmaps.map(\.name)) == ["c1", "c2", "temp"])
        #expect(chain.top.bitmaps.filter { !$0.isPersistent }.map(\.name) == ["temp"])
        #expect(chain.images[1].bitmaps == [DirtyBitmap(name: "c1")])
        #expect(nodes.images(of: "/elsewhere")?.chain == nil)
    }

    @Test("An answer is read as a part of other JSON, too, with and without what is around it")
    func part() throws {
        struct Line: Decodable {
            var qmp: NamedBlockNodes
        }
        func read(_ text: String) throws -> NamedBlockNodes {
            try JSONDecoder().decode(Line.self, from: Data("{\"qmp\":\(text)}".utf8)).qmp
        }
        let list = "[\(Self.node("/a", "qcow2"))]"
        for text in [list, "{\"return\":\(list)}"] { #expect(try read(text).paths == ["/a"]) }
        for wrong in ["{}", #"{"error":{"class":"GenericError","desc":"no"}}"#] {
            #expect(throws: MomentlogError.self) { try read(wrong) }
        }
        for wrong in ["7", "[7]", #"{"return":7}"#] {
            #expect(throws: DecodingError.self) { try read(wrong) }
        }
    }

    @Test("The disks of a definition are found by their sources")
    func report() throws {
        let nodes = try NamedBlockNodes(in: try Self.real)
        let report = try nodes.report(of: [
            DomainDisk(target: "vda", source: "\(Self.folder)/top.qcow2", format: "qcow2"),
            DomainDisk(target: "vdb", source: "/gone", format: "qcow2"),
            DomainDisk(target: "sda", isEmpty: true),
        ])
        #expect(report.entries.map(\.disk) == ["vda"])
    }

    private static func node(_ path: String, _ driver: String, _ more: String = "") -> String {
        #"{"drv":"\#(driver)","file":"\#(path)","image":{"filename":"\#(path)","format":"\#(driver)"}\#(more)}"#
    }

    @Test("Flags and states of bitmaps are read; bitmaps without a name are ignored")
    func flags() throws {
        let bitmaps =
            #","node-name":"f","dirty-bitmaps":["#
            + #"{"name":"a","recording":false,"persistent":true,"busy":false,"granularity":1,"count":0,"inconsistent":true},"#
            + #"{"name":"b","recording":true,"persistent":true,"busy":true,"granularity":2,"count":5},"#
            + #"{"recording":true,"persistent":false,"busy":false,"granularity":3,"count":5}]"#
        let nodes = try Self.nodes(
            "[\(Self.node("/a", "file")),\(Self.node("/a", "qcow2", bitmaps)),\(Self.node("/a", "copy-on-read"))]"
        )
        #expect(
            nodes.images(of: "/a")?.chain.images == [
                DiskImage(
                    path: "/a",
                    bitmaps: [
                        DirtyBitmap(
                            name: "a", granularity: 1, isRecording: false, isInconsistent: true),
                        DirtyBitmap(name: "b", granularity: 2, isBusy: true),
                    ], node: "f")
            ])
    }

    @Test("A backing image without a node is known by its file, otherwise by its node")
    func below() throws {
        func image(_ path: String, _ bitmap: String, _ more: String = "") -> String {
            #"{"filename":"\#(path)","format":"qcow2","format-specific":{"type":"qcow2","data":"#
                + #"{"bitmaps":[{"name":"\#(bitmap)","granularity":1,"flags":["auto"]}]}}\#(more)}"#
        }
        let lowest = image("/base", "b")
        let middle = image(
            "/middle", "m", #","backing-filename":"base","backing-image":\#(lowest)"#)
        let top =
            #"{"drv":"qcow2","file":"/top","image":{"filename":"/top","format":"qcow2","#
            + #""backing-image":\#(middle)}}"#
        let base = DiskImage(
            path: "/base", bitmaps: [DirtyBitmap(name: "b", granularity: 1)])
        let chain = try Self.nodes("[\(top)]").images(of: "/top")?.chain
        #expect(chain?.images.map(\.path) == ["/top", "/middle", "/base"])
        #expect(chain?.images.last == base)
        #expect(
            chain?.images.dropFirst().first?.bitmaps
                == [DirtyBitmap(name: "m", granularity: 1)])
        // A node is what is in memory, and comes first.
        let full = top.replacingOccurrences(of: #""base""#, with: #""/base""#)
        let own = try Self.nodes("[\(full),\(Self.node("/base", "qcow2"))]")
        #expect(own.images(of: "/top")?.chain.images.last == DiskImage(path: "/base"))
    }

    @Test("An image has the format in which QEMU opened it, whatever its content")
    func driver() throws {
        let raw =
            #"[{"drv":"raw","file":"/a","image":{"filename":"/a","format":"qcow2"}}]"#
        #expect(try Self.nodes(raw).images(of: "/a")?.chain.top.format == "raw")
    }

    @Test("If images back each other, none is the one that the guest writes to")
    func loop() throws {
        let nodes = try Self.nodes(
            "[\(Self.node("/a", "qcow2", #","backing_file":"/b""#)),"
                + "\(Self.node("/b", "qcow2", #","backing_file":"/a""#))]")
        #expect(nodes.images(of: "/a") == nil)
    }

    @Test(
        "Other text is refused",
        arguments: [
            ("{}", "'return' is missing"), ("", "nothing is in it"),
            (#"{"error":{"class":"GenericError","desc":"no such thing"}}"#, "no such thing"),
            (#"{"return":[{"drv":"qcow2"}]}"#, "'file' is missing"),
            (#"{"return":[{"drv"#, "incomplete"), (#"[1]"#, "at [0]"),
        ])
    func refusals(text: String, reason: String) throws {
        let error = #expect(throws: MomentlogError.self) { try Self.nodes(text) }
        #expect(error?.code == .invalidJSON)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.hint?.contains("query-named-block-nodes") == true)
    }
}
