import CFaultVFS
import Foundation
import TestSupport

/// The files of a store as a disk has them: what was synced, and what the kernel may or may
/// not have written since.
struct Disk {
    static let suffixes = ["", "-wal", "-journal", ".head"]
    private static let sectorBytes = 512

    private enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(Int)
        case delete
        case replace([UInt8])
    }

    private struct File {
        /// What is on stable storage; nil if nothing is.
        var durable: [UInt8]?
        /// What every reader sees.
        var cached: [UInt8]?
        var pending: [Change] = []
    }

    private var files = [File](repeating: File(), count: suffixes.count)

    /// A disk on which nothing of a store is but an empty database file: its name is synced.
    init() { files[0] = File(durable: [], cached: []) }

    /// A disk on which these files are, synced.
    init(_ files: [String: Data]) {
        for (index, suffix) in Self.suffixes.enumerated() {
            let bytes = files[suffix].map { [UInt8]($0) }
            self.files[index] = File(durable: bytes, cached: bytes)
        }
    }

    /// What one recorded step does.
    ///
    /// - Parameter failedSyncsDrop: Whether what a failed sync should have written is never
    ///   written, though every reader sees it until the power goes: so do Linux's file systems
    ///   (<https://www.usenix.org/conference/atc20/presentation/rebello>).
    mutating func apply(_ record: faultvfs_record, failedSyncsDrop: Bool = true) {
        guard record.file >= 0 else { return }
        let index = Int(record.file)
        switch record.step {
        case Int32(FAULTVFS_WROTE.rawValue):
            let bytes = [UInt8](UnsafeBufferPointer(start: record.bytes, count: Int(record.length)))
            change(index, .write(offset: Int(record.offset), bytes: bytes))
        case Int32(FAULTVFS_TRUNCATED.rawValue): change(index, .truncate(Int(record.offset)))
        case Int32(FAULTVFS_DELETED.rawValue): change(index, .delete)
        case Int32(FAULTVFS_REPLACED.rawValue):
            let bytes = [UInt8](UnsafeBufferPointer(start: record.bytes, count: Int(record.length)))
            change(index, .replace(bytes))
        case Int32(FAULTVFS_SYNCED.rawValue):
            // Whatever failed syncs have dropped stays as it was before them.
            for change in files[index].pending { Self.make(change, &files[index].durable) }
            files[index].pending = []
        case Int32(FAULTVFS_FOLDER_SYNCED.rawValue):
            for index in files.indices { keepRemoval(&files[index]) }
        case Int32(FAULTVFS_SYNC_FAILED.rawValue):
            if failedSyncsDrop { files[index].pending = [] }
        default: break
        }
    }

    private func keepRemoval(_ file: inout File) {
        let last = file.pending.lastIndex { if case .delete = $0 { true } else { false } }
        guard let last else { return }
        file.durable = nil
        file.pending.removeFirst(last + 1)
    }

    private mutating func change(_ index: Int, _ change: Change) {
        Self.make(change, &files[index].cached)
        files[index].pending.append(change)
    }

    private static func make(_ change: Change, _ content: inout [UInt8]?) {
        switch change {
        case .delete: content = nil
        case .replace(let bytes): content = bytes
        case .truncate(let size):
            var bytes = content ?? []
            if bytes.count > size {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes += [UInt8](repeating: 0, count: size - bytes.count)
            }
            content = bytes
        case .write(let offset, let written):
            var bytes = content ?? []
            if bytes.count < offset + written.count {
                bytes += [UInt8](repeating: 0, count: offset + written.count - bytes.count)
            }
            bytes.replaceSubrange(offset..<offset + written.count, with: written)
            content = bytes
        }
    }

    /// What is there after the processes are gone, and the kernel is not.
    var afterKill: [String: Data] { content { $0.cached } }

    /// What is there after the power was gone, if the kernel had written nothing by itself.
    var synced: [String: Data] { content { $0.durable } }

    /// What may be there after the power was gone: of what was not synced some sectors, in
    /// any order.
    func afterPowerLoss(_ random: inout SplitMix64) -> [String: Data] {
        var result: [String: Data] = [:]
        for (index, suffix) in Self.suffixes.enumerated() {
            var bytes = files[index].durable
            let all = files[index].pending
            // What is behind a removal is another file, which nothing names if that is undone.
            var pending = all[...]
            if let removal = all.lastIndex(where: { if case .delete = $0 { true } else { false } })
            {
                if Bool.random(using: &random) {
                    bytes = nil
                    pending = all[(removal + 1)...]
                } else {
                    let first = all.firstIndex { if case .delete = $0 { true } else { false } }
                    pending = all[..<(first ?? removal)]
                }
            }
            var kept: [Change] = []
            for change in pending {
                guard case .write(let offset, let written) = change else {
                    if Bool.random(using: &random) { kept.append(change) }
                    continue
                }
                var place = 0
                while place < written.count {
                    let sector = Self.sectorBytes - (offset + place) % Self.sectorBytes
                    let end = min(written.count, place + sector)
                    if Bool.random(using: &random) {
                        kept.append(
                            .write(offset: offset + place, bytes: Array(written[place..<end])))
                    }
                    place = end
                }
            }
            if Bool.random(using: &random) { kept.shuffle(using: &random) }
            for change in kept { Self.make(change, &bytes) }
            if let bytes { result[suffix] = Data(bytes) }
        }
        return result
    }

    private func content(_ part: (File) -> [UInt8]?) -> [String: Data] {
        var result: [String: Data] = [:]
        for (index, suffix) in Self.suffixes.enumerated() {
            if let bytes = part(files[index]) { result[suffix] = Data(bytes) }
        }
        return result
    }
}
