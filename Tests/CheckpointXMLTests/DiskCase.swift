import Moments

/// A disk of a definition and what libvirt 9.0's test driver takes it for: by which
/// names a checkpoint can ask for it, and whether the answer is that it is empty or
/// read-only.
struct DiskCase: Sendable, CustomStringConvertible {
    let description: String
    let xml: String
    let expected: DomainDisk

    private init(
        _ description: String, _ attributes: String, _ children: String,
        target: String = "vda", _ source: String? = nil, format: String = "raw",
        isReadOnly: Bool = false, isEmpty: Bool = false,
        storage: DomainDisk.Storage = .path, offset: Int64? = nil, isTransient: Bool = false,
        servers: [String] = []
    ) {
        self.description = description
        xml = "<disk \(attributes)>\(children)<target dev='\(target)'/></disk>"
        let prefix = target.hasPrefix("ioemu:") ? "ioemu:".count : 0
        expected = DomainDisk(
            target: String(target.dropFirst(prefix)), source: source, format: format,
            isReadOnly: isReadOnly, isEmpty: isEmpty, storage: storage, offset: offset,
            isTransient: isTransient, servers: servers)
    }

    static let all = kinds + types + empties + children

    private static let kinds = [
        DiskCase("no type, no kind", "", "<source file='/a'/>", "/a"),
        DiskCase("disk", "device='disk'", "<source file='/a'/>", "/a"),
        DiskCase(
            "floppy", "device='floppy'", "<source file='/f'/>", target: "fda", "/f"),
        DiskCase(
            "CD", "device='cdrom'", "<source file='/i'/>", target: "hdc", "/i", isReadOnly: true),
        DiskCase(
            "LUN", "type='block' device='lun'", "<source dev='/dev/s'/>", target: "sda", "/dev/s"),
        DiskCase(
            "read-only", "", "<source file='/a'/><readonly/>", "/a", isReadOnly: true),
        DiskCase("read-only in a namespace", "", "<x:readonly xmlns:x='u'/>", isEmpty: true),
        DiskCase("old Xen target", "", "<source file='/a'/>", target: "ioemu:hda", "/a"),
    ]

    private static let types = [
        DiskCase("file", "type='file'", "<source file='/a'/>", "/a"),
        DiskCase("block", "type='block'", "<source dev='/dev/a'/>", "/dev/a"),
        DiskCase("folder", "type='dir'", "<source dir='/d'/>", "/d"),
        DiskCase(
            "network, relative", "type='network'",
            "<source protocol='rbd' name='pool/img'><host name='h'/></source>", "pool/img",
            storage: .network(protocol: "rbd"), servers: ["h"]),
        DiskCase(
            "network, absolute", "type='network'",
            "<source protocol='nbd' name='/x/y'><host name='h'/></source>", "/x/y",
            storage: .network(protocol: "nbd"), servers: ["h"]),
        DiskCase(
            "network with a query", "type='network'",
            "<source protocol='https' name='/x/y' query='a=b'/>", "/x/y",
            storage: .network(protocol: "https")),
        DiskCase(
            "network without name", "type='network'", "<source protocol='nbd'/>",
            storage: .network(protocol: "nbd")),
        DiskCase(
            "volume", "type='volume'", "<source pool='p' volume='v'/>",
            storage: .volume(pool: "p", name: "v")),
        DiskCase(
            "NVMe", "type='nvme'", "<source type='pci' managed='yes' namespace='1'/>",
            storage: .other("nvme")),
        DiskCase(
            "vhost-user", "type='vhostuser'", "<source type='unix' path='/s.sock'/>",
            storage: .other("vhostuser")),
        DiskCase(
            "a slice of a file", "type='file'",
            "<source file='/a'><slices><slice type='storage' offset='512' size='1'/></slices>"
                + "</source>", "/a", offset: 512),
        DiskCase(
            "a slice of a backing image", "type='file'",
            "<source file='/a'/><backingStore type='file'><source file='/b'><slices>"
                + "<slice type='storage' offset='512'/></slices></source></backingStore>", "/a"),
        DiskCase(
            "transient", "type='file'", "<source file='/a'/><transient/>", "/a",
            isTransient: true),
    ]

    private static let empties = [
        DiskCase(
            "empty CD", "device='cdrom'", "", target: "hdc", isReadOnly: true, isEmpty: true),
        DiskCase("file without source", "type='file'", "", isEmpty: true),
        DiskCase("block without source", "type='block'", "", isEmpty: true),
        DiskCase("folder without source", "type='dir'", "", isEmpty: true),
        DiskCase("network without source", "type='network'", "", isEmpty: true),
        DiskCase("volume without source", "type='volume'", "", isEmpty: true),
        DiskCase("NVMe without source", "type='nvme'", "", isEmpty: true),
        DiskCase("vhost-user without source", "type='vhostuser'", "", isEmpty: true),
        DiskCase("file without path", "", "<source startupPolicy='optional'/>", isEmpty: true),
        DiskCase("file with an empty path", "", "<source file=''/>", isEmpty: true),
        DiskCase("file with a device", "", "<source dev='/a'/>", isEmpty: true),
        DiskCase("block with a file", "type='block'", "<source file='/a'/>", isEmpty: true),
        DiskCase(
            "network without protocol", "type='network'", "<source name='/x'/>", "/x",
            isEmpty: true, storage: .network(protocol: "")),
    ]

    private static let children = [
        DiskCase("qcow2", "", "<driver type='qcow2'/><source file='/a'/>", "/a", format: "qcow2"),
        DiskCase("a driver without format", "", "<driver name='qemu'/><source file='/a'/>", "/a"),
        DiskCase("an empty format", "", "<driver type=''/><source file='/a'/>", "/a"),
        DiskCase("the early name of raw", "", "<driver type='aio'/><source file='/a'/>", "/a"),
        DiskCase(
            "two of each", "",
            "<driver type='qcow2'/><driver type='qed'/><source file='/a'/><source file='/b'/>",
            "/a", format: "qcow2"),
        DiskCase("a source in a namespace", "", "<x:source xmlns:x='u' file='/a'/>", isEmpty: true),
        DiskCase(
            "a backing image before the source", "",
            "<backingStore type='file'><driver type='qcow2'/><source file='/b'/><readonly/>"
                + "</backingStore><source file='/a'/>", "/a"),
        DiskCase(
            "a backing image alone", "",
            "<backingStore type='file'><source file='/b'/></backingStore>", isEmpty: true),
        DiskCase(
            "a mirror", "",
            "<mirror type='file' job='copy'><format type='qcow2'/><source file='/m'/></mirror>"
                + "<source file='/a'/>", "/a"),
        DiskCase(
            "escapes", "", "<source file='/a&amp;b&#x20;&lt;c&gt;&quot;'/>", "/a&b <c>\""),
    ]
}
