public import Moments

/// Writes checkpoint documents byte for byte as libvirt does: order of elements,
/// indent, quotes and escapes.
///
/// Source: `virDomainCheckpointDefFormat` and `virBufferEscapeString` as observed in libvirt 9.0.
/// One thing differs: what a parser would read back as something else is written as a reference, a
/// carriage return as `&#13;`, and in an attribute a tab as `&#9;` and a line feed as `&#10;`.
public struct CheckpointWriter: Sendable {
    /// The header of libvirt's files on disk.
    public static let fileHeader = """
        <!--
        WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
        OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
          virsh checkpoint-edit
        or other application using the libvirt API.
        -->


        """

    private static let fileHeaderBytes = Array(fileHeader.utf8)

    /// Whether documents begin with ``fileHeader``, as files on disk do.
    public var writesFileHeader: Bool

    /// Creates a writer.
    public init(writesFileHeader: Bool = false) {
        self.writesFileHeader = writesFileHeader
    }

    /// Returns the document of a checkpoint, in UTF-8, with a line feed at its end.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint; its `definition` is ignored.
    ///   - domain: The bytes of the domain's definition in the form that it has in a checkpoint, or
    ///     nil to omit it.
    /// - Complexity: O(*n*) in the bytes written.
    public func document(of checkpoint: Checkpoint, domain: [UInt8]? = nil) -> [UInt8] {
        var text = XMLText()
        text.reserveCapacity(400 + (domain?.count ?? 0))
        if writesFileHeader { text.append(bytes: Self.fileHeaderBytes) }
        text.append("<domaincheckpoint>\n")
        text.append(element: "name", checkpoint.name.text)
        if let description = checkpoint.description {
            text.append(element: "description", description)
        }
        if let parent = checkpoint.parent {
            text.append("  <parent>\n  ")
            text.append(element: "name", parent.text)
            text.append("  </parent>\n")
        }
        text.append(element: "creationTime", checkpoint.creationTime.description)
        text.append(disks: checkpoint.disks)
        if let domain {
            text.append("  ")
            text.append(bytes: domain)
            text.append("\n")
        }
        text.append("</domaincheckpoint>\n")
        return text.bytes
    }
}
