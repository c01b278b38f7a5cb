import EventLog
import GRDB
import Moments

/// The head file before the database was read, so that a commit in between can only make the log
/// longer than it states.
struct ReadHeadFile: Sendable {
    private let files: StoreFiles
    private let bytes: [UInt8]?
    /// Why it could not be read; nil if it could.
    let failure: MomentlogError?

    init(_ files: StoreFiles) {
        self.files = files
        do throws(MomentlogError) {
            bytes = try HeadFile.bytes(files.head)
            failure = nil
        } catch {
            bytes = nil
            failure = error
        }
    }

    /// Whether the file still has the same content.
    var isCurrent: Bool { bytes == (try? HeadFile.bytes(files.head)) }

    /// The head in it; nil if it contains none.
    var head: StoreHead? {
        guard case .head(let head) = HeadFile(bytes) else { return nil }
        return head
    }

    /// Returns what is wrong with the file itself, apart from its comparison with the log.
    func fault(in database: Database) throws -> Verification.Fault? {
        if let failure {
            return Verification.Fault(
                .damagedHead, .headFile,
                failure.message + "; no other command opens the store until it can be read",
                remedies: [])
        }
        if let head {
            guard bytes != Array(head.text.utf8) else { return nil }
            return Verification.Fault(
                .damagedHead, .headFile, severity: .warning,
                "\(files.head) contains more than a head; the next commit rewrites it",
                remedies: [])
        }
        // A damaged table may contain events, too.
        let hasEvents =
            (try? Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM event)")) ?? true
        guard hasEvents else { return nil }
        // The first commit may have ended in between, and written the file.
        if case .head = HeadFile(try? HeadFile.bytes(files.head)) { return nil }
        var isOurs = true
        do throws(MomentlogError) { try files.checkHead() } catch { isOurs = false }
        let what =
            switch bytes {
            case nil: "is missing"
            case []? where isOurs: "is empty"
            default: "does not contain a head"
            }
        return Verification.Fault(
            .headMissing, .headFile,
            "the head file \(files.head) \(what): whether the end of the log is lost cannot be"
                + " determined, except with a head that was kept elsewhere; "
                + (isOurs
                    ? "the next commit rewrites it"
                    : "nothing can be appended until it is moved away"),
            remedies: [])
    }
}
