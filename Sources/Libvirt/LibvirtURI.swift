public import Moments

/// The rules for connection URIs.
///
/// Source: <https://libvirt.org/uri.html>.
public enum LibvirtURI {
    /// Returns the URI to open, without questions on the terminal.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for a URI that is not one, or that would start a
    ///   hypervisor driver in this process.
    /// - Complexity: O(*n*) in the URI.
    public static func checked(_ uri: String) throws(MomentlogError) -> String {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard rest.count == 2, !rest[0].isEmpty, rest[1].hasPrefix("//"), !uri.utf8.contains(0)
        else {
            throw MomentlogError(
                .usage, "'\(uri)' is not a libvirt connection URI",
                hint: "give one such as qemu:///system or qemu+ssh://HOST/system")
        }
        let scheme = rest[0].lowercased()
        if rest[1].dropFirst(2).split(separator: "/").last == "embed" {
            throw MomentlogError(
                .usage, "'\(uri)' would run another libvirt in this process",
                hint: "give the URI of the daemon that the guests run under: qemu:///system")
        }
        let query = parts.count > 1 ? String(parts[1]) : ""
        guard scheme.hasSuffix("ssh") || scheme.hasSuffix("libssh2"),
            !query.split(separator: "&").contains(where: { $0.hasPrefix("no_tty=") })
        else { return uri }
        // ssh would ask for a password on the terminal.
        return parts[0] + "?" + (query.isEmpty ? "" : query + "&") + "no_tty=1"
    }
}
