import Momentlog
import Moments
import TestSupport
import Testing

/// The table of what libvirt does on create, as far as it is about disks.
struct CreateDiskTableTests {
    static let rows = [
        Row(
            words: "no <disks>: a bitmap for every writable disk, no for read-only or empty ones",
            guest: Row.readOnlyGuest, step: .create(Row.document("<name>x</name>")),
            result: .graph("x *x"), disks: "vda=x vdb=no hda=no",
            prints: [
                "<disk name='vda' checkpoint='bitmap' bitmap='x'/>",
                "<disk name='vdb' checkpoint='no'/>",
            ]),
        Row(
            words: "<disks> names some: the others become no",
            step: .create(Row.disks("<disk name='vdb'/>")), result: .graph("x *x"),
            disks: "vda=no vdb=x"),
        Row(
            words: "disk by source path: becomes the target name",
            step: .create(Row.disks("<disk name='/img/vdb.qcow2'/>")), result: .graph("x *x"),
            disks: "vda=no vdb=x"),
        Row(
            words: "disk without checkpoint: bitmap; without bitmap: the checkpoint's name",
            step: .create(Row.disks("<disk name='vda'/><disk name='vdb' checkpoint='bitmap'/>")),
            result: .graph("x *x"), disks: "vda=x vdb=x"),
        Row(
            words: "bitmap name as the checkpoint's: accepted",
            step: .create(Row.disks("<disk name='vda' bitmap='x'/>")),
            result: .graph("x *x"), disks: "vda=x vdb=no"),
        Row(
            words: "bitmap name differs from checkpoint name: ours, as qemu",
            step: .create(Row.disks("<disk name='vda' bitmap='y'/>")),
            result: .refused(.bitmapName, "bitmap for disk 'vda' must match checkpoint name 'x'")),
        Row(
            words: "unknown disk", step: .create(Row.disks("<disk name='vdz'/>")),
            result: .refused(.noSuchDisk, "no disk named 'vdz'")),
        Row(
            words: "unknown disk by path", step: .create(Row.disks("<disk name='/img/z'/>")),
            result: .refused(.noSuchDisk, "no disk named '/img/z'")),
        Row(
            words: "disk twice",
            step: .create(Row.disks("<disk name='vda'/><disk name='vda'/>")),
            result: .refused(.duplicateDisk, "disk 'vda' specified twice")),
        Row(
            words: "disk twice, once by target, once by path",
            step: .create(Row.disks("<disk name='vda'/><disk name='/img/vda.qcow2'/>")),
            result: .refused(.duplicateDisk, "disk '/img/vda.qcow2' specified twice")),
        Row(
            words: "more disks than the domain has",
            step: .create(Row.disks("<disk name='vda'/><disk name='vdb'/><disk name='vdc'/>")),
            result: .refused(.tooManyDisks, "too many disk checkpoint requests for domain")),
        Row(
            words: "read-only disk asked for", guest: Row.readOnlyGuest,
            step: .create(Row.disks("<disk name='vdb'/>")),
            result: .refused(.diskNotWritable, "disk 'vdb' is empty or readonly")),
        Row(
            words: "empty disk asked for", guest: Row.readOnlyGuest,
            step: .create(Row.disks("<disk name='hda'/>")),
            result: .refused(.diskNotWritable, "disk 'hda' is empty or readonly")),
        Row(
            words: "read-only or empty disk with no: accepted", guest: Row.readOnlyGuest,
            step: .create(
                Row.disks(
                    "<disk name='vda'/><disk name='vdb' checkpoint='no'/>"
                        + "<disk name='hda' checkpoint='no'/>")),
            result: .graph("x *x"), disks: "vda=x vdb=no hda=no"),
        Row(
            words: "raw disk asked for: ours, as qemu", guest: Row.rawGuest,
            step: .create(Row.disks("<disk name='vdb'/>")),
            result: .refused(
                .unsupportedFormat, "checkpoint for disk vdb unsupported for storage type raw")),
        Row(
            words: "<disks> omitted with a raw disk: ours, as qemu", guest: Row.rawGuest,
            step: .create(Row.document("<name>x</name>")),
            result: .refused(
                .unsupportedFormat, "checkpoint for disk vdb unsupported for storage type raw")),
        Row(
            words: "raw disk left out: accepted", guest: Row.rawGuest,
            step: .create(Row.disks("<disk name='vda'/>")), result: .graph("x *x"),
            disks: "vda=x vdb=no"),
        Row(
            words: "raw disk no: accepted", guest: Row.rawGuest,
            step: .create(Row.disks("<disk name='vda'/><disk name='vdb' checkpoint='no'/>")),
            result: .graph("x *x"), disks: "vda=x vdb=no"),
        Row(
            words: "domain without disks", guest: Row.guest(),
            step: .create(Row.document("<name>x</name>")),
            result: .refused(
                .noDisks, "domain must have at least one disk to perform checkpoints")),
        Row(
            words: "all disks no: accepted",
            step: .create(
                Row.disks("<disk name='vda' checkpoint='no'/><disk name='vdb' checkpoint='no'/>")),
            result: .graph("x *x"), disks: "vda=no vdb=no"),
        Row(
            words: "checkpoint='no' with a bitmap attribute",
            step: .create(Row.disks("<disk name='vda' checkpoint='no' bitmap='x'/>")),
            result: .refused(.invalidXML, "a disk with checkpoint='no' has no bitmap")),
        Row(
            words: "checkpoint='internal'",
            step: .create(Row.disks("<disk name='vda' checkpoint='internal'/>")),
            result: .refused(.invalidXML, "checkpoint is \"internal\"; allowed: 'no' or 'bitmap'")),
        Row(
            words: "empty <disks/>", step: .create(Row.disks("")),
            result: .refused(.invalidXML, "<disks> contains no <disk>")),
    ]

    @Test("create, row by row: disks", arguments: rows)
    func row(_ row: Row) async throws { try await row.run() }
}
