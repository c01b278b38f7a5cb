import Foundation
import Glibc

/// The user that a process runs as, from which the default actor is derived.
///
/// An actor is a claim: any caller can give any. The default depends on the real user ID instead of
/// the environment, which its user controls; only the name behind `sudo` comes from there, and is
/// marked as such.
public struct UserIdentity: Sendable, Hashable {
    /// The real user id.
    public var uid: UInt32
    /// The name in the user database; nil if the user id has no entry.
    public var name: String?
    /// The host's name.
    public var host: String
    /// The user who became root with `sudo`, according to sudo's variables; else nil.
    public var sudoUser: String?

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - uid: The real user ID.
    ///   - name: The name in the user database; nil if it has no entry.
    ///   - host: The host's name.
    ///   - environment: Variables of which only `SUDO_UID` and `SUDO_USER` are read, and only for
    ///     root: sudo sets both, to root's caller
    ///     (<https://www.sudo.ws/docs/man/sudo.man/#ENVIRONMENT>).
    public init(uid: UInt32, name: String?, host: String, environment: [String: String] = [:]) {
        self.uid = uid
        self.name = name
        self.host = host
        if uid == 0, UInt32(environment["SUDO_UID"] ?? "") != nil,
            let user = environment["SUDO_USER"], !user.isEmpty
        {
            sudoUser = user
        }
    }

    /// The actor: `USER@HOST`, under sudo `USER@HOST (sudo NAME)`. Of a user id without an
    /// entry USER is `uid N`.
    ///
    /// Characters that an audit trail cannot show on one line, such as control characters, are
    /// replaced by question marks, and names are truncated after 64 characters.
    public var actor: String {
        let user = name.flatMap { Self.shown($0) } ?? "uid \(uid)"
        let host = Self.shown(self.host) ?? "unknown"
        let sudo = sudoUser.flatMap { Self.shown($0) }.map { " (sudo \($0))" } ?? ""
        return "\(user)@\(host)\(sudo)"
    }

    /// Returns a name without characters that cannot be shown; nil if it is blank.
    private static func shown(_ name: String) -> String? {
        var shown = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(64) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: shown.append("?")
            default: shown.append(scalar)
            }
        }
        let text = String(shown)
        return text.allSatisfy(\.isWhitespace) ? nil : text
    }

    /// The identity of this process.
    public static var current: UserIdentity {
        let uid = getuid()
        return UserIdentity(
            uid: uid, name: userName(of: uid), host: ProcessInfo.processInfo.hostName,
            environment: ProcessInfo.processInfo.environment)
    }

    /// The maximum size of an entry of the user database, in bytes.
    private static let maximumEntryByteCount = 1 << 20

    /// Returns the name of a user ID in the user database; nil if it has none, or cannot be read.
    private static func userName(of uid: uid_t) -> String? {
        var byteCount = 1024
        while byteCount <= maximumEntryByteCount {
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            var buffer = [CChar](repeating: 0, count: byteCount)
            let (code, name) = buffer.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return (ENOMEM, String?.none) }
                let code = getpwuid_r(uid, &entry, start, buffer.count, &found)
                // The result points into the buffer.
                let name: UnsafeMutablePointer<CChar>? = found?.pointee.pw_name
                return (code, name.map { String(cString: $0) })
            }
            switch code {
            case 0: return name
            case EINTR: continue
            case ERANGE: byteCount *= 4
            default: return nil
            }
        }
        return nil
    }
}
