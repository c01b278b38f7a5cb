import CFaultVFS
import Foundation
import Momentlog
import Moments
import TestSupport

/// The power goes at each point of a run: what was synced is there, and of the rest some.
struct PowerLoss {
    let seed: UInt64
    /// How many commands, and after how many the store is closed and opened again.
    let stepCount: Int
    let reopens: Int
    /// Every so many-th point is tried.
    let stride: Int
    /// How many losses are tried at a point.
    let variants: Int

    func run() async throws -> [Tally] {
        let judge = try await Judge(Workload(seed: seed, count: stepCount))
        let records = try await record(judge)
        return [
            try await losses(records, judge), try await repeated(records, judge),
            try await failedSyncs(judge),
        ]
    }

    /// Carries out the steps; each acknowledgement is marked.
    private func record(_ judge: Judge) async throws -> [faultvfs_record] {
        let folder = try FastFolder()
        faultvfs_record_store(folder.store)
        defer { faultvfs_record_store(nil) }
        var store = try await CheckpointStore.open(at: folder.store)
        for (index, step) in judge.steps.enumerated() {
            try await store.perform(step.instruction)
            faultvfs_mark(Int64(index + 1))
            if (index + 1).isMultiple(of: reopens) {
                if (index + 1).isMultiple(of: 3 * reopens) { _ = try await store.compact() }
                await store.close()
                store = try await CheckpointStore.open(at: folder.store)
            }
        }
        await store.close()
        return (0..<faultvfs_count()).map { Self.kept(faultvfs_at($0)) }
    }

    /// The same with bytes that outlive the recording.
    private static func kept(_ record: faultvfs_record) -> faultvfs_record {
        var record = record
        guard let bytes = record.bytes else { return record }
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(record.length))
        copy.update(from: bytes, count: Int(record.length))
        record.bytes = UnsafePointer(copy)
        return record
    }

    private func losses(_ records: [faultvfs_record], _ judge: Judge) async throws -> Tally {
        var tally = Tally("power loss at any point")
        var random = SplitMix64(seed: seed)
        let folder = try FastFolder()
        var disk = Disk()
        var acknowledged = 0
        for (index, record) in records.enumerated() {
            disk.apply(record)
            if record.step == Int32(FAULTVFS_MARKED.rawValue) { acknowledged = Int(record.offset) }
            guard (index + Int(seed)).isMultiple(of: stride) else { continue }
            for variant in 0..<variants {
                try folder.replace(
                    with: variant == 0 ? disk.synced : disk.afterPowerLoss(&random))
                tally.count(
                    await judge.judge(folder.store, acknowledged: acknowledged),
                    "seed \(seed), after call \(index), variant \(variant)")
            }
        }
        tally.remarks.append("\(records.count) calls recorded of \(judge.steps.count) commands")
        return tally
    }

    /// The process dies before a sync, another repeats the command and is answered, and then
    /// the power goes: the answer must hold.
    private func repeated(_ records: [faultvfs_record], _ judge: Judge) async throws -> Tally {
        var tally = Tally("kill, repeated request, power loss")
        var disk = Disk()
        var acknowledged = 0
        var syncs = 0
        for (index, record) in records.enumerated() {
            let isSync =
                record.step == Int32(FAULTVFS_SYNCED.rawValue)
                && record.file == Int32(FAULTVFS_WAL.rawValue)
            if isSync { syncs += 1 }
            if isSync, acknowledged > 0, acknowledged < judge.steps.count,
                syncs.isMultiple(of: max(1, stride / 4))
            {
                tally.count(
                    try await goOn(disk, acknowledged, judge), "killed before call \(index)")
            }
            disk.apply(record)
            if record.step == Int32(FAULTVFS_MARKED.rawValue) { acknowledged = Int(record.offset) }
        }
        return tally
    }

    /// A sync fails, its pages are dropped, the store is opened again, the command repeated
    /// and answered, and then the power goes.
    private func failedSyncs(_ judge: Judge) async throws -> Tally {
        var tally = Tally("failed sync, repeated request, power loss")
        let folder = try FastFolder()
        var nth = 1
        while true {
            try folder.empty()
            faultvfs_record_store(folder.store)
            var acknowledged = 0
            FailingCall.sync.arm(nth, isForEver: false)
            do throws(MomentlogError) {
                let store = try await CheckpointStore.open(at: folder.store)
                do throws(MomentlogError) {
                    while acknowledged < min(judge.steps.count, 12) {
                        try await store.perform(judge.steps[acknowledged].instruction)
                        acknowledged += 1
                        faultvfs_mark(Int64(acknowledged))
                    }
                } catch {}
                await store.close()
            } catch {}
            guard FailingCall.disarm() > 0 else { break }
            // What the process leaves that is killed right then, and what one that goes on.
            var left: [(disk: Disk, acknowledged: Int)] = []
            var disk = Disk()
            var done = 0
            for index in 0..<faultvfs_count() {
                let record = faultvfs_at(index)
                disk.apply(record)
                if record.step == Int32(FAULTVFS_MARKED.rawValue) { done = Int(record.offset) }
                if record.step == Int32(FAULTVFS_SYNC_FAILED.rawValue) { left.append((disk, done)) }
            }
            left.append((disk, done))
            for (index, (disk, done)) in left.enumerated()
            where done > 0 && done < judge.steps.count {
                tally.count(
                    try await goOn(disk, done, judge), "sync \(nth), left \(index)")
            }
            nth += max(1, stride / 8)
        }
        faultvfs_record_store(nil)
        return tally
    }

    /// Opens what a dead process left, repeats the step that was not acknowledged, and takes
    /// the power away.
    private func goOn(_ disk: Disk, _ acknowledged: Int, _ judge: Judge) async throws -> Trial {
        var disk = disk
        let folder = try FastFolder()
        try folder.replace(with: disk.afterKill)
        faultvfs_record_store(folder.store)
        var done = acknowledged
        var failure: String?
        do throws(MomentlogError) {
            let store = try await CheckpointStore.open(at: folder.store)
            try await store.perform(judge.steps[done].instruction)
            done += 1
            // From here on it is known to be done.
            faultvfs_mark(Int64(done))
            await store.close()
        } catch {
            failure = "\(error.code): \(error.message)"
        }
        // The head is recorded when it changes, and this is the first look at it.
        for index in 0..<faultvfs_count() {
            let record = faultvfs_at(index)
            disk.apply(record)
            if record.step == Int32(FAULTVFS_MARKED.rawValue) { break }
        }
        faultvfs_record_store(nil)
        let after = try FastFolder()
        try after.replace(with: disk.synced)
        var trial = await judge.judge(after.store, acknowledged: done)
        if let failure { trial.failures.append(failure) }
        return trial
    }
}
