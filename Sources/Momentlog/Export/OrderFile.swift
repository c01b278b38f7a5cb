import Moments

/// The content of an export's `ORDER`: a checkpoint's name on each line, in the order in which
/// to redefine them, and the current pointer on the last line.
///
/// The last line is `# current: NAME` or `# no current`. No checkpoint's name begins with a number
/// sign, so no name is mistaken for it. Exports of earlier versions have no such line, and do not
/// state which checkpoint was current.
struct OrderFile: Sendable, Hashable {
    /// The file's name.
    static let name = "ORDER"

    /// The maximum size that is read.
    static let maximumByteCount = 1 << 28

    /// The current pointer of an exported domain.
    enum Current: Sendable, Hashable {
        /// No checkpoint was current.
        case none
        /// This checkpoint was current.
        case checkpoint(CheckpointName)
    }

    /// The checkpoints' names, parents before children.
    let names: [CheckpointName]

    /// The current pointer; nil if the file does not state it.
    let current: Current?

    /// Creates the content for a domain's checkpoints.
    init(names: [CheckpointName], current: CheckpointName?) {
        self.names = names
        self.current = current.map { .checkpoint($0) } ?? Current.none
    }

    /// Parses a file's content. Returns nil if a line is neither a checkpoint's name nor a
    /// comment.
    ///
    /// - Complexity: O(*n*) in the bytes.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var names: [CheckpointName] = []
        var current: Current?
        for line in text.utf8.split(separator: 0x0A) {
            let line = String(Substring(line))
            guard line.hasPrefix("#") else {
                guard CheckpointName.isValid(line) else { return nil }
                names.append(CheckpointName(line))
                continue
            }
            if line == Self.noCurrent {
                current = Current.none
            } else if line.hasPrefix(Self.currentPrefix) {
                let name = String(line.dropFirst(Self.currentPrefix.count))
                guard CheckpointName.isValid(name) else { return nil }
                current = .checkpoint(CheckpointName(name))
            }
        }
        self.names = names
        self.current = current
    }

    /// The file's content.
    ///
    /// - Complexity: O(*n*) in the names' bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for name in names {
            bytes.append(contentsOf: name.text.utf8)
            bytes.append(0x0A)
        }
        switch current {
        case nil: return bytes
        case Current.none?: bytes.append(contentsOf: Self.noCurrent.utf8)
        case .checkpoint(let name)?:
            bytes.append(contentsOf: (Self.currentPrefix + name.text).utf8)
        }
        bytes.append(0x0A)
        return bytes
    }

    private static let noCurrent = "# no current"
    private static let currentPrefix = "# current: "
}
