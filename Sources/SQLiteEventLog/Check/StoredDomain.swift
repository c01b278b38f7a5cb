import EventLog
import Moments

/// A domain as the events so far tell it.
struct StoredDomain {
    private(set) var name: String?
    var uuid: String?
    var isLive = false
    var revision: Int64 = 0
    /// The event that defined it first; nil if that is missing, or is of another domain.
    private(set) var first: Int64?
    /// Whether a line that told of it was altered, so that its name may be another one.
    var isDoubtful = false
    /// The member of lines that names it.
    private(set) var member: [UInt8] = Array(",\"domain\":null".utf8)

    mutating func begin(with event: StoredEvent) {
        if event.revision == 1 { first = event.sequence }
    }

    mutating func take(name: String) {
        self.name = name
        var json = JSONText()
        json.value(name)
        member = Array(",\"domain\":".utf8) + json.bytes
    }
}
