/// What is known of the guest whose images were inspected: how much its image files prove.
///
/// QEMU keeps bitmaps in memory while a guest runs. Meanwhile their copies in a file are marked
/// as in use, and those made in this run are in no file
/// (<https://www.qemu.org/docs/master/interop/bitmaps.html>).
public enum GuestState: Sendable, Hashable {
    /// The running QEMU answered: its bitmaps are as it reports.
    case running
    /// The guest is shut off, so the files hold all bitmaps.
    case shutOff
    /// Unknown: the files prove only what they hold.
    case unknown
}
