public import Moments

/// The operations of a libvirt that checkpoints need.
///
/// Domains are identified by UUID throughout: a name can change between two calls. Every call
/// returns within the deadline of the implementation.
public protocol LibvirtHost: Sendable {
    /// Its location and version.
    var connection: LibvirtConnection { get }

    /// Whether only calls that change nothing, and show no secrets, are allowed.
    var isReadOnly: Bool { get }

    /// Returns the domains that it lists.
    ///
    /// - Parameter withCheckpoints: Only those that have checkpoints.
    func domains(withCheckpoints: Bool) async throws(LibvirtFailure) -> [ListedDomain]

    /// Returns whether a domain is running, and whether it is persistent.
    func state(of domain: DomainUUID) async throws(LibvirtFailure) -> DomainState

    /// Returns the definition that a domain's next start uses, with secrets unless the connection
    /// is read-only.
    func definition(of domain: DomainUUID) async throws(LibvirtFailure) -> String

    /// Returns the names of a domain's checkpoints, parents first.
    func checkpoints(of domain: DomainUUID) async throws(LibvirtFailure) -> [CheckpointName]

    /// Returns a checkpoint's document, with secrets unless the connection is read-only.
    func document(
        of checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure) -> String

    /// Redefines a checkpoint from its document.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - domain: The domain.
    ///   - isValidated: Whether its bitmaps have to exist and be sound, which only a running guest
    ///     can check.
    func redefine(
        _ document: String, in domain: DomainUUID, isValidated: Bool
    ) async throws(LibvirtFailure)

    /// Deletes a checkpoint's metadata; its bitmaps stay.
    func deleteMetadata(
        of checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure)

    /// Deletes a checkpoint with its bitmaps.
    func delete(_ checkpoint: CheckpointName, in domain: DomainUUID) async throws(LibvirtFailure)

    /// Returns a running guest's answer to a command of its QEMU.
    func monitor(_ command: String, of domain: DomainUUID) async throws(LibvirtFailure) -> String

    /// Closes the connection.
    func close() async
}

/// A domain in a libvirt's list.
public struct ListedDomain: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its UUID.
    public var uuid: DomainUUID

    /// Creates a domain of a list.
    public init(name: String, uuid: DomainUUID) {
        self.name = name
        self.uuid = uuid
    }
}

/// The state of a domain.
public struct DomainState: Sendable, Hashable {
    /// Whether its guest is running.
    public var isActive: Bool
    /// Whether it has a definition that outlives its guest.
    public var isPersistent: Bool
    /// The number of this run of its guest; nil if it is not running. Numbers start again when the
    /// host starts.
    public var id: Int?

    /// Creates a state.
    public init(isActive: Bool, isPersistent: Bool, id: Int? = nil) {
        self.isActive = isActive
        self.isPersistent = isPersistent
        self.id = id
    }
}
