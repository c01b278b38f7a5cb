package import Moments

/// A checkpoint's metadata in a line.
package struct ParsedCheckpoint {
    package let name: LineText
    package let parent: LineText?
    package let creationTime: Int64
    package let description: LineText?
    package let disks: ParsedDisks
    package let definition: DefinitionDigest?

    init(_ reader: inout LineReader) throws(LineProblem) {
        try reader.key(",\"checkpoint\":")
        name = try reader.text()
        try reader.key(",\"parent\":")
        parent = try reader.optionalText()
        try reader.key(",\"creationTime\":")
        creationTime = try reader.integer()
        try reader.key(",\"description\":")
        let start = reader.offset
        description = try reader.optionalText()
        // An empty description is written as null.
        if let description, description.bytes.isEmpty {
            throw reader.problem("null or a text that is not empty", at: start)
        }
        try reader.key(",\"disks\":")
        disks = try ParsedDisks(&reader)
        try reader.key(",\"definition\":")
        definition = try reader.optionalDigest()
    }

    /// The metadata, with newly allocated texts.
    package var checkpoint: Checkpoint {
        Checkpoint(
            name: name.checkpointName, description: description?.string,
            parent: parent?.checkpointName,
            creationTime: CreationTime(seconds: creationTime), disks: disks.map(\.disk),
            definition: definition)
    }
}

/// The disks of a checkpoint in a line.
package struct ParsedDisks: Sequence {
    /// The whole array in the line, brackets included: equal lists have equal bytes.
    package let bytes: UnsafeRawBufferPointer
    /// The number of disks.
    package let count: Int

    init(_ reader: inout LineReader) throws(LineProblem) {
        let start = reader.offset
        try reader.expect("[")
        var count = 0
        if !reader.pass("]") {
            repeat {
                _ = try ParsedDisk(&reader)
                count += 1
            } while reader.pass(",")
            try reader.expect("]")
        }
        bytes = reader.bytes(from: start)
        self.count = count
    }

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator { Iterator(bytes) }

    /// Reads the disks again, which are known to be canonical.
    package struct Iterator: IteratorProtocol {
        private var reader: LineReader

        fileprivate init(_ bytes: UnsafeRawBufferPointer) { reader = LineReader(bytes) }

        package mutating func next() -> ParsedDisk? {
            // Each disk is preceded by a bracket or a comma.
            guard reader.pass("[") || reader.pass(",") else { return nil }
            return try? ParsedDisk(&reader)
        }
    }
}

/// One disk of a checkpoint in a line.
package struct ParsedDisk {
    package let name: LineText
    package let mode: Disk.Mode
    package let bitmap: LineText?

    init(_ reader: inout LineReader) throws(LineProblem) {
        try reader.key("{\"name\":")
        name = try reader.text()
        try reader.key(",\"checkpoint\":")
        if reader.pass("\"bitmap\"") {
            mode = .bitmap
        } else {
            guard reader.pass("\"no\"") else { throw reader.problem("\"bitmap\" or \"no\"") }
            mode = .no
        }
        try reader.key(",\"bitmap\":")
        bitmap = try reader.optionalText()
        try reader.expect("}")
    }

    /// The disk, with newly allocated texts.
    package var disk: Disk { Disk(name: name.string, mode: mode, bitmap: bitmap?.string) }
}
