import Momentlog
import Moments
import TestSupport
import Testing

/// Commands as lines of JSON.
struct InstructionLineTests {
    private static let given = Submission(
        actor: "given", reason: "given", request: "given", expectedRevision: 1)

    private static func decode(_ line: String) throws -> Instruction {
        try InstructionLine.decode(line.utf8, submission: given)
    }

    static let commands: [(String, String, Command)] = [
        (
            #""command":"create","domain":"vm1","xml":"<domaincheckpoint><name>c1</name></domaincheckpoint>""#,
            "vm1", .create(CheckpointRequest(name: "c1"))
        ),
        (
            #""command":"redefine","domain":"vm1","xml":"<domaincheckpoint><name>c1</name><creationTime>7</creationTime></domaincheckpoint>""#,
            "vm1", .redefine([Redefinition(Checkpoint(name: "c1", creationTime: 7))])
        ),
        (
            #""command":"record","domain":"vm1","xml":"<domaincheckpoint><name>c1</name><creationTime>7</creationTime></domaincheckpoint>""#,
            "vm1", .record([Redefinition(Checkpoint(name: "c1", creationTime: 7))])
        ),
        (
            #""command":"delete","domain":"vm1","checkpoint":"c2""#, "vm1",
            .delete("c2", .checkpoint)
        ),
        (
            #""command":"delete","domain":"vm1","checkpoint":"c2","scope":"checkpoint""#, "vm1",
            .delete("c2", .checkpoint)
        ),
        (
            #""command":"delete","domain":"vm1","checkpoint":"c2","scope":"children""#, "vm1",
            .delete("c2", .children)
        ),
        (
            #""command":"delete","domain":"vm1","checkpoint":"c2","scope":"children-only""#, "vm1",
            .delete("c2", .childrenOnly)
        ),
        (
            #""command":"set-current","domain":"vm1","checkpoint":"c1""#, "vm1",
            .setCurrent("c1")
        ),
        (
            #""command":"set-current","domain":"vm1","checkpoint":null"#, "vm1", .setCurrent(nil)
        ),
        (#""command":"repair","domain":"vm1""#, "vm1", .repair(Repair())),
        (
            #""command":"repair","domain":"vm1","reparent":[],"current":null"#, "vm1",
            .repair(Repair())
        ),
        (
            #""command":"repair","domain":"vm1","reparent":["c4=c2","c6=c1"],"current":"c1""#,
            "vm1", .repair(Repair(parents: ["c4": "c2", "c6": "c1"], current: "c1"))
        ),
        (#""command":"revert","domain":"vm1","to":7"#, "vm1", .revert(to: .sequence(7))),
        (#""command":"revert","domain":"vm1","to":"7""#, "vm1", .revert(to: .sequence(7))),
        (
            #""command":"revert","domain":"vm1","to":"2026-11-24""#, "vm1",
            .revert(to: .time(Timestamp(microseconds: 1_795_564_799_999_999)))
        ),
        (#""command":"rename","domain":"vm1","name":"vm2""#, "vm1", .rename(to: "vm2")),
        (
            #""command":"undefine","domain":"vm1""#, "vm1", .undefine(deletingCheckpoints: false)
        ),
        (
            #""command":"undefine","domain":"vm1","checkpoints":true"#, "vm1",
            .undefine(deletingCheckpoints: true)
        ),
        (
            #""command":"undefine","domain":"vm1","checkpoints":false"#, "vm1",
            .undefine(deletingCheckpoints: false)
        ),
        (
            #""command":"observe","domain":"vm1","images":[{"disk":"vda","info":\#(image("/a", "c1"))}]"#,
            "vm1", .observe(report(.unknown, ("vda", [seen("/a", "c1")])))
        ),
        (
            #""command":"observe","domain":"vm1","qmp":null,"images":[{"disk":"vdb","info":[\#(image("/b", "c1", on: "/base")),\#(image("/base", "c2"))]},{"disk":"vda","info":\#(image("/a", "c1"))}]"#,
            "vm1",
            .observe(
                report(
                    .unknown, ("vdb", [seen("/b", "c1", on: "/base"), seen("/base", "c2")]),
                    ("vda", [seen("/a", "c1")])))
        ),
        (
            #""command":"observe","domain":"vm1","images":[{"disk":"vda","info":\#(image("/a", "c1")),"guestOff":true}]"#,
            "vm1", .observe(report(.shutOff, ("vda", [seen("/a", "c1")])))
        ),
        (
            #""command":"observe","domain":"vm1","qmp":{"return":[\#(node("/a", "c1"))]},"images":[{"disk":"vda","path":"/a"}]"#,
            "vm1", .observe(report(.running, ("vda", [seen("/a", "c1", node: "n")])))
        ),
    ]

    /// An image with a recording bitmap as `qemu-img info` reports it.
    private static func image(_ path: String, _ bitmap: String, on backing: String? = nil) -> String
    {
        let below = backing.map { #""full-backing-filename":"\#($0)","# } ?? ""
        return #"{"filename":"\#(path)",\#(below)"format":"qcow2","#
            + #""format-specific":{"type":"qcow2","#
            + #""data":{"bitmaps":[{"name":"\#(bitmap)","granularity":65536,"flags":["auto"]}]}}}"#
    }

    /// The same as a running guest reports it.
    private static func node(_ path: String, _ bitmap: String) -> String {
        #"{"drv":"qcow2","file":"\#(path)","node-name":"n","image":{"filename":"\#(path)","#
            + #""format":"qcow2"},"dirty-bitmaps":[{"name":"\#(bitmap)","granularity":65536,"#
            + #""recording":true,"busy":false,"persistent":true,"count":0}]}"#
    }

    private static func seen(
        _ path: String, _ bitmap: String, on backing: String? = nil, node: String? = nil
    ) -> DiskImage {
        DiskImage(
            path: path, bitmaps: [DirtyBitmap(name: bitmap)], backingPath: backing, node: node)
    }

    private static func report(
        _ guest: GuestState, _ disks: (String, [DiskImage])...
    ) -> ImageReport {
        var report = ImageReport()
        for (disk, images) in disks {
            guard let chain = ImageChain(images),
                (try? report.add(chain, of: disk, guest: guest)) != nil
            else {
                preconditionFailure("the images of \(disk) are wrong")
            }
        }
        return report
    }

    @Test(
        "Ambiguous images in a line are refused",
        arguments: [
            (#""images":null"#, "'images' is null"),
            (#""images":{}"#, "'images' is not an array of disks"),
            (#""images":[{"disk":"vda"}]"#, "'vda' needs one of 'info' and 'path'"),
            (#""images":[{"info":\#(image("/a", "c1"))}]"#, "'images' is not an array of disks"),
            (
                #""qmp":[],"images":[{"disk":"vda","path":"/a","info":\#(image("/a", "c1"))}]"#,
                "'vda' needs one of 'info' and 'path'"
            ),
            (#""images":[{"disk":"vda","path":"/a"}]"#, "has a 'path', but 'qmp' is missing"),
            (#""images":[],"qmp":[]"#, "'qmp' is given, but no image has a 'path' in it"),
            (#""images":[{"disk":"vda","path":"/a"}],"qmp":[]"#, "'qmp' has no image '/a'"),
            (#""images":[{"disk":"vda","path":"/a"}],"qmp":{}"#, "'return' is missing"),
            (#""images":[{"disk":"vda","path":"/a"}],"qmp":7"#, "'qmp' is not an answer"),
            (#""images":[{"disk":"vda","info":[]}]"#, "it lists no image"),
            (#""images":[{"disk":"vda","info":{"format":"raw"}}]"#, "'images' is not"),
            (
                #""images":[{"disk":"vda","info":\#(image("/a", "c1"))},{"disk":"vda","info":\#(image("/b", "c1"))}]"#,
                "images of disk 'vda' are given twice"
            ),
        ])
    func images(members: String, message: String) throws {
        let error = #expect(throws: MomentlogError.self) {
            try Self.decode(#"{"command":"observe","domain":"vm1",\#(members)}"#)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.hint?.isEmpty == false)
    }

    @Test("Each command is read from its keys", arguments: commands)
    func command(members: String, domain: String, command: Command) throws {
        let instruction = try Self.decode("{\(members)}")
        #expect(instruction.command == command)
        #expect(instruction.domain.text == domain)
        #expect(instruction.submission == Self.given)
        #expect(instruction.creationTime == nil)
    }

    @Test(
        "Any command may say who, why, under what name, on what condition and when",
        arguments: commands)
    func common(members: String, domain: String, command: Command) throws {
        let instruction = try Self.decode(
            "\t{\"actor\":\"a\",\"reason\":\"w\",\"request\":\"r\",\"expect\":9,\"at\":-3,\(members)}\r"
        )
        #expect(instruction.command == command)
        #expect(
            instruction.submission
                == Submission(actor: "a", reason: "w", request: "r", expectedRevision: 9))
        #expect(instruction.creationTime == -3)
    }

    @Test("define takes the domain's name from its document")
    func define() throws {
        let line = #"{"command":"define","xml":"<domain><name>vm9</name></domain>"}"#
        let instruction = try Self.decode(line)
        #expect(instruction.domain == "vm9")
        guard case .define(name: "vm9", uuid: nil, definition: _) = instruction.command else {
            Issue.record("it is \(instruction.command)")
            return
        }
    }

    static let wrong: [(String, String)] = [
        ("", "the line is empty"), (" \t\r", "the line is empty"),
        (#"{"command":"delete","domain":"vm1","checkpoint":"c1",}"#, "the line is not JSON"),
        (
            #"{"command":"delete","domain":"vm1","checkpoint":"c1","checkpoint":"c2"}"#,
            "a key is repeated"
        ),
        (
            #"{"command":"delete","domain":"vm1","checkpoint":"c1","checkp\u006fint":"c2"}"#,
            "a key is repeated"
        ),
        ("nonsense", "the line is not JSON"), (#"{"command":"#, "the line is not JSON"),
        ("[]", "the line is not a JSON object"), ("7", "the line is not a JSON object"),
        ("null", "the line is not a JSON object"), ("{}", "the key 'command' is missing"),
        (#"{"command":7}"#, "'command' is not a text"),
        (
            #"{"command":"drop"}"#,
            "unknown command \"drop\"; use one of create, record, redefine, delete, set-current,"
                + " repair, observe, revert, define, rename, undefine"
        ),
        (
            #"{"command":"rename","domain":"vm1","name":"a","to":"b"}"#,
            "'rename' has no key \"to\"; it has domain, name, command, actor, reason, request,"
                + " expect, at"
        ),
        (
            #"{"command":"rename","domain":"vm1","name":"a","xml":"b"}"#,
            "'rename' has no key \"xml\"; it has domain, name, command, actor, reason, request,"
                + " expect, at"
        ),
        (#"{"command":"create","domain":"vm1"}"#, "'create' needs the key 'xml'"),
        (#"{"command":"create","xml":""}"#, "'create' needs the key 'domain'"),
        (#"{"command":"redefine","domain":"vm1"}"#, "'redefine' needs the key 'xml'"),
        (#"{"command":"delete","domain":"vm1"}"#, "'delete' needs the key 'checkpoint'"),
        (#"{"command":"set-current","domain":"a"}"#, "'set-current' needs the key 'checkpoint'"),
        (#"{"command":"observe","domain":"vm1"}"#, "'observe' needs the key 'images'"),
        (#"{"command":"define"}"#, "'define' needs the key 'xml'"),
        (#"{"command":"rename","domain":"vm1"}"#, "'rename' needs the key 'name'"),
        (#"{"command":"undefine"}"#, "'undefine' needs the key 'domain'"),
        (#"{"command":"undefine","domain":null}"#, "'domain' is null, but a text is required"),
        (
            #"{"command":"delete","domain":"a","checkpoint":null}"#,
            "'checkpoint' is null, but a text is required"
        ),
        (
            #"{"command":"delete","domain":"a","checkpoint":"b","scope":"all"}"#,
            "unknown scope \"all\"; use one of checkpoint, children, children-only"
        ),
        (#"{"command":"undefine","domain":7}"#, "'domain' is not a text"),
        (
            #"{"command":"undefine","domain":"a","checkpoints":1}"#,
            "'checkpoints' is not true or false"
        ),
        (
            #"{"command":"undefine","domain":"a","at":1.5}"#,
            "'at' is not a whole number of seconds or a time in RFC 3339"
        ),
        (
            #"{"command":"undefine","domain":"a","at":"1"}"#,
            "'at' is not a whole number of seconds or a time in RFC 3339"
        ),
        (
            #"{"command":"undefine","domain":"a","expect":"1"}"#,
            "'expect' is not a revision, a whole number"
        ),
        (#"{"command":"undefine","domain":"a","actor":1}"#, "'actor' is not a text"),
        (#"{"command":"undefine","domain":"a","reason":1}"#, "'reason' is not a text"),
        (#"{"command":"undefine","domain":"a","request":1}"#, "'request' is not a text"),
    ]

    @Test("An invalid line is refused with the reason and an example", arguments: wrong)
    func refusal(line: String, message: String) {
        let error = #expect(throws: MomentlogError.self) { try Self.decode(line) }
        let isInvalid = message.hasPrefix("the line is not") || message == "a key is repeated"
        #expect(error?.code == (isInvalid ? .invalidJSON : .usage))
        #expect(error?.message == message)
        #expect(
            error?.hint
                == #"a line is like {"command":"delete","domain":"vm1","checkpoint":"c2"}"#)
    }

    @Test("A line that is not UTF-8, and one that is too long, are refused")
    func bytes() {
        let notText = #expect(throws: MomentlogError.self) {
            try InstructionLine.decode([0x7B, 0xFF, 0x7D], submission: Self.given)
        }
        #expect(notText?.message == "the line is not UTF-8")
        let spaces = repeatElement(UInt8(0x20), count: InstructionLine.maximumByteCount)
        let full = #expect(throws: MomentlogError.self) {
            try InstructionLine.decode(spaces, submission: Self.given)
        }
        #expect(full?.message == "the line is empty")
        let long = #expect(throws: MomentlogError.self) {
            try InstructionLine.decode(Array(spaces) + [0x20], submission: Self.given)
        }
        #expect(long?.message == "the line has more than 2097151 bytes")
    }

    @Test("An invalid document in a line is refused as such")
    func document() {
        for command in ["create", "record", "redefine", "define"] {
            let domain = command == "define" ? "" : #""domain":"vm1","#
            let error = #expect(throws: MomentlogError.self) {
                try Self.decode(#"{"command":"\#(command)",\#(domain)"xml":"<a>\n<b>"}"#)
            }
            #expect(error?.code == .invalidXML, "\(command)")
            #expect(error?.message.hasPrefix("line ") == true, "\(error?.message ?? "")")
            #expect(error?.hint != nil)
        }
    }
}
