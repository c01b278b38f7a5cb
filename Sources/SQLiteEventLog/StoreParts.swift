import CShims
import EventLog
import Files
import Foundation
import Moments

/// The files that connections have open as one store: its database, its write-ahead log and
/// SQLite's index of that.
///
/// They are not recorded anywhere: they are compared within one process, so that a copy of a store
/// is a store.
struct StoreParts: Sendable, Hashable {
    let database: FileIdentity
    let writeAheadLog: FileIdentity
    let sharedMemory: FileIdentity

    /// The differences between the files at the paths of a store and those that connections have
    /// open.
    enum Difference: Sendable, Hashable {
        case database, writeAheadLog, sharedMemory
    }

    /// Reads the files at the paths of a store; nil if one is missing.
    init?(_ files: StoreFiles) {
        guard let database = FileIdentity(at: files.database),
            let log = FileIdentity(at: files.writeAheadLog),
            let index = FileIdentity(at: files.sharedMemory)
        else { return nil }
        self.database = database
        writeAheadLog = log
        sharedMemory = index
    }

    /// Returns what is no longer at its path; nil if nothing is.
    func difference(_ files: StoreFiles) -> Difference? {
        if Sabotage.ignoresParts.isOn { return nil }
        if FileIdentity(at: files.database) != database { return .database }
        if FileIdentity(at: files.writeAheadLog) != writeAheadLog { return .writeAheadLog }
        return FileIdentity(at: files.sharedMemory) == sharedMemory ? nil : .sharedMemory
    }

    /// Returns the error of a log or an index that this process has open, and that is no longer at
    /// its path.
    static func removed(_ files: StoreFiles) -> MomentlogError {
        MomentlogError(
            .storage,
            "\(files.writeAheadLog) or \(files.sharedMemory) was removed or replaced while this"
                + " process had the store open",
            hint: "close all its sessions of the store, and open it again")
    }

    /// Whether this process has all of them open: otherwise one was replaced between its opening
    /// and the check of its path. True if the kernel does not show it.
    ///
    /// - Complexity: O(*n*) in the descriptors of the process.
    var areOpen: Bool {
        let sought: Set = [database, writeAheadLog, sharedMemory]
        return Self.openDescriptors(of: sought).map { $0.count == sought.count } ?? true
    }

    /// For each of some files, a descriptor that this process has of it, if any; nil if the kernel
    /// does not show them.
    ///
    /// - Complexity: O(*n*) in the descriptors of the process.
    static func openDescriptors(of files: Set<FileIdentity>) -> [FileIdentity: CInt]? {
        let folder = "/proc/self/fd"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return nil
        }
        var found: [FileIdentity: CInt] = [:]
        for name in names {
            guard let descriptor = CInt(name),
                let identity = FileIdentity(descriptor: descriptor), files.contains(identity)
            else { continue }
            found[identity] = descriptor
        }
        return found
    }
}
