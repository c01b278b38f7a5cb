/// Aligns a document's disks with the domain's disks: one entry for each of these, in their order,
/// by target.
///
/// Source: `virDomainCheckpointAlignDisks`, as observed in libvirt 9.0.
package struct DiskAlignment {
    let domainDisks: [DomainDisk]

    /// Creates the alignment with a domain's disks.
    package init(domainDisks: [DomainDisk]) { self.domainDisks = domainDisks }

    /// Returns the disks of a checkpoint.
    ///
    /// - Parameters:
    ///   - given: The document's disks; empty for all disks that can be written.
    ///   - checkpoint: The checkpoint's name, which is the bitmap's name by default.
    /// - Throws: ``MomentlogError`` with `too-many-disks`, `no-disks`, `no-such-disk`,
    ///   `duplicate-disk` or `disk-not-writable`; with `invalid-xml` if the domain has a disk whose
    ///   target is not allowed in a checkpoint's document.
    /// - Complexity: O(*n*) expected, in all disks.
    package func aligned(_ given: [Disk], of checkpoint: CheckpointName) throws(MomentlogError)
        -> [Disk]
    {
        guard given.count <= domainDisks.count else {
            throw .tooManyDisks(given.count, domainDisks.count, checkpoint)
        }
        guard !domainDisks.isEmpty else { throw .noDisks(checkpoint) }
        if let disk = domainDisks.first(where: { !DiskTarget.isValid($0.target) }) {
            throw .diskTarget(disk.target, checkpoint)
        }
        let places = Places(domainDisks)
        var asked: [Int: Disk] = [:]
        for disk in given {
            let place = try places.place(of: disk.name, in: domainDisks, checkpoint)
            guard asked.updateValue(disk, forKey: place) == nil else {
                throw .duplicateDisk(disk.name, target: domainDisks[place].target, checkpoint)
            }
            guard domainDisks[place].isWritable || disk.mode == .no else {
                throw .diskNotWritable(disk.name, domainDisks[place], checkpoint)
            }
        }
        return domainDisks.enumerated().map { place, domainDisk in
            var disk = asked[place] ?? Disk(name: domainDisk.target, mode: .no)
            disk.name = domainDisk.target
            if given.isEmpty && domainDisk.isWritable { disk.mode = .bitmap }
            return disk.withBitmapName(checkpoint)
        }
    }

    /// The index of each disk, by target and by source.
    private struct Places {
        // By their bytes: texts that Swift treats as equal may name different files.
        private var byTarget: [[UInt8]: Int] = [:]
        private var bySource: [[UInt8]: [Int]] = [:]

        init(_ disks: [DomainDisk]) {
            for (place, disk) in disks.enumerated() {
                let target = Array(disk.target.utf8)
                if byTarget[target] == nil { byTarget[target] = place }
                if let source = disk.source {
                    bySource[Array(source.utf8), default: []].append(place)
                }
            }
        }

        func place(
            of name: String, in disks: [DomainDisk], _ checkpoint: CheckpointName
        ) throws(MomentlogError) -> Int {
            guard name.hasPrefix("/") else {
                if let place = byTarget[Array(name.utf8)] { return place }
                throw .noSuchDisk(name, among: disks, checkpoint)
            }
            let found = bySource[Array(name.utf8)] ?? []
            guard let place = found.first else {
                throw .noSuchDisk(name, among: disks, checkpoint)
            }
            guard found.count == 1 else {
                throw .ambiguousDisk(name, found.map { disks[$0].target }, checkpoint)
            }
            return place
        }
    }
}

extension Disk {
    /// Returns the disk with an explicit bitmap name: by default, the checkpoint's.
    func withBitmapName(_ checkpoint: CheckpointName) -> Disk {
        var disk = self
        if disk.mode == .bitmap && disk.bitmap == nil { disk.bitmap = checkpoint.text }
        return disk
    }
}
