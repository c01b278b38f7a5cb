import ArgumentParser
import Momentlog
import Moments

/// A disk as an argument: `NAME[,checkpoint=no|bitmap][,bitmap=NAME]`, with a comma in a name
/// written twice.
///
/// Source: `--diskspec` in <https://libvirt.org/manpages/virsh.html#checkpoint-create-as>.
struct DiskSpec: Sendable {
    let disk: Disk

    init(_ text: String) throws(ValidationError) {
        var fields = Self.fields(text)
        let name = fields.removeFirst()
        guard !name.isEmpty else {
            throw ValidationError(
                "--disk '\(text)' names no disk; it is like vda,checkpoint=bitmap")
        }
        var disk = Disk(name: name)
        for field in fields {
            let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.dropFirst().first) {
            case ("checkpoint", let value?):
                guard let mode = Disk.Mode(rawValue: value) else {
                    throw ValidationError(
                        "--disk '\(text)' has checkpoint=\(value); allowed: no, bitmap")
                }
                disk.mode = mode
            case ("bitmap", let value?):
                disk.bitmap = value
            default:
                throw ValidationError(
                    "--disk '\(text)' has '\(field)'; allowed: checkpoint=no, checkpoint=bitmap,"
                        + " bitmap=NAME")
            }
        }
        guard disk.mode == .bitmap || disk.bitmap == nil else {
            throw ValidationError("--disk '\(text)': a disk with checkpoint=no has no bitmap")
        }
        self.disk = disk
    }

    /// Returns the fields between single commas; two commas are one literal comma.
    private static func fields(_ text: String) -> [String] {
        var fields = [""]
        var rest = text[...]
        while let character = rest.popFirst() {
            if character != "," {
                fields[fields.count - 1].append(character)
            } else if rest.first == "," {
                rest.removeFirst()
                fields[fields.count - 1].append(",")
            } else {
                fields.append("")
            }
        }
        return fields
    }
}
