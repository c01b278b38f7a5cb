/// A libvirt that was observed: its location and version.
public struct LibvirtConnection: Sendable, Hashable {
    /// The connection URI, as libvirt states it.
    public var uri: String

    /// The name of its host.
    public var host: String

    /// Its version, such as `9.0.0`.
    public var version: String

    /// Creates a connection's description.
    public init(uri: String, host: String, version: String) {
        self.uri = uri
        self.host = host
        self.version = version
    }

    /// The origin of events that are recorded from it.
    public var origin: Origin { .live(uri: uri, host: host, libvirt: version) }

    /// Returns whether two connections reach the same libvirt: the host and the path in the URIs
    /// are the same, and neither URI names a socket that the other does not. A URI such as
    /// `qemu:///system` is valid on every host.
    ///
    /// - Complexity: O(*n*) in the URIs.
    public func isSamePlace(as other: LibvirtConnection) -> Bool {
        host == other.host && Self.path(in: uri) == Self.path(in: other.uri)
            && Self.socket(in: uri) == Self.socket(in: other.uri)
    }

    /// Returns the path of a URI, which names the daemon: `/system`, `/session`.
    private static func path(in uri: String) -> Substring {
        let address = uri.split(separator: "?", maxSplits: 1).first ?? ""
        let parts = address.split(
            separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count > 3 ? parts[3] : ""
    }

    /// Returns the socket that a URI names; a read-only socket counts as the other one, without its
    /// suffix `-ro`.
    private static func socket(in uri: String) -> Substring? {
        let parameters = uri.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        for parameter in parameters.split(separator: "&") where parameter.hasPrefix("socket=") {
            return parameter.hasSuffix("-ro") ? parameter.dropLast(3) : parameter
        }
        return nil
    }
}
