/// An event of a hypervisor: a module with names that momentlog's modules have as well.
public struct Event: Sendable, Equatable {
    /// What happened.
    public var name: String

    /// Creates an event.
    public init(_ name: String) { self.name = name }
}

/// A command to a hypervisor.
public enum Command: Sendable { case start, stop }

/// A guest.
public struct Domain: Sendable {
    /// Its name.
    public var name: String

    /// Creates a guest.
    public init(_ name: String) { self.name = name }
}

/// A disk of a guest.
public struct Disk: Sendable {
    /// Where it is.
    public var path: String

    /// Creates a disk.
    public init(_ path: String) { self.path = path }
}
