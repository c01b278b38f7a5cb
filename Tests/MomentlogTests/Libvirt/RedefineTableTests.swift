import Momentlog
import Moments
import TestSupport
import Testing

/// The table of what libvirt does on redefine.
struct RedefineTableTests {
    private static let chain = Row.created("a", "b", "c")
    private static let time = "<creationTime>7</creationTime>"
    private static let foreign = CheckpointText.guest("vm1", digit: "b")

    static let rows = [
        Row(
            words: "no name", step: .redefine(Row.document(time)),
            result: .refused(.invalidXML, "a redefined checkpoint must have a name")),
        Row(
            words: "no creationTime", step: .redefine(Row.document("<name>x</name>")),
            result: .refused(.invalidXML, "missing creationTime from existing checkpoint")),
        Row(
            words: "creationTime 0: ours, accepted and printed",
            step: .redefine(CheckpointText.document("x", time: 0)), result: .graph("x *x"),
            prints: ["  <creationTime>0</creationTime>\n"]),
        Row(
            words: "creationTime 2^63-1",
            step: .redefine(CheckpointText.document("x", time: .max)), result: .graph("x *x"),
            prints: ["<creationTime>9223372036854775807</creationTime>"]),
        Row(
            words: "parent missing", step: .redefine(Row.record("x", "nosuch")),
            result: .refused(.parentNotFound, "parent nosuch for moment x not found")),
        Row(
            words: "own parent", step: .redefine(Row.record("x", "x")),
            result: .refused(.selfParent, "cannot set moment x as its own parent")),
        Row(
            words: "own parent of one that is there", before: chain,
            step: .redefine(Row.record("b", "b")),
            result: .refused(.selfParent, "cannot set moment b as its own parent")),
        Row(
            words: "a<-b<-c, then a with parent c: ours, the message shows the whole cycle",
            before: chain, step: .redefine(Row.record("a", "c")),
            result: .refused(
                .parentCycle,
                "parent c would create cycle to a: from child to parent, a -> c -> b -> a")),
        Row(
            words: "move c from b to a: accepted", before: chain,
            step: .redefine(Row.record("c", "a")), result: .graph("a b<-a c<-a *c")),
        Row(
            words: "move b: children follow", before: chain + Row.created("d"),
            step: .redefine(Row.record("c", "a")), result: .graph("a b<-a c<-a d<-c *d")),
        Row(
            words: "parent dropped: becomes a second root", before: chain,
            step: .redefine(Row.record("b")), result: .graph("a b c<-b *c"), checkpoint: "b",
            printsNot: ["<parent>"]),
        Row(
            words: "<domain> with another UUID", step: .redefine(Row.record("x", nil, foreign)),
            result: .refused(
                .foreignDomain, "definition for checkpoint x must use uuid \(Row.uuid)")),
        Row(
            words: "<domain> with another name and the same UUID: accepted",
            step: .redefine(Row.record("x", nil, CheckpointText.guest("other"))),
            result: .graph("x *x"), prints: ["<name>other</name>"]),
        Row(
            words: "<domain> given, unknown disk",
            step: .redefine(record("<disk name='vdz'/>", Row.guest)),
            result: .refused(.noSuchDisk, "no disk named 'vdz'")),
        Row(
            words: "<domain> given, disk twice",
            step: .redefine(record("<disk name='vda'/><disk name='/img/vda.qcow2'/>", Row.guest)),
            result: .refused(.duplicateDisk, "specified twice")),
        Row(
            words: "<domain> given: disks aligned to it, missing ones no",
            step: .redefine(record("<disk name='/img/vdb.qcow2'/>", Row.guest)),
            result: .graph("x *x"), disks: "vda=no vdb=x"),
        Row(
            words: "<domain> given, no <disks>: as on create",
            step: .redefine(Row.record("x", nil, Row.readOnlyGuest)), result: .graph("x *x"),
            disks: "vda=x vdb=no hda=no"),
        Row(
            words: "<domain> given, too many",
            step: .redefine(
                record("<disk name='vda'/><disk name='vdb'/><disk name='vdc'/>", Row.guest)),
            result: .refused(.tooManyDisks, "too many disk checkpoint requests for domain")),
        Row(
            words: "<domain> given, read-only disk asked for",
            step: .redefine(record("<disk name='vdb'/>", Row.readOnlyGuest)),
            result: .refused(.diskNotWritable, "disk 'vdb' is empty or readonly")),
        Row(
            words: "no <domain>: disks kept as given, only bitmap names filled in; unknown pass",
            step: .redefine(
                record(
                    "<disk name='vdz'/><disk name='vda' checkpoint='no'/>"
                        + "<disk name='/img/vdb.qcow2' bitmap='y'/>", "")),
            result: .graph("x *x"), disks: "vdz=x vda=no /img/vdb.qcow2=y",
            printsNot: ["<domain "]),
        Row(
            words: "no <domain>, disk twice: ours, refused",
            step: .redefine(record("<disk name='vda'/><disk name='vda'/>", "")),
            result: .refused(.duplicateDisk, "disk 'vda' specified twice")),
        Row(
            words: "existing checkpoint: replaced whole, <domain> gone if not given",
            before: Row.created("a", "x") + [
                .redefine(Row.record("x", "a", "<description>old</description>" + Row.guest)),
                .create(Row.document("<name>b</name>")),
            ],
            step: .redefine(
                CheckpointText.document("x", parent: "a", time: 7, disks: "")),
            result: .graph("a x<-a b<-x *b"), disks: "",
            prints: ["<creationTime>7</creationTime>"],
            printsNot: ["<description>", "<disk", "<domain "]),
        Row(
            words: "bitmap name differs: accepted",
            step: .redefine(record("<disk name='vda' bitmap='y'/>", Row.guest)),
            result: .graph("x *x"), disks: "vda=y vdb=no"),
        Row(
            words: "raw disk: accepted", step: .redefine(Row.record("x", nil, Row.rawGuest)),
            result: .graph("x *x"), disks: "vda=x vdb=x"),
        Row(
            words: "size attribute: dropped",
            step: .redefine(record("<disk name='vda' size='65536'/>", "")),
            result: .graph("x *x"), prints: ["<disk name='vda' checkpoint='bitmap' bitmap='x'/>"],
            printsNot: ["size"]),
    ]

    private static func record(_ disks: String, _ domain: String) -> String {
        CheckpointText.document("x", extra: domain, disks: "<disks>\(disks)</disks>")
    }

    @Test("redefine, row by row", arguments: rows)
    func row(_ row: Row) async throws { try await row.run() }

    @Test(
        "creationTime -5, abc, 1.5, empty, over 2^63-1: error",
        arguments: ["-5", "abc", "1.5", "", "9223372036854775808", "+7", " 7", "0x7"])
    func times(time: String) async throws {
        let text = "<name>x</name><creationTime>\(time)</creationTime>"
        try await Row(
            words: time, step: .redefine(Row.document(text)),
            result: .refused(.invalidXML, "is not a time: <creationTime> holds the seconds since")
        ).run()
    }
}
