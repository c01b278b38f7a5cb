import EventLog
import Momentlog

extension Verification {
    /// The faults but for a missing head file: it is written after the commit, without a sync, so
    /// that a trouble in between may leave none.
    var faultsOfRecord: [Fault] { faults.filter { $0.kind != .headMissing } }
}
