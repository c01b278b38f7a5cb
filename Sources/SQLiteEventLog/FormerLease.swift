import CShims
import EventLog
import Files
import Foundation
import Glibc
import Moments

/// The write lease of momentlog up to schema 7: `flock` on the head file.
///
/// It is held beside the ``WriteLease`` while a store is replaced, since processes of earlier
/// builds may have it open; a writer holds it through its ``HeadWriter``.
struct FormerLease {
    private let head: OpenFile

    /// Waits for the lock up to a limit; it is released with the last reference.
    ///
    /// It blocks its thread.
    ///
    /// - Returns: Nil if there is no head file.
    /// - Throws: ``MomentlogError`` with `busy`, or with `storage` for a head file that cannot be
    ///   opened or locked.
    static func acquire(
        _ files: StoreFiles, within limit: Duration
    ) throws(MomentlogError) -> FormerLease? {
        let deadline = ContinuousClock.now + limit
        while true {
            guard let head = OpenFile(files.head, flags: O_RDWR) else {
                if errno == ENOENT { return nil }
                throw MomentlogError(
                    .storage, "cannot open \(files.head): \(String(cString: strerror(errno)))",
                    hint: "processes of earlier versions lock it, so it must be a regular file that"
                        + " can be written to")
            }
            while flock(head.descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard [EWOULDBLOCK, EINTR].contains(errno) else {
                    throw MomentlogError(
                        .storage, "cannot lock \(files.head): \(String(cString: strerror(errno)))")
                }
                guard ContinuousClock.now < deadline else {
                    throw MomentlogError(
                        .busy,
                        "a process of an earlier version holds the write lease of"
                            + " \(files.database)",
                        hint: "try again when it is done; 'fuser \(files.head)' shows which it is")
                }
                usleep(500)
            }
            // Otherwise it was replaced in the meantime, and earlier builds lock the new one.
            if head.details?.identity == FileDetails(path: files.head)?.identity {
                return FormerLease(head: head)
            }
        }
    }
}
