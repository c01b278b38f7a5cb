import CheckpointXML
import Dispatch
import Synchronization

extension CheckpointFile {
    /// The number of files that are read at a time: each may be a mebibyte, and all wait until the
    /// last of them is read.
    static let batch = 64

    /// The number of them that a processor takes at once.
    private static let share = 8

    /// Reads files, and returns their contents in order.
    ///
    /// Parsing takes most of an import's time, and files are independent, so all processors read.
    /// It blocks its thread.
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
