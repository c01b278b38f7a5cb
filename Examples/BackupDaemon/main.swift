import Foundation
import Momentlog

// Backs up 50 guests for some nights, and keeps their checkpoints on record: a program as a backup
// tool's author would write it. The guests are made up; the store is real.
//
// usage: BackupDaemon STORE [NIGHTS]
//
// It can be killed at any time and started again: every step has an idempotency key, so that a
// step that was carried out is not carried out twice.

guard CommandLine.arguments.count > 1 else {
    FileHandle.standardError.write(Data("usage: BackupDaemon STORE [NIGHTS]\n".utf8))
    exit(64)
}
let path = CommandLine.arguments[1]
let nights = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 3 : 3
let guests = (1...50).map { Guest(number: $0) }

let tally = try await CheckpointStore.withStore(at: path) { store in
    let daemon = BackupDaemon(store: store)
    var tally = Tally()
    for night in 1...max(1, nights) { tally.add(try await daemon.backUp(guests, night: night)) }

    // The record is checked, and its head printed, to be kept on another machine.
    let findings = try await store.findings()
    for finding in findings { print(finding.severity, finding.message) }
    tally.findings = findings.count
    let head = try await store.head()
    guard try await store.verify(against: head).isSound else {
        throw MomentlogError(.corrupt, "the store is not sound")
    }
    return tally
}
print(
    "\(guests.count) guests: \(tally.recorded) recorded, \(tally.repeated) known already,"
        + " \(tally.pruned) pruned, \(tally.findings) findings")
