import Foundation
import Glibc

/// The name of an image in QEMU's syntax: a path, `PROTOCOL:…`, or `json:` and an object.
///
/// Source: "Device URL syntax" in <https://www.qemu.org/docs/master/system/invocation.html>.
struct ImageName {
    /// The name in QEMU's syntax.
    let text: String
    /// The local files in it.
    private(set) var paths: [String] = []
    /// Whether it consists of local files only.
    private(set) var isLocal = true

    /// A name in an image's header, which is in QEMU's syntax.
    init(qemu text: String) {
        self.text = text
        if let options = Self.after("json:", in: text) {
            readOptions(options)
        } else {
            readFileName(text)
        }
    }

    /// Reads a name that an operator gave: a path, unless it is in QEMU's syntax and no file has
    /// it.
    init(given text: String) {
        let isOfQEMU =
            text.hasPrefix("json:") || text.contains("://")
            || Self.protocolName(in: text).map(Self.protocols.contains) == true
        guard isOfQEMU, access(text, F_OK) != 0 else {
            // QEMU would treat the part before a colon as a protocol.
            let isTaken = Self.protocolName(in: text) != nil || text.hasPrefix("-")
            self.init(qemu: isTaken ? "./" + text : text)
            return
        }
        self.init(qemu: text)
    }

    /// Returns a reason why the image must not be opened: nil if there is none. A missing file is
    /// left to qemu-img.
    var obstacle: String? {
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            let kind: String
            switch status.st_mode & S_IFMT {
            case S_IFREG, S_IFBLK: continue
            case S_IFIFO: kind = "a FIFO"
            case S_IFSOCK: kind = "a socket"
            case S_IFCHR: kind = "a character device"
            case S_IFDIR: kind = "a folder"
            default: kind = "a special file"
            }
            return "'\(path)' is \(kind)"
        }
        return nil
    }

    /// A value that is the same for two names of one image.
    var identity: String {
        var status = stat()
        // Two names with options may be of different parts of a file.
        guard isLocal, !text.hasPrefix("json:"), paths.count == 1, stat(paths[0], &status) == 0
        else { return text }
        return "\(status.st_dev):\(status.st_ino)"
    }

    /// The protocols that QEMU knows by a prefix, except those of local files.
    private static let protocols: Set<String> = [
        "blkdebug", "blkverify", "fat", "ftp", "ftps", "gluster", "gluster+rdma", "gluster+tcp",
        "gluster+unix", "host_cdrom", "host_device", "http", "https", "iscsi", "iser", "nbd",
        "nbd+tcp", "nbd+unix", "nfs", "null-aio", "null-co", "nvme", "rbd", "sheepdog",
        "sheepdog+tcp", "sheepdog+unix", "ssh", "tftp", "vxhs", "file",
    ]

    /// The drivers that read only local files. Others may use the network.
    private static let localDrivers: Set<String> = [
        "bochs", "cloop", "compress", "copy-on-read", "dmg", "file", "host_device", "luks",
        "parallels", "preallocate", "qcow", "qcow2", "qed", "raw", "throttle", "vdi", "vhdx",
        "vmdk", "vpc",
    ]

    /// Returns the part that QEMU treats as a protocol: everything before a colon that comes before
    /// any slash.
    private static func protocolName(in text: String) -> String? {
        let bytes = text.utf8
        guard let end = bytes.firstIndex(where: { $0 == 0x3A || $0 == 0x2F }), bytes[end] == 0x3A
        else { return nil }
        return String(text[..<end])
    }

    private static func after(_ prefix: String, in text: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }

    private mutating func readFileName(_ name: String) {
        switch Self.protocolName(in: name) {
        case nil: paths.append(name)
        case "file": paths.append(String(name.dropFirst("file:".count)))
        case "host_device": paths.append(String(name.dropFirst("host_device:".count)))
        default: isLocal = false
        }
    }

    /// Reads `json:` options, nested or with keys like `file.driver`.
    private mutating func readOptions(_ text: String) {
        guard text.utf8.count <= 1 << 16,
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
            let options = object as? [String: Any]
        else {
            isLocal = false
            return
        }
        var rest = [options]
        while let next = rest.popLast() {
            for (key, value) in next {
                if let object = value as? [String: Any] {
                    rest.append(object)
                } else if let text = value as? String {
                    readOption(key.split(separator: ".").last.map(String.init) ?? key, text)
                } else if value is [Any] {
                    // Of a quorum, or of servers.
                    isLocal = false
                }
            }
        }
    }

    private mutating func readOption(_ key: String, _ value: String) {
        switch key {
        case "driver": if !Self.localDrivers.contains(value) { isLocal = false }
        case "filename": readFileName(value)
        // Nodes by their names, which qemu-img does not have.
        case "file", "backing", "data-file": isLocal = false
        default: break
        }
    }
}
