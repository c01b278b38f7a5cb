import Moments

extension CheckpointHandler {
    /// Reads a `<disk>` of the checkpoint's own `<disks>`.
    func readDisk(_ element: SAXElement, _ opened: Open) {
        if document.disks.count >= limits.disks {
            add(
                .schema, at: opened.offset, opened.path,
                "more than \(limits.disks) disks are not allowed")
        }
        var name: String?
        var mode: Disk.Mode?
        var bitmap: String?
        var hasSize = false
        element.forEachAttribute { attribute in
            if attribute.isNamed("name") {
                let value = attribute.value
                name = value
                if !DiskName.isValid(value) {
                    let found =
                        value.isEmpty
                        ? "the disk's name is empty"
                        : "\(value.debugDescription) is not a disk's name"
                    add(
                        .schema, at: opened.offset, opened.path + "/@name",
                        "\(found); allowed: \(DiskName.allowed)")
                }
            } else if attribute.isNamed("checkpoint") {
                mode = Disk.Mode(rawValue: attribute.value)
                if mode == nil {
                    add(
                        .schema, at: opened.offset, opened.path + "/@checkpoint",
                        "checkpoint is \(attribute.value.debugDescription); allowed: 'no' or"
                            + " 'bitmap'")
                }
            } else if attribute.isNamed("bitmap") {
                bitmap = attribute.value
            } else if attribute.isNamed("size") {
                // The last known size of the bitmap, which libvirt ignores as well.
                hasSize = true
                if WholeNumber.read(attribute.value) as UInt64? == nil {
                    add(
                        .schema, at: opened.offset, opened.path + "/@size",
                        "size is \(attribute.value.debugDescription), not a number of bytes")
                }
            } else {
                add(
                    .schema, at: opened.offset, opened.path + "/@" + attribute.name,
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
                "a disk with checkpoint='no' has no bitmap, so it has no size")
        }
        document.disks.append(Disk(name: name ?? "", mode: mode ?? .bitmap, bitmap: bitmap))
    }
}
