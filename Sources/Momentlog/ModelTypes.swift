public import CheckpointXML
public import EventLog
public import Libvirt
public import Moments
public import SQLiteEventLog

// The types of other modules that a program meets in the methods of a store, so that
// `import Momentlog` is enough to use it. Names that many modules have, `Event`, `Command`,
// `Domain` and `Disk`, are not among them: values of these types can be used without their names,
// and `import Moments` brings the names.

// MARK: Checkpoints and their graph

/// The metadata of one checkpoint.
public typealias Checkpoint = Moments.Checkpoint
/// The name of a checkpoint.
public typealias CheckpointName = Moments.CheckpointName
/// The creation time of a checkpoint.
public typealias CreationTime = Moments.CreationTime
/// A request to make a checkpoint.
public typealias CheckpointRequest = Moments.CheckpointRequest
/// The digest of a domain's definition.
public typealias DefinitionDigest = Moments.DefinitionDigest
/// How much of a long operation is done.
public typealias WorkProgress = Moments.WorkProgress
/// Which of the checkpoints around one are deleted with it.
public typealias DeletionScope = Moments.DeletionScope
/// A domain's name or UUID, as a caller writes it.
public typealias DomainReference = Moments.DomainReference
/// The UUID of a domain.
public typealias DomainUUID = Moments.DomainUUID
/// Which checkpoints a list shows, and in what order.
public typealias Listing = Moments.Listing
/// A checkpoint with its place in the graph.
public typealias Moment = Moments.Moment
/// The live checkpoints of a domain, with their relations and the current pointer.
public typealias MomentGraph = Moments.MomentGraph
/// What a repair does beside what follows from the graph.
public typealias Repair = Moments.Repair
/// The rules by which old checkpoints are removed.
public typealias Retention = Moments.Retention

// MARK: Errors and findings

/// An error of momentlog.
public typealias MomentlogError = Moments.MomentlogError
/// One thing that a check found.
public typealias Finding = Moments.Finding
/// What fixes a finding.
public typealias Remedy = Moments.Remedy

// MARK: The past

/// A point in the log's past, by a sequence or a time.
public typealias When = Moments.When
/// A time in whole microseconds.
public typealias Timestamp = Moments.Timestamp
/// The rules of a local time zone.
public typealias ZoneRules = Moments.ZoneRules
/// The channel by which an event was recorded.
public typealias Origin = Moments.Origin
/// An event as the log recorded it.
public typealias RecordedEvent = Moments.RecordedEvent
/// How a graph differs from another.
public typealias GraphDifference = Moments.GraphDifference
/// The lifetimes of the checkpoints that had a name.
public typealias CheckpointHistory = Moments.CheckpointHistory

// MARK: Documents, images and libvirt

/// The limits within which documents are read.
public typealias Limits = CheckpointXML.Limits
/// What was reported about the images of a domain's disks.
public typealias ImageReport = Moments.ImageReport
/// The validation status of a bitmap.
public typealias BitmapVerdict = Moments.BitmapVerdict
/// A connection to a live libvirt.
public typealias LibvirtSession = Libvirt.LibvirtSession

// A type that has the name of its module hides the module, so that these cannot have the names
// that they have in the modules EventLog and SQLiteEventLog.
extension CheckpointStore {
    /// What opening and using a store may do with it: `StoreAccess`.
    public typealias Access = StoreAccess
    /// A domain in the list of a store's domains: `DomainEntry`.
    public typealias Entry = DomainEntry
    /// The size and the root hash of a store's log: `StoreHead`.
    public typealias Head = StoreHead
    /// The canonical line of an event: `LoggedLine`.
    public typealias Line = LoggedLine
    /// The comparison of an exported log with a head: `ExportedLog`.
    public typealias LogExport = ExportedLog
    /// The restoration of a store from a backup: `StoreRestoration`.
    public typealias Restoration = StoreRestoration
    /// The settings of a store: `StoreSettings`.
    public typealias Settings = StoreSettings
    /// The result of verifying a store: `Verification`.
    public typealias VerificationReport = Verification
}
