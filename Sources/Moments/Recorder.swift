/// The process that appended an event: a user ID on a host, as the process observed them.
///
/// Unlike ``Provenance/actor``, which is a claim, no caller can choose it.
public struct Recorder: Sendable, Hashable {
    /// The real user ID of the process.
    public var uid: UInt32

    /// The name of the host that the process ran on.
    public var host: String

    /// Creates a recorder.
    public init(uid: UInt32, host: String) {
        self.uid = uid
        self.host = host
    }
}
