public import Moments

/// Writes documents for new checkpoints, as `virsh checkpoint-create-as --print-xml` does.
///
/// Source: `cmdCheckpointCreateAs` as observed in libvirt 9.0, where virsh prints one more line
/// feed after the document. As in ``CheckpointWriter``, a carriage return is written as `&#13;`;
/// and since each disk of a request states whether it is covered, so does its element.
public struct RequestWriter: Sendable {
    /// Creates a writer.
    public init() {}

    /// Returns the document of a request, in UTF-8, with a line feed at its end.
    ///
    /// As libvirt's, it omits characters that XML does not allow; see
    /// ``Moments/CheckpointRequest/checkPrintable()``.
    ///
    /// - Complexity: O(*n*) in the bytes written.
    public func document(of request: CheckpointRequest) -> [UInt8] {
        var text = XMLText()
        text.append("<domaincheckpoint>\n")
        if let name = request.name { text.append(element: "name", name.text) }
        if let description = request.description {
            text.append(element: "description", description)
        }
        text.append(disks: request.disks)
        text.append("</domaincheckpoint>\n")
        return text.bytes
    }
}
