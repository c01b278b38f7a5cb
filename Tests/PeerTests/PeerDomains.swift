/// The guests that both sides have.
enum PeerDomains {
    /// A guest with its disks.
    struct Guest: Sendable {
        let name: String
        let uuid: String
        let disks: String

        var definition: String {
            """
            <domain type='test'><name>\(name)</name><uuid>\(uuid)</uuid><memory>1024</memory>\
            <os><type>hvm</type></os><devices>\(disks)</devices></domain>
            """
        }
    }

    static let all = [
        Guest(
            name: "many", uuid: "11111111-2222-3333-4444-000000000001",
            disks: disk("vda") + disk("vdb") + disk("vdc", extra: "<readonly/>")
                + "<disk type='file' device='cdrom'><target dev='hda'/></disk>"),
        Guest(name: "one", uuid: "11111111-2222-3333-4444-000000000002", disks: disk("vda")),
        Guest(name: "none", uuid: "11111111-2222-3333-4444-000000000003", disks: ""),
    ]

    private static func disk(_ target: String, extra: String = "") -> String {
        "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
            + "<source file='/img/\(target).qcow2'/><target dev='\(target)'/>\(extra)</disk>"
    }
}
