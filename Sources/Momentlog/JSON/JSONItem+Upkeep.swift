public import EventLog
import Moments
public import SQLiteEventLog

extension JSONItem {
    /// The store's settings: what `settings` prints.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - change: What was appended; nil if nothing had to be changed.
    ///   - isDryRun: Whether a change was only tried.
    public static func settings(
        _ settings: StoreSettings, change: SettingsOutcome? = nil, isDryRun: Bool = false
    ) -> JSONItem {
        JSONItem { json in
            json.member("stripSecrets", settings.stripsSecrets)
            guard change != nil || isDryRun else { return }
            json.member("dryRun", isDryRun)
            json.member("commit", change?.commit)
            json.sequence(change?.sequences)
        }
    }

    /// Events that are missing and were, or would be, accepted as lost: what `accept-loss` prints.
    public static func loss(
        _ loss: StoreLoss?, accepted: AcceptedLoss?, isDryRun: Bool
    ) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", isDryRun)
            json.member("commit", accepted?.commit)
            json.sequence(accepted.map { $0.sequence...$0.sequence })
            json.member("events", loss?.eventCount)
            json.member("lostEventsUpTo", loss?.lost.size)
        }
    }

    /// A backup that was made: what `backup` prints.
    public static func backup(_ report: BackupReport) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", false)
            json.member("file", report.path)
            json.member("events", report.eventCount)
            json.member("root", report.root)
            json.member("bytes", report.byteCount)
        }
    }

    /// A backup that would be made: what `backup --dry-run` prints.
    public static func plannedBackup(of head: StoreHead, to path: String) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", true)
            json.member("file", path)
            json.member("events", head.size)
            json.member("root", head.rootText)
        }
    }

    /// A backup that replaced the store: what `restore` prints.
    public static func restoration(
        _ report: StoreRestoration.Report, isDryRun: Bool = false
    ) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", isDryRun)
            json.member("store", report.path)
            json.member("events", report.eventCount)
            json.member("lostEventsUpTo", report.lostHead?.size)
            json.member("backupCopy", report.replacedPath)
        }
    }

    /// Space that was reclaimed: what `compact` prints.
    public static func compaction(
        _ report: CompactionReport, isDryRun: Bool = false
    ) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", isDryRun)
            json.member("bytesBefore", report.bytesBefore)
            json.member("bytesAfter", report.bytesAfter)
            json.member("complete", report.isComplete)
        }
    }

    /// Snapshots that exist: what `snapshot` prints.
    public static func snapshots(
        _ reports: [CheckpointStore.SnapshotReport], isDryRun: Bool = false
    ) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", isDryRun)
            json.member("domains", reports.map(snapshot))
        }
    }

    private static func snapshot(_ report: CheckpointStore.SnapshotReport) -> JSONItem {
        JSONItem { json in
            json.member("domain", report.domain.name)
            json.member("revision", report.revision)
            json.member("checkpoints", report.checkpointCount)
            json.member("new", report.isNew)
        }
    }

    /// Sizes, counts and settings: what `stats` prints.
    public static func statistics(_ figures: [Statistic]) -> JSONItem {
        JSONItem { json in
            for figure in figures {
                json.key(dynamic: figure.key)
                switch figure.value {
                case .number(let number): json.value(number)
                case .text(let text): json.value(text)
                case .flag(let flag): json.value(flag)
                }
            }
        }
    }
}

extension Statistic {
    /// Its name in camelCase.
    fileprivate var key: String {
        let words = name.split(separator: "-")
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return (words.prefix(1).map(String.init) + rest).joined()
    }
}
