import Foundation

/// The XML of checkpoints that tests make up.
public enum CheckpointText {
    /// A small document.
    public static func document(
        _ name: String, parent: String? = nil, time: Int = 1_700_000_000, extra: String = "",
        disks: String = "<disks><disk name='vda' checkpoint='bitmap'/></disks>"
    ) -> String {
        let parent = parent.map { "<parent><name>\($0)</name></parent>" } ?? ""
        return "<domaincheckpoint><name>\(name)</name>\(parent)"
            + "<creationTime>\(time)</creationTime>\(disks)\(extra)</domaincheckpoint>"
    }

    /// A domain's definition with writable qcow2 disks of these targets.
    public static func guest(
        _ name: String, digit: Character = "a", disks: [String] = ["vda", "vdb"]
    ) -> String {
        let devices = disks.map { target in
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
                + "<source file='/img/\(target).qcow2'/><target dev='\(target)'/></disk>"
        }
        return domain(name, digit: digit).replacingOccurrences(
            of: "</domain>", with: "<devices>\(devices.joined())</devices></domain>")
    }

    /// A domain's definition with a UUID whose digits are all the same.
    public static func domain(_ name: String, digit: Character = "a") -> String {
        let uuid = [8, 4, 4, 4, 12].map { String(repeating: digit, count: $0) }
            .joined(separator: "-")
        return "<domain type='test'><name>\(name)</name><uuid>\(uuid)</uuid></domain>"
    }
}
