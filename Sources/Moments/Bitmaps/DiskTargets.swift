/// The targets of a domain's disks, which checkpoints may name by the paths of their sources.
struct DiskTargets {
    private var targetOfSource: [[UInt8]: String] = [:]
    /// Nil if the domain's definition is not known.
    private var disks: [[UInt8]: DomainDisk]?

    /// - Complexity: O(*n*) expected in the disks.
    init(_ disks: [DomainDisk]?) {
        guard let disks else { return }
        self.disks = Dictionary(
            disks.map { (Array($0.target.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        for disk in disks {
            // The name of a network disk is not a path, and may be another disk's target.
            guard let source = disk.source, disk.isPath else { continue }
            targetOfSource[Array(source.utf8)] = disk.target
        }
    }

    /// Returns the target of a disk that is named by its target or by its source's path.
    func target(of name: String) -> String {
        let key = Array(name.utf8)
        if disks?[key] != nil { return name }
        return targetOfSource[key] ?? name
    }

    /// Returns whether the domain's definition is known and has no such disk.
    func isGone(_ name: String) -> Bool {
        disks.map { $0[Array(target(of: name).utf8)] == nil } ?? false
    }

    /// Returns the disk of that name in the domain's definition; nil if that is not known.
    func disk(_ name: String) -> DomainDisk? { disks?[Array(target(of: name).utf8)] }
}
