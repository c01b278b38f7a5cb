public import Moments

/// A libvirt, as far as checkpoints need it.
///
/// Domains are named by UUID throughout: a name can change between two calls. Every call returns
/// within the deadline that the implementation was given.
public protocol LibvirtHost: Sendable {
    /// Where it is, and which version it has.
    var connection: LibvirtConnection { get }

    /// Whether only calls that change nothing, and show no secrets, are allowed.
    var isReadOnly: Bool { get }

    /// The domains that it lists.
    ///
    /// - Parameter withCheckpoints: Only those that have checkpoints.
    func domains(withCheckpoints: Bool) async throws(LibvirtFailure) -> [ListedDomain]

    /// Whether a domain is running, and outlives its guest.
    func state(of domain: DomainUUID) async throws(LibvirtFailure) -> DomainState

    /// The definition that a domain's next start takes, with secrets unless the connection is
    /// read-only.
    func definition(of domain: DomainUUID) async throws(LibvirtFailure) -> String

    /// The names of a domain's checkpoints, parents first.
    func checkpoints(of domain: DomainUUID) async throws(LibvirtFailure) -> [String]

    /// A checkpoint's document, with secrets unless the connection is read-only.
    func document(
        of checkpoint: String, in domain: DomainUUID
    ) async throws(LibvirtFailure) -> String

    /// Redefines a checkpoint from its document.
    ///
    /// - Parameter isValidated: Whether its bitmaps have to exist and be sound, which only a
    ///   running guest can say.
    func redefine(
        _ document: String, in domain: DomainUUID, isValidated: Bool
    ) async throws(LibvirtFailure)

    /// Deletes a checkpoint's metadata; its bitmaps stay.
    func deleteMetadata(
        of checkpoint: String, in domain: DomainUUID
    ) async throws(LibvirtFailure)

    /// Deletes a checkpoint with its bitmaps.
    func delete(_ checkpoint: String, in domain: DomainUUID) async throws(LibvirtFailure)

    /// A running guest's answer to a command of its QEMU.
    func monitor(_ command: String, of domain: DomainUUID) async throws(LibvirtFailure) -> String

    /// Ends the connection.
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
    /// The number of this run of its guest; nil if it is not running. They begin again when the
    /// host starts.
    public var id: Int?

    /// Creates a state.
    public init(isActive: Bool, isPersistent: Bool, id: Int? = nil) {
        self.isActive = isActive
        self.isPersistent = isPersistent
        self.id = id
    }
}
