import Moments

/// The disks of a domain, gathered while its definition is parsed.
///
/// Source: `devices/disk` in <https://libvirt.org/formatdomain.html>; which of them
/// counts as empty or read-only was observed in libvirt 9.0.
struct DomainDisks {
    /// The disks that have a target, in libvirt's order.
    var disks: [DomainDisk] { order.disks }

    private var order = DiskOrder()
    private var isInDevices = false
    private var disk: OpenDisk?

    /// Returns whether the elements in it are reported here.
    ///
    /// - Parameter depth: 1 for `<domain>` itself.
    mutating func start(_ element: SAXElement, depth: Int) -> Bool {
        switch depth {
        case 1: return true
        case 2:
            isInDevices = element.isNamed("devices")
            return isInDevices
        case 3 where isInDevices && element.isNamed("disk"):
            disk = OpenDisk(element)
            return true
        case 4:
            // Of deeper elements only the disk's own source matters, and not that of a backing
            // image.
            return disk?.add(element) ?? false
        case 5:
            disk?.add(host: element)
            return element.isNamed("slices")
        case 6:
            disk?.add(slice: element)
        default:
            break
        }
        return false
    }

    mutating func end(depth: Int) {
        guard depth == 3, let ended = disk else { return }
        if let described = ended.described { order.add(described, bus: ended.bus) }
        disk = nil
    }
}

/// A `<disk>` that is not complete yet. Of repeated children the first counts, as in libvirt.
private struct OpenDisk {
    private let type: String
    private let isCD: Bool
    private var target: String?
    private(set) var bus: String?
    private var format: String?
    private var source: Source?
    private var isReadOnly = false
    private var isTransient = false
    private var offset: Int64?
    private var servers: [String] = []

    private struct Source {
        var name: String?
        var storage: DomainDisk.Storage
        /// Whether the medium can be identified.
        var isComplete: Bool
    }

    init(_ disk: SAXElement) {
        type = disk.value("type") ?? "file"
        isCD = disk.value("device") == "cdrom"
    }

    /// Returns whether the elements in it matter.
    mutating func add(_ child: SAXElement) -> Bool {
        if child.isNamed("source") {
            guard source == nil else { return false }
            source = read(source: child)
            return true
        } else if child.isNamed("target") {
            guard target == nil else { return false }
            target = child.value("dev")
            bus = child.value("bus")
        } else if child.isNamed("driver") {
            if format == nil { format = child.value("type") }
        } else if child.isNamed("readonly") {
            isReadOnly = true
        } else if child.isNamed("transient") {
            isTransient = true
        }
        return false
    }

    mutating func add(host: SAXElement) {
        guard host.isNamed("host"), let name = host.value("name") ?? host.value("socket") else {
            return
        }
        servers.append(name)
    }

    mutating func add(slice: SAXElement) {
        guard slice.isNamed("slice"), slice.value("type") == "storage", offset == nil else {
            return
        }
        offset = slice.value("offset").flatMap { Int64($0) }
    }

    private func read(source: SAXElement) -> Source {
        let name: String? =
            switch type {
            case "file": source.value("file")
            case "block": source.value("dev")
            case "dir": source.value("dir")
            case "network": source.value("name")
            default: nil
            }
        let isComplete =
            switch type {
            case "file", "block", "dir": name != nil
            case "network": source.value("protocol") != nil
            case "volume": source.value("pool") != nil
            default: true
            }
        let storage: DomainDisk.Storage =
            switch type {
            case "file", "block", "dir": .path
            case "network": .network(protocol: source.value("protocol") ?? "")
            case "volume":
                .volume(pool: source.value("pool") ?? "", name: source.value("volume") ?? "")
            default: .other(type)
            }
        return Source(name: name, storage: storage, isComplete: isComplete)
    }

    /// The disk; nil if nothing could name it.
    var described: DomainDisk? {
        guard var target else { return nil }
        // libvirt drops the prefix that old Xen tools put before a target.
        if target.hasPrefix("ioemu:") { target.removeFirst("ioemu:".count) }
        // "aio" is those tools' name for raw.
        let format = format == "aio" ? nil : format
        return DomainDisk(
            target: target, source: source?.name, format: format ?? "raw",
            isReadOnly: isReadOnly || isCD, isEmpty: source?.isComplete != true,
            storage: source?.storage ?? .path, offset: offset, isTransient: isTransient,
            servers: type == "network" ? servers : [])
    }
}

extension SAXElement {
    /// Returns the value of an attribute in no namespace; nil if it is missing or empty.
    fileprivate func value(_ name: StaticString) -> String? {
        attribute(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
