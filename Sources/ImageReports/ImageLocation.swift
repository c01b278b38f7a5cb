import Foundation
import Moments

/// The location of an image, as far as a name in QEMU's syntax states it: what two names of one
/// image have in common.
///
/// Source: "Device URL syntax" in <https://www.qemu.org/docs/master/system/invocation.html>, and
/// `BlockdevOptions` in <https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html>.
enum ImageLocation: Hashable {
    /// A file or a device, and the offset of the image in it, in bytes.
    case path([UInt8], offset: Int64)
    /// A name on a protocol's server.
    case network(protocol: String, name: [UInt8])
    /// Another location, identified by its name alone.
    case other([UInt8])

    /// Reads the location from a name.
    ///
    /// - Complexity: O(*n*) in the name.
    init(named name: String) { self = ImageName(name).location }

    /// The location of a disk; nil if its definition does not state it.
    init?(of disk: DomainDisk) {
        switch disk.storage {
        case .path:
            guard let source = disk.source else { return nil }
            self = .path(Array(source.utf8), offset: disk.offset ?? 0)
        case .network(let name):
            self = .network(
                protocol: name, name: Array(ImageName.relative(disk.source ?? "").utf8))
        case .volume, .other: return nil
        }
    }
}

/// The parts of an image's name in QEMU's syntax.
struct ImageName {
    let location: ImageLocation

    /// The file's path; the name itself if it has none.
    let path: String

    /// Whether the path alone names the image.
    let isPlain: Bool

    /// The host or socket of a network image's server, if the name states it.
    private(set) var server: String?

    init(_ name: String) {
        if name.hasPrefix("json:"), let options = ImageOptions(json: name.dropFirst(5)) {
            self = Self(options, name)
        } else {
            self = Self(text: name)
        }
    }

    private init(_ location: ImageLocation, path: String, isPlain: Bool) {
        self.location = location
        self.path = path
        self.isPlain = isPlain
    }

    private init(_ options: ImageOptions, _ name: String) {
        if let file = options.innermost("filename") {
            let inner = Self(text: file)
            if case .path(let bytes, _) = inner.location {
                let offset = options.innermost("offset").flatMap { Int64($0) } ?? 0
                self.init(
                    .path(bytes, offset: offset), path: inner.path,
                    isPlain: options.isPlainFile)
            } else {
                self.init(inner.location, path: name, isPlain: false)
            }
            return
        }
        let driver = options.innermost("driver") ?? ""
        let served: String? =
            switch driver {
            case "nbd": options.innermost("export") ?? ""
            case "rbd": options.joined("pool", "image")
            case "gluster": options.joined("volume", "path")
            case "iscsi": options.joined("target", "lun")
            case "http", "https", "ftp", "ftps": options.innermost("url").map { Self.served($0) }
            case "ssh", "nfs": options.innermost("path")
            default: nil
            }
        self.init(
            served.map {
                .network(protocol: driver, name: Array(Self.relative($0).utf8))
            } ?? .other(Array(name.utf8)), path: name, isPlain: false)
        server = options.server ?? options.innermost("url").flatMap { Self.authority($0) }
    }

    /// Reads a name that is not an object of options.
    private init(text name: String) {
        func path(_ path: Substring) -> Self {
            Self(.path(Array(path.utf8), offset: 0), path: String(path), isPlain: true)
        }
        for scheme in ["file:", "host_device:"] where name.hasPrefix(scheme) {
            let rest = name.dropFirst(scheme.count)
            self = path(rest.hasPrefix("///") ? rest.dropFirst(2) : rest)
            return
        }
        // Before any slash: a file name may contain a colon after one.
        guard let colon = name.firstIndex(of: ":"),
            !name[..<colon].contains("/"),
            let scheme = Self.scheme(name[..<colon])
        else {
            self = path(name[...])
            return
        }
        let rest = name[name.index(after: colon)...]
        let served: String
        if rest.hasPrefix("//") {
            served = Self.served(name)
        } else if scheme == "nbd" {
            served = rest.components(separatedBy: ":exportname=").dropFirst().first ?? ""
        } else {
            // rbd:POOL/IMAGE@SNAPSHOT:OPTION=VALUE
            served = String(rest.prefix { $0 != ":" && $0 != "@" })
        }
        self.init(
            .network(protocol: scheme, name: Array(Self.relative(served).utf8)), path: name,
            isPlain: true)
        if rest.hasPrefix("//") {
            server = Self.authority(name)
        } else if scheme == "nbd" {
            // nbd:unix:SOCKET or nbd:HOST:PORT
            let isSocket = rest.hasPrefix("unix:")
            let address = isSocket ? rest.dropFirst(5) : rest
            server = String(address.prefix { $0 != ":" })
        }
    }

    /// Returns the host of a URL, or the socket in its query.
    private static func authority(_ url: String) -> String? {
        guard let components = URLComponents(string: url) else { return nil }
        let socket = components.queryItems?.first { $0.name == "socket" }?.value
        let host = socket ?? components.host
        return host?.isEmpty == false ? host : nil
    }

    /// Returns the protocol of a scheme such as `gluster+tcp`; nil if QEMU has none of that name.
    private static func scheme(_ text: Substring) -> String? {
        let name = String(text.prefix { $0 != "+" }).lowercased()
        let known: Set = [
            "nbd", "ssh", "http", "https", "ftp", "ftps", "rbd", "gluster", "iscsi", "nfs",
            "sheepdog", "vxhs",
        ]
        return known.contains(name) ? name : nil
    }

    /// Returns the name on the server in a URL.
    private static func served(_ url: String) -> String {
        guard let start = url.range(of: "://")?.upperBound else { return url }
        let rest = url[start...].prefix { $0 != "?" && $0 != "#" }
        guard let slash = rest.firstIndex(of: "/") else { return "" }
        let name = String(rest[rest.index(after: slash)...])
        return name.removingPercentEncoding ?? name
    }

    /// Returns a name without the leading slash that only some notations have.
    static func relative(_ name: String) -> String {
        name.hasPrefix("/") ? String(name.dropFirst()) : name
    }
}

/// The options of an image's name, `file` in `file` resolved.
private struct ImageOptions {
    /// By their dotted names, without those of layers above the innermost.
    private var values: [String: String] = [:]
    /// The number of layers below the outermost.
    private var depth = 0

    /// - Returns: Nil if the text is not a JSON object.
    init?(json: Substring) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            var layer = object as? [String: Any]
        else { return nil }
        // Options of other layers may be flat: "file.filename".
        let maximumDepth = 64
        for layers in 0..<maximumDepth {
            // Longer names belong to inner layers.
            for (key, value) in layer.sorted(by: { $0.key.count < $1.key.count }) {
                let text = (value as? String) ?? (value as? NSNumber)?.stringValue
                if let text { values[Self.last(key)] = text }
                if key.hasPrefix("file.") {
                    depth = max(depth, layers + key.components(separatedBy: "file.").count - 1)
                }
            }
            let address = layer["server"] as? [String: Any] ?? layer
            if let host = address["host"] as? String {
                server = host
            } else if address["type"] as? String == "unix" {
                server = address["path"] as? String
            }
            guard let next = layer["file"] as? [String: Any] else { return }
            depth = max(depth, layers + 1)
            layer = next
        }
    }

    /// Returns the value of the innermost layer that has one.
    func innermost(_ key: String) -> String? { values[key] }

    /// The host or socket that an object `server`, or the options themselves, name.
    private(set) var server: String?

    func joined(_ first: String, _ second: String) -> String? {
        guard let first = values[first], let second = values[second] else { return nil }
        return first + "/" + ImageName.relative(second)
    }

    /// Whether the path of the innermost file is sufficient: the image is not a part of a file, and
    /// no layer is between the format and the file.
    var isPlainFile: Bool { values["offset"] == nil && values["size"] == nil && depth <= 1 }

    /// Returns the option's own name, without the layers before it.
    private static func last(_ key: String) -> String {
        var key = Substring(key)
        while key.hasPrefix("file.") { key = key.dropFirst("file.".count) }
        return String(key)
    }
}
