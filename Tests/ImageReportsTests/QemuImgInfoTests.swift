import Foundation
import ImageReports
import Moments
import TestSupport
import Testing

struct QemuImgInfoTests {
    private static func chain(_ text: String) throws -> ImageChain {
        try QemuImgInfo.chain(in: Array(text.utf8), from: "x.json")
    }

    private static func image(_ path: String, _ more: String = "") -> String {
        #"{"filename":"\#(path)","format":"qcow2"\#(more)}"#
    }

    /// What libvirt's own images said, while and after the guest ran: see the corpus.
    @Test(
        "What QEMU printed of a guest's images is read",
        arguments: [
            ("vda.1running", []), ("vda.2cleanshutdown", ["c2 recording", "c1 recording"]),
            ("vda.3restarted_running", ["c2 recording in-use", "c1 recording in-use"]),
            ("vda.4sigkill", ["c2 recording in-use", "c1 recording in-use"]),
            ("vda.5restarted_after_sigkill", ["c2 recording in-use", "c1 recording in-use"]),
            ("vdb.1running", []), ("vdb.2cleanshutdown", ["c1 recording"]),
            ("vdb.3restarted_running", ["c1 recording in-use"]),
            ("vdb.4sigkill", ["c1 recording in-use"]),
            ("vdb.5restarted_after_sigkill", ["c1 recording in-use"]),
        ])
    func corpus(name: String, bitmaps: [String]) throws {
        let file = Fixtures.corpus.appending(path: "bitmaps/\(name).info.json")
        let chain = try QemuImgInfo.chain(in: [UInt8](try Data(contentsOf: file)))
        let disk = name.hasPrefix("vda") ? "a" : "b"
        #expect(chain.images.count == 1 && chain.isComplete)
        #expect(chain.top.path == "/var/lib/libvirt/images/bm_\(disk).qcow2")
        #expect(chain.top.holdsBitmaps)
        #expect(
            chain.top.bitmaps.map {
                $0.name + ($0.isRecording ? " recording" : "")
                    + ($0.isInconsistent ? " in-use" : "")
            } == bitmaps)
        #expect(chain.top.bitmaps.allSatisfy { $0.granularity == 65_536 && $0.isPersistent })
    }

    @Test("A chain is read from the top down")
    func backingChain() throws {
        let chain = try Self.chain(
            "\n [" + Self.image("/top", #","backing-filename":"b","full-backing-filename":"/b""#)
                + "," + Self.image("/b", #","backing-filename":"/c.raw""#) + ","
                + #"{"filename":"/c.raw","format":"raw"}]"#)
        #expect(chain.images.map(\.path) == ["/top", "/b", "/c.raw"])
        #expect(chain.images.map(\.backingPath) == ["/b", "/c.raw", nil])
        #expect(chain.images.map(\.format) == ["qcow2", "qcow2", "raw"])
    }

    @Test("A report is read as a part of other JSON, too")
    func part() throws {
        struct Line: Decodable {
            var vda: QemuImgInfo
        }
        func read(_ text: String) throws -> ImageChain {
            try JSONDecoder().decode(Line.self, from: Data("{\"vda\":\(text)}".utf8)).vda.chain
        }
        let top = Self.image("/top", #","backing-filename":"/b""#)
        #expect(try read(top) == Self.chain(top))
        let chain = "[\(top),\(Self.image("/b"))]"
        #expect(try read(chain) == Self.chain(chain))
        for wrong in ["[]", "[\(Self.image("/a")),\(Self.image("/b"))]"] {
            #expect(throws: MomentlogError.self) { try read(wrong) }
        }
        for wrong in ["{}", "7", "null", "[7]"] {
            #expect(throws: DecodingError.self) { try read(wrong) }
        }
    }

    @Test("An image that is listed alone still names its backing image")
    func incomplete() throws {
        #expect(
            try !Self.chain(Self.image("/top", #","full-backing-filename":"/b""#)).isComplete)
    }

    @Test("An image whose name has options is identified by its path")
    func options() throws {
        let name =
            #"json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"/a\"}}"#
        #expect(try Self.chain(Self.image(name)).top.path == "/a")
        #expect(try Self.chain(Self.image("json:{")).top.path == "json:{")
        #expect(try Self.chain(Self.image("nbd://h:1/x")).top.path == "nbd://h:1/x")
    }

    @Test("qcow2 of version 2 and other formats hold no bitmaps")
    func formats() throws {
        let early = Self.image(
            "/a", #","format-specific":{"type":"qcow2","data":{"compat":"0.10"}}"#)
        #expect(try !Self.chain(early).top.holdsBitmaps)
        let luks =
            #"{"filename":"/a","format":"luks","format-specific":"#
            + #"{"type":"luks","data":{"ivgen-alg":"plain64","slots":[]}}}"#
        #expect(try !Self.chain(luks).top.holdsBitmaps)
        // What is named alike in another format means something else.
        let other = Self.image(
            "/a",
            #","format-specific":{"type":"other","data":{"compat":"0.10","bitmaps":[{"name":"x","granularity":1,"flags":[]}]}}"#
        )
        #expect(try Self.chain(other).images == [DiskImage(path: "/a")])
    }

    @Test("Names of bitmaps come as they are")
    func names() throws {
        let text = Self.image(
            "/a",
            #","format-specific":{"type":"qcow2","data":{"bitmaps":[{"name":"\u00e9 \"x\" "#
                + #"\ud83d\udcbe\ufeff","granularity":1,"flags":[]}]}}"#)
        let bitmap = try #require(try Self.chain(text).top.bitmaps.first)
        #expect(Array(bitmap.name.utf8) == Array("é \"x\" 💾\u{FEFF}".utf8))
        #expect(!bitmap.isRecording && !bitmap.isInconsistent)
    }

    @Test(
        "Other text is refused, with its name, what is wrong and where",
        arguments: [
            ("", "nothing is in it"), ("   \n", "nothing is in it"),
            ("[]", "it lists no image"), ("null", "it is not JSON, or incomplete|expected"),
            (#"{"filename":"/a","form"#, "it is not JSON, or incomplete"),
            ("qemu-img: Could not open", "it is not JSON"), ("{}", "'filename' is missing"),
            (#"{"filename":"/a"}"#, "'format' is missing"),
            (#"[{"filename":"/a","format":7}]"#, "at [0].format"),
            (#"{"filename":"/a","format":"qcow2","format-specific":[]}"#, "at .format-specific"),
            (#"[{"filename":"/a","format":"raw"},{"filename":"/b","format":"raw"}]"#, "one disk"),
            ("<domain/>", "it is not JSON"), (#"{"return":[]}"#, "'filename' is missing"),
        ])
    func refusals(text: String, reason: String) throws {
        let error = #expect(throws: MomentlogError.self) { try Self.chain(text) }
        #expect(error?.code == .invalidJSON)
        let message = error?.message ?? ""
        #expect(message.hasPrefix("x.json: "))
        #expect(reason.split(separator: "|").contains { message.contains($0) }, "\(message)")
        #expect(error?.hint?.contains("qemu-img info --output=json") == true)
    }

    @Test("Every beginning of a report is refused, and no byte that is changed does harm")
    func damaged() throws {
        let file = Fixtures.corpus.appending(path: "bitmaps/vda.4sigkill.info.json")
        let bytes = [UInt8](try Data(contentsOf: file))
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
        for count in 0..<end {
            #expect(throws: MomentlogError.self) {
                try QemuImgInfo.chain(in: Array(bytes[..<count]))
            }
        }
        var random = SplitMix64(seed: Seeds.all[0])
        for _ in 0..<2_000 {
            var changed = bytes
            changed[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                in: .min ... .max, using: &random)
            _ = try? QemuImgInfo.chain(in: changed)
        }
    }

    @Test("A hundred megabytes are refused before they are read, and so is deep nesting")
    func huge() throws {
        let space = [UInt8](repeating: UInt8(ascii: " "), count: 100_000_000)
        let error = #expect(throws: MomentlogError.self) {
            try QemuImgInfo.chain(in: Array("[".utf8) + space + Array("]".utf8))
        }
        #expect(error?.message == "more than the 64 MiB that are read of a report")
        #expect(throws: MomentlogError.self) {
            try Self.chain(String(repeating: "[", count: 1_000_000))
        }
        let below = String(
            repeating: Self.image("/a", #","backing-image":"#).dropLast().description,
            count: 100_000)
        #expect(throws: MomentlogError.self) { try Self.chain(below) }
    }

    @Test(
        "Images that are not listed as their headers have them are refused",
        arguments: [["top", "base"], ["mid", "top", "base"], ["top", "base", "mid"]])
    func order(names: [String]) throws {
        let below = ["top": "mid", "mid": "base"]
        let list = names.map { name in
            let backing = below[name].map { #","full-backing-filename":"/i/\#($0)""# } ?? ""
            return #"{"filename":"/i/\#(name)","format":"qcow2"\#(backing)}"#
        }
        let text = "[\(list.joined(separator: ","))]"
        let error = #expect(throws: MomentlogError.self) {
            try QemuImgInfo.chain(in: Array(text.utf8))
        }
        #expect(error?.code == .invalidJSON)
        #expect(error?.message.contains("not the images of one disk") == true)
    }
}
