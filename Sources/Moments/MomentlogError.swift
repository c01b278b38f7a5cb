/// Why something was refused or failed, for programs and for people.
///
/// Every error that momentlog throws is one of these. ``code`` is stable and meant for programs;
/// ``message`` says what happened and where, ``hint`` what to do.
///
/// ```swift
/// do {
///     _ = try await store.graph(of: "vm1")
/// } catch {
///     print(error.code)      // no-domain
///     print(error.message)   // no domain with matching name 'vm1'
///     print(error.hint ?? "")
/// }
/// ```
public struct MomentlogError: Error, Sendable {
    /// What kind of error it is.
    public var code: Code

    /// What went wrong, with which thing: one line without a full stop.
    public var message: String

    /// What to do about it, in one line, if anything can be suggested.
    public var hint: String?

    /// The action that the hint describes, as data.
    public var suggestion: Suggestion?

    /// The values that the error is about, each name once; empty if the message has none.
    public var details: [ErrorDetail] = []

    /// The underlying error, if there is one.
    public var cause: (any Error)?

    /// Creates an error.
    public init(
        _ code: Code, _ message: String, hint: String? = nil, suggestion: Suggestion? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.suggestion = suggestion
        self.cause = cause
    }
}

extension MomentlogError {
    /// The error of a task that was cancelled before its work was done.
    package static var cancelled: MomentlogError {
        MomentlogError(
            .cancelled, "the task was cancelled before the work was done",
            hint: "try again in a task that is not cancelled")
    }

    /// Throws if the current task was cancelled.
    package static func checkCancellation() throws(MomentlogError) {
        if Task.isCancelled { throw .cancelled }
    }
}

extension MomentlogError: Equatable {
    /// Whether all but the causes are equal.
    public static func == (left: MomentlogError, right: MomentlogError) -> Bool {
        left.code == right.code && left.message == right.message && left.hint == right.hint
            && left.suggestion == right.suggestion && left.details == right.details
    }
}

extension MomentlogError: CustomStringConvertible {
    /// The message and the hint in one line.
    public var description: String {
        hint.map { "\(message); \($0)" } ?? message
    }
}

extension MomentlogError {
    /// The kinds of errors. More may be added; existing raw values do not change.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The stable identifier, as the command prints it.
        public let rawValue: String

        /// Creates a code; programs compare with the constants instead.
        public init(rawValue: String) { self.rawValue = rawValue }

        private init(_ rawValue: String) { self.rawValue = rawValue }

        /// The stable identifier.
        public var description: String { rawValue }

        // MARK: What was asked for

        /// Two arguments or observations contradict each other.
        public static let conflict = Code("conflict")

        /// No checkpoint of that name (libvirt's error 103).
        public static let noCheckpoint = Code("no-checkpoint")
        /// No domain of that name or UUID (libvirt's error 42).
        public static let noDomain = Code("no-domain")
        /// The name is taken (libvirt's error 9).
        public static let exists = Code("exists")
        /// The store changed since the revision that the caller expected.
        public static let revisionConflict = Code("revision-conflict")
        /// Another request with the same idempotency key was carried out before.
        public static let requestConflict = Code("request-conflict")
        /// The domain still has checkpoints (libvirt's error 55).
        public static let hasCheckpoints = Code("has-checkpoints")
        /// The graph has faults, so that nothing is current (libvirt's error 109).
        public static let inconsistent = Code("inconsistent")

        /// A point in time that the log has not reached.
        public static let noMoment = Code("no-moment")

        /// Invalid arguments, or arguments that cannot be combined.
        public static let usage = Code("usage")

        // MARK: What was given

        /// The document is not well-formed, has another root or violates the schema, or has a name
        /// or time that is not allowed (libvirt's errors 1, 27, 35 and 92).
        public static let invalidXML = Code("invalid-xml")
        /// A document that should describe a new checkpoint is that of an existing one: it has a
        /// creation time or a parent.
        public static let notARequest = Code("not-a-request")
        /// The output of one of QEMU's tools is not JSON, or has another structure.
        public static let invalidJSON = Code("invalid-json")
        /// The document has the definition of another domain (libvirt's error 8).
        public static let foreignDomain = Code("foreign-domain")
        /// A file or folder that was named cannot be read.
        public static let unreadableFile = Code("unreadable-file")
        /// The output path already exists, or cannot be written to.
        public static let outputRefused = Code("output-refused")

        /// The parent is missing (libvirt's error 8).
        public static let parentNotFound = Code("parent-not-found")
        /// A checkpoint as its own parent (libvirt's error 8).
        public static let selfParent = Code("self-parent")
        /// A checkpoint as its own ancestor (libvirt's error 8).
        public static let parentCycle = Code("parent-cycle")

        // MARK: Disks

        /// The domain's definition, which lists its disks, is not known.
        public static let noDefinition = Code("no-definition")
        /// The domain has no such disk (libvirt's error 67).
        public static let noSuchDisk = Code("no-such-disk")
        /// A disk is named twice (libvirt's error 67).
        public static let duplicateDisk = Code("duplicate-disk")
        /// More disks are named than the domain has (libvirt's error 67).
        public static let tooManyDisks = Code("too-many-disks")
        /// The domain has no disks (libvirt's error 67).
        public static let noDisks = Code("no-disks")
        /// A disk that cannot be written has no bitmap (libvirt's error 67).
        public static let diskNotWritable = Code("disk-not-writable")
        /// The image's format does not support bitmaps (libvirt's error 67).
        public static let unsupportedFormat = Code("unsupported-format")
        /// A new bitmap must have its checkpoint's name (libvirt's error 67).
        public static let bitmapName = Code("bitmap-name")

        // MARK: Live libvirt

        /// A libvirt cannot be reached, refuses the connection, or does not answer.
        public static let unreachable = Code("unreachable")
        /// libvirt's client library is missing, or too old.
        public static let unsupportedLibrary = Code("unsupported-library")

        // MARK: The log

        /// The commit may or may not be on stable storage: open the store again and retry.
        public static let outcomeUnknown = Code("outcome-unknown")
        /// The store's files cannot be opened, read or written.
        public static let storage = Code("storage")
        /// The store's content is inconsistent.
        public static let corrupt = Code("corrupt")
        /// The store has a table, an index or a trigger that is not momentlog's, and is not
        /// written to.
        public static let unknownSchemaObject = Code("unknown-schema-object")
        /// The head file lists events that the log does not hold.
        public static let behindHead = Code("behind-head")
        /// Another process holds the store's write lease.
        public static let busy = Code("busy")
        /// The task was cancelled before the work was done.
        public static let cancelled = Code("cancelled")
        /// The store was opened for reading only, and would have to change.
        public static let readOnly = Code("read-only")
        /// A later version of momentlog wrote the store.
        public static let tooNew = Code("too-new")
    }
}
