/// The documents of a chain of checkpoints, the same for both sides.
struct Documents {
    let count: Int

    static let definition = """
        <domain type='test'><name>vm</name><uuid>11111111-2222-3333-4444-000000000001</uuid>\
        <memory>1024</memory><os><type>hvm</type></os><devices><disk type='file' device='disk'>\
        <driver name='qemu' type='qcow2'/><source file='/images/vda.qcow2'/><target dev='vda'/>\
        </disk></devices></domain>
        """

    var names: [String] { (0..<count).map { "nightly-\($0)" } }

    var all: [String] {
        names.enumerated().map { index, name in
            let parent = index == 0 ? "" : "<parent><name>nightly-\(index - 1)</name></parent>"
            return "<domaincheckpoint><name>\(name)</name>\(parent)"
                + "<creationTime>\(1_700_000_000 + index)</creationTime><disks>"
                + "<disk name='vda' checkpoint='bitmap' bitmap='\(name)'/></disks>"
                + "</domaincheckpoint>"
        }
    }
}
