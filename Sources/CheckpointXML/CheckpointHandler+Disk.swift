import Moments

extension CheckpointHandler {
    /// Takes a `<disk>` of the checkpoint's own `<disks>`.
    func readDisk(_ element: SAXElement, _ opened: Open) {
        if document.disks.count == limits.disks {
            add(
                .schema, at: opened.offset, opened.path,
                "more than \(limits.disks) disks are not allowed")
        }
        var name: String?
        var mode: Disk.Mode?
        var bitmap: String?
        var hasSize = false
        for attribute in element.attributes {
            let path = opened.path + "/@" + attribute.name
            switch (attribute.name, attribute.isQualified) {
            case ("name", false):
                name = attribute.value
                if !DiskName.isValid(attribute.value) {
                    let found =
                        attribute.value.isEmpty
                        ? "the disk's name is empty"
                        : "\(attribute.value.debugDescription) is no disk's name"
                    add(.schema, at: opened.offset, path, "\(found); allowed: \(DiskName.allowed)")
                }
            case ("checkpoint", false):
                mode = Disk.Mode(rawValue: attribute.value)
                if mode == nil {
                    add(
                        .schema, at: opened.offset, path,
                        "checkpoint is \(attribute.value.debugDescription); allowed: 'no' or"
                            + " 'bitmap'")
                }
            case ("bitmap", false):
                bitmap = attribute.value
            case ("size", false):
                // What libvirt last knew of the bitmap's size; it drops it, too.
                hasSize = true
                if WholeNumber.read(attribute.value) as UInt64? == nil {
                    add(
                        .schema, at: opened.offset, path,
                        "size is \(attribute.value.debugDescription), not a number of bytes")
                }
            default:
                add(
                    .schema, at: opened.offset, path,
                    "<disk> has no attribute '\(attribute.name)'; it has name, checkpoint,"
                        + " bitmap, size")
            }
        }
        if name == nil {
            add(.schema, at: opened.offset, opened.path, "<disk> has no attribute 'name'")
        }
        if mode == .no && bitmap != nil {
            add(
                .schema, at: opened.offset, opened.path + "/@bitmap",
                "a disk with checkpoint='no' has no bitmap")
        }
        if mode == .no && hasSize {
            add(
                .schema, at: opened.offset, opened.path + "/@size",
                "a disk with checkpoint='no' has no bitmap, and so no size")
        }
        document.disks.append(Disk(name: name ?? "", mode: mode ?? .bitmap, bitmap: bitmap))
    }
}
