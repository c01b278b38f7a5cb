import EventLog
import GRDB
import Moments

extension LogAudit {
    /// Compares the store's settings with the events that changed them, and where they began.
    ///
    /// Where events of the store's own stream are missing or altered, nothing more is said:
    /// what is kept may be right.
    mutating func checkSettings() throws {
        guard lines.domains[0]?.isDoubtful != true, !faults.hasAny(of: .missingEvent),
            let row = try Row.fetchOne(
                database, sql: "SELECT strips_secrets, initial_strips_secrets FROM store")
        else { return }
        let settings = lines.settings
        if let (sequence, change) = settings.contradiction {
            let (told, before) = change.old ? ("on", "off") : ("off", "on")
            add(
                .alteredEvent, .event(sequence, "line"), sequence,
                "event \(sequence) says that \(change.setting.rawValue) was \(told), and the last"
                    + " event before it that it was turned \(before)")
        }
        let kept: (present: Int64?, initial: Int64?) = (row.readable(0), row.readable(1))
        let initial = settings.first[.stripSecrets].map { $0 ? 1 : 0 } ?? kept.initial
        let present = settings.last[.stripSecrets].map { $0 ? 1 : 0 } ?? kept.initial
        for (column, kept, told) in [
            ("strips_secrets", kept.present, present),
            ("initial_strips_secrets", kept.initial, initial),
        ] where kept != told {
            add(
                .alteredTable, StorePlace(table: "store", row: "1", column: column), nil,
                "the store's \(column) is \(kept ?? 0), and by its events it is \(told ?? 0)")
        }
    }
}
