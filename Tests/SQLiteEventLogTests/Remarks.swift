import Logging
import Synchronization

/// What a library remarked in a log.
///
/// It is a class because a logger and a test share it.
final class Remarks: Sendable {
    struct Remark: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    private let remarks = Mutex<[Remark]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(remarks: self) } }

    /// A field of all remarks with a message.
    subscript(message: String, key: String) -> [String] {
        remarks.withLock { $0 }.filter { $0.message == message }
            .map { $0.metadata[key].map { "\($0)" } ?? "-" }
    }

    var all: [Remark] { remarks.withLock { $0 } }

    func contains(_ start: String) -> Bool { count(start) > 0 }

    func count(_ start: String) -> Int {
        remarks.withLock { $0 }.count { $0.message.hasPrefix(start) }
    }

    private struct Handler: LogHandler {
        let remarks: Remarks
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.trace

        init(remarks: Remarks) { self.remarks = remarks }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let remark = Remark(
                level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:])
            remarks.remarks.withLock { $0.append(remark) }
        }
    }
}
