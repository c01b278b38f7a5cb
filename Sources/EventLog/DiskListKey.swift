import Moments

/// A key that is the same for lists of disks that differ only in their checkpoints' names: a bitmap
/// named after its checkpoint has its own code.
struct DiskListKey: Hashable {
    private var bytes: [UInt8] = []

    init(_ checkpoint: ParsedCheckpoint) {
        bytes.reserveCapacity(16 * checkpoint.disks.count)
        // No text of a line contains a byte below space.
        for disk in checkpoint.disks {
            bytes.append(contentsOf: disk.name.bytes)
            bytes.append(disk.mode == .bitmap ? 1 : 2)
            if let bitmap = disk.bitmap {
                if bitmap == checkpoint.name {
                    bytes.append(3)
                } else {
                    bytes.append(4)
                    bytes.append(contentsOf: bitmap.bytes)
                }
            }
            bytes.append(0)
        }
    }

    static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
