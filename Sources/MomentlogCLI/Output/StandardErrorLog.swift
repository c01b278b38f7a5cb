import Foundation
import Logging

/// Prints the library's log messages to standard error, one per line.
///
/// Warnings are printed; `MOMENTLOG_LOG` names another level, such as `debug`.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    static var logger: Logger {
        let word = ProcessInfo.processInfo.environment["MOMENTLOG_LOG"] ?? ""
        let level = Logger.Level(rawValue: word) ?? .warning
        return Logger(label: "momentlog") { _ in StandardErrorLog(logLevel: level) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        // The identifier of the message for programs.
        let code = all.removeValue(forKey: "code").map { "\($0)" } ?? "store"
        let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let text =
            "\(event.message)" + (pairs.isEmpty ? "" : " (\(pairs.joined(separator: ", ")))")
        Notice.print(event.level.rawValue, code, text)
    }
}
