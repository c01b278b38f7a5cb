import Moments

// Compares the hashes of the lines with the nodes of commits and with kept heads.
extension LogVerifier {
    /// Reports columns and lines that do not match: if a line is not the one that was hashed, it is
    /// at fault, else what is stored beside it.
    mutating func tell(_ outcome: LeafHasher.Outcome, _ references: [StoreHead]) {
        let mismatches = outcome.mismatches
        func isAltered(_ sequence: Int) -> LeafHasher.Mismatch? {
            mismatches.first { $0.events.contains(sequence) }
        }
        var reported: Set<Int> = []
        for suspect in suspects {
            let sequence = suspect.sequence
            if let mismatch = isAltered(sequence) {
                reported.insert(mismatch.commit)
                addFault(
                    .alteredEvent, .event(sequence, "line"), sequence,
                    "event \(sequence) was altered: its line does not match the nodes of commit"
                        + " \(mismatch.commit): \(suspect.message)")
            } else {
                addFault(
                    .alteredEvent, .event(sequence, suspect.column), sequence, suspect.message)
            }
        }
        // Lines that give a head's root are those that it was taken of.
        let sound = references.filter { outcome.roots[$0.size] == $0.root }.map(\.size).max() ?? 0
        for mismatch in mismatches where !reported.contains(mismatch.commit) {
            // An unreadable line has been reported.
            if unreadable.contains(where: { mismatch.events.contains($0) }) { continue }
            let (first, last) = (mismatch.events.lowerBound, mismatch.events.upperBound)
            guard last > sound else {
                addFault(
                    .alteredCommit, .commit(mismatch.commit, "nodes"), first,
                    "commit \(mismatch.commit)'s nodes are not those of the events up to \(last),"
                        + " which are those of the head")
                continue
            }
            let row = first == last ? "\(first)" : "\(first) to \(last)"
            addFault(
                .alteredEvent, StorePlace(table: "event", row: row, column: "line"), first,
                (first == last
                    ? "event \(first) is not the one"
                    : "one of the events \(row) is not the one, or several")
                    + " that the nodes of commit \(mismatch.commit) stand for, unless those were"
                    + " altered (table log_commit, row \(mismatch.commit))")
        }
        faults.addSuppressed(outcome.uncounted)
    }

    /// Compares a head with the computed roots.
    ///
    /// - Parameter isBesideStore: Whether it is in the store's head file, which is only as reliable
    ///   as the commits' own nodes: if events do not match those, it proves nothing more.
    package mutating func compare(
        _ other: StoreHead, with head: StoreHead, _ roots: [Int: [UInt8]], isBesideStore: Bool
    ) -> Bool {
        let what = isBesideStore ? "the store's head file" : "the head that was kept"
        let place = isBesideStore ? StorePlace.headFile : StorePlace(table: "kept head")
        guard other.origin == head.origin else {
            // The file may be the wrong one, rather than the store.
            faults.add(
                Verification.Fault(
                    .headMismatch, place, sequence: nil,
                    "\(what) is of another store: '\(other.origin)' where this is"
                        + " '\(head.origin)'", remedies: []))
            return false
        }
        guard other.size <= head.size else {
            addFault(
                .headMismatch, place, head.size + 1,
                "\(what) lists \(other.size) events, but the log ends at \(head.size): its end"
                    + " was cut off, or this is an older copy")
            return false
        }
        let root = other.size == 0 ? MerkleTree().root : roots[other.size]
        let firstFault = isBesideStore ? .max : faults.firstSequence ?? .max
        guard root == other.root, firstFault > other.size else {
            addFault(
                .headMismatch, place, firstFault > other.size ? nil : firstFault,
                "\(what) is not of these events: some of the first \(other.size) were altered, or were lost"
                    + " and others recorded since, as after a restoration")
            return false
        }
        return true
    }
}
