import CheckpointXML
import Dispatch
import Synchronization

extension CheckpointFile {
    /// How many files are read at a time: each may be a mebibyte, and all wait until the last
    /// of them is read.
    static let batch = 64

    /// How many of them a processor takes at once.
    private static let share = 8

    /// What became of reading files, in their order.
    ///
    /// Parsing is most of an import's time, and files know nothing of each other, so that all
    /// processors read. It blocks its thread.
    static func read(_ files: ArraySlice<CheckpointFile>, _ reader: CheckpointReader) -> [Content] {
        let shares = (files.count + share - 1) / share
        let read = Mutex<[Int: [Content]]>([:])
        DispatchQueue.concurrentPerform(iterations: shares) { number in
            let first = files.startIndex + number * share
            let own = files[first..<min(first + share, files.endIndex)].map { $0.read(reader) }
            read.withLock { $0[number] = own }
        }
        return read.withLock { read in (0..<shares).flatMap { read[$0] ?? [] } }
    }
}
