import Momentlog

/// A guest of a hypervisor that is made up: it prints what libvirt would.
struct Guest: Sendable {
    let number: Int

    var name: String { "guest\(number)" }

    /// What the store calls it by.
    var reference: DomainReference { DomainReference(name) }

    /// What `virsh dumpxml --inactive --security-info` prints.
    var definition: String {
        let digits = String(number)
        let uuid =
            "6d6f6d65-6e74-4c6f-8067-" + String(repeating: "0", count: 12 - digits.count) + digits
        return """
            <domain type='kvm'><name>\(name)</name><uuid>\(uuid)</uuid><devices>\
            <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>\
            <source file='/var/lib/libvirt/images/\(name).qcow2'/><target dev='vda' bus='virtio'/>\
            </disk></devices></domain>
            """
    }

    /// Makes a checkpoint, and returns what `virsh checkpoint-dumpxml --security-info` prints of
    /// it.
    func makeCheckpoint(night: Int) -> String {
        let parent = night > 1 ? "<parent><name>night\(night - 1)</name></parent>" : ""
        return """
            <domaincheckpoint><name>night\(night)</name>\(parent)\
            <creationTime>\(1_700_000_000 + night * 86_400)</creationTime>\
            <disks><disk name='vda' checkpoint='bitmap' bitmap='night\(night)'/></disks>\
            \(definition)</domaincheckpoint>
            """
    }
}
