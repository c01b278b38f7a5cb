import EventLog
import GRDB
import Moments

/// The head file as it was before the database was read, so that a commit in between can only
/// make the log longer than it says.
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

    /// Whether the file still holds the same.
    var isCurrent: Bool { bytes == (try? HeadFile.bytes(files.head)) }

    /// The head that it holds; nil if it holds none.
    var head: StoreHead? {
        guard case .head(let head) = HeadFile(bytes) else { return nil }
        return head
    }

    /// What is wrong with the file beside a database, apart from what its head says of the log.
    func fault(in database: Database) throws -> Verification.Fault? {
        if let failure {
            return Verification.Fault(
                .damagedHead, .headFile,
                failure.message + "; nothing else opens the store until it can be read",
                remedies: [])
        }
        if let head {
            guard bytes != Array(head.text.utf8) else { return nil }
            return Verification.Fault(
                .damagedHead, .headFile, severity: .warning,
                "\(files.head) holds more than a head; the next commit writes it anew",
                remedies: [])
        }
        // A damaged table may hold events, too.
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
            default: "does not hold a head"
            }
        return Verification.Fault(
            .headMissing, .headFile,
            "the head file \(files.head) \(what): whether the end of the log is lost cannot be"
                + " told, except with a head that was kept elsewhere; "
                + (isOurs
                    ? "the next commit writes it anew"
                    : "nothing can be appended until it is moved away"),
            remedies: [])
    }
}
