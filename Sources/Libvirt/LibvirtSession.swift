import CLibvirt
import Glibc
public import Moments

/// A connection to a libvirt through `libvirt.so.0`, which the first connection loads.
///
/// It is a class because it owns the connection. Its handles are used on its thread alone.
public final class LibvirtSession: LibvirtHost {
    /// Its location and version.
    public let connection: LibvirtConnection

    /// Whether the connection is read-only.
    public let isReadOnly: Bool
    private let thread: LibvirtThread
    private let handles: Handles

    /// The options of a connection.
    public struct Options: Sendable {
        /// Whether the connection is read-only.
        public var isReadOnly: Bool
        /// The timeout of a call, in seconds.
        public var timeoutSeconds: Int

        /// Creates options.
        public init(isReadOnly: Bool = false, timeoutSeconds: Int = 30) {
            self.isReadOnly = isReadOnly
            self.timeoutSeconds = max(1, timeoutSeconds)
        }
    }

    /// Opens a connection.
    ///
    /// - Throws: ``MomentlogError`` with `unsupported-library` without a usable library, `usage`
    ///   for a URI that is refused, and `unreachable`.
    public static func open(
        _ uri: String, options: Options = Options()
    ) async throws(MomentlogError) -> LibvirtSession {
        let checked = try LibvirtURI.checked(uri)
        let thread = LibvirtThread(deadlineSeconds: options.timeoutSeconds)
        let opened: Opened
        do throws(LibvirtFailure) {
            opened = try await thread.call { open(checked, options) }
        } catch {
            throw error.code == Self.noLibrary ? .noLibrary(error.message) : error.error(at: uri)
        }
        return LibvirtSession(
            LibvirtConnection(uri: uri, host: opened.host, version: opened.version),
            opened.handles, thread, isReadOnly: options.isReadOnly)
    }

    private init(
        _ connection: LibvirtConnection, _ handles: Handles, _ thread: LibvirtThread,
        isReadOnly: Bool
    ) {
        self.connection = connection
        self.handles = handles
        self.thread = thread
        self.isReadOnly = isReadOnly
    }

    private static let noLibrary: Int32 = -2

    private struct Opened: Sendable {
        var handles: Handles
        var host: String
        var version: String
    }

    /// Opens a connection; blocks its thread.
    private static func open(_ uri: String, _ options: Options) -> Result<Opened, LibvirtFailure> {
        if let reason = momentlog_libvirt_load() {
            return .failure(LibvirtFailure(noLibrary, String(cString: reason)))
        }
        guard let connection = momentlog_libvirt_open(uri, options.isReadOnly ? 1 : 0) else {
            return .failure(.last)
        }
        momentlog_libvirt_keep_alive(connection, 5, 3)
        guard let host = momentlog_libvirt_host(connection) else { return .failure(.last) }
        defer { free(host) }
        let version = momentlog_libvirt_version(connection)
        guard version >= 0 else { return .failure(.last) }
        return .success(
            Opened(
                handles: Handles(connection), host: String(cString: host),
                version: "\(version / 1_000_000).\(version / 1000 % 1000).\(version % 1000)"))
    }

    /// Closes the connection.
    public func close() async {
        await thread.finish { [handles] in handles.close() }
    }

    // MARK: Calls

    /// Calls a closure with a domain's handle.
    private func with<Value: Sendable>(
        _ domain: DomainUUID,
        _ body: @escaping @Sendable (Handles, OpaquePointer) -> Result<Value, LibvirtFailure>
    ) async throws(LibvirtFailure) -> Value {
        try await thread.call { [handles] in
            handles.domain(domain).flatMap { body(handles, $0) }
        }
    }

    /// Returns the domains that it lists; see ``LibvirtHost``.
    public func domains(withCheckpoints: Bool) async throws(LibvirtFailure) -> [ListedDomain] {
        try await thread.call { [handles] in handles.domains(withCheckpoints: withCheckpoints) }
    }

    /// Returns whether a domain is running, and whether it is persistent.
    public func state(of domain: DomainUUID) async throws(LibvirtFailure) -> DomainState {
        try await with(domain) { _, handle in
            let isActive = momentlog_libvirt_domain_is_active(handle)
            let isPersistent = momentlog_libvirt_domain_is_persistent(handle)
            guard isActive >= 0, isPersistent >= 0 else { return .failure(.last) }
            return .success(
                DomainState(isActive: isActive == 1, isPersistent: isPersistent == 1))
        }
    }

    /// Returns the definition that a domain's next start uses.
    public func definition(of domain: DomainUUID) async throws(LibvirtFailure) -> String {
        // VIR_DOMAIN_XML_INACTIVE, and VIR_DOMAIN_XML_SECURE
        let flags: UInt32 = isReadOnly ? 2 : 3
        return try await with(domain) { _, handle in
            .text(momentlog_libvirt_domain_xml(handle, flags))
        }
    }

    /// Returns the names of a domain's checkpoints, parents first.
    public func checkpoints(of domain: DomainUUID) async throws(LibvirtFailure) -> [CheckpointName]
    {
        try await with(domain) { handles, handle in handles.checkpoints(of: domain, handle) }
    }

    /// Returns a checkpoint's document.
    public func document(
        of checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure) -> String {
        // VIR_DOMAIN_CHECKPOINT_XML_SECURE
        let flags: UInt32 = isReadOnly ? 0 : 1
        return try await with(domain) { handles, handle in
            handles.checkpoint(checkpoint, of: domain, handle).flatMap {
                .text(momentlog_libvirt_checkpoint_xml($0, flags))
            }
        }
    }

    /// Redefines a checkpoint from its document.
    public func redefine(
        _ document: String, in domain: DomainUUID, isValidated: Bool
    ) async throws(LibvirtFailure) {
        // VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE, and _REDEFINE_VALIDATE
        let flags: UInt32 = isValidated ? 5 : 1
        _ = try await with(domain) { _, handle -> Result<Bool, LibvirtFailure> in
            guard let made = momentlog_libvirt_checkpoint_create(handle, document, flags) else {
                return .failure(.last)
            }
            momentlog_libvirt_checkpoint_free(made)
            return .success(true)
        }
    }

    /// Deletes a checkpoint's metadata; its bitmaps stay.
    public func deleteMetadata(
        of checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure) {
        // VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY
        try await delete(checkpoint, in: domain, flags: 2)
    }

    /// Deletes a checkpoint with its bitmaps.
    public func delete(
        _ checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure) {
        try await delete(checkpoint, in: domain, flags: 0)
    }

    private func delete(
        _ checkpoint: CheckpointName, in domain: DomainUUID, flags: UInt32
    ) async throws(LibvirtFailure) {
        _ = try await with(domain) { _, handle -> Result<Bool, LibvirtFailure> in
            guard let found = momentlog_libvirt_checkpoint(handle, checkpoint.text) else {
                return .failure(.last)
            }
            defer { momentlog_libvirt_checkpoint_free(found) }
            return momentlog_libvirt_checkpoint_delete(found, flags) < 0
                ? .failure(.last) : .success(true)
        }
    }

    /// Returns a running guest's answer to a command of its QEMU.
    public func monitor(
        _ command: String, of domain: DomainUUID
    ) async throws(LibvirtFailure) -> String {
        try await with(domain) { _, handle in
            var answer: UnsafeMutablePointer<CChar>?
            switch momentlog_libvirt_monitor(handle, command, &answer) {
            case 0: return .text(answer)
            case -2:
                return .failure(
                    LibvirtFailure(Self.noLibrary, "libvirt-qemu.so.0 cannot be loaded"))
            default: return .failure(.last)
            }
        }
    }
}

extension LibvirtFailure {
    /// The last error of a call on this thread.
    static var last: LibvirtFailure {
        let message = momentlog_libvirt_error_message().map { String(cString: $0) }
        return LibvirtFailure(momentlog_libvirt_error_code(), message ?? "unknown error")
    }
}

extension Result<String, LibvirtFailure> {
    /// Returns a text of libvirt, which is freed; the last error if there is none.
    fileprivate static func text(_ text: UnsafeMutablePointer<CChar>?) -> Self {
        guard let text else { return .failure(.last) }
        defer { free(text) }
        return .success(String(cString: text))
    }
}

extension MomentlogError {
    fileprivate static func noLibrary(_ reason: String) -> MomentlogError {
        MomentlogError(
            .unsupportedLibrary, "libvirt's client library cannot be used: \(reason)",
            hint: "install it: on Debian and Ubuntu the package libvirt0, on Fedora libvirt-libs")
    }
}
