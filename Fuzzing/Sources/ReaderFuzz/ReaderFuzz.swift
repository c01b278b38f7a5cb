import CheckpointXML
import Moments

/// Reads whatever comes as every kind of document. What is taken for a checkpoint has to
/// come back from what is written of it, and a definition without its secrets has to be one
/// still.
@_cdecl("LLVMFuzzerTestOneInput")
public func readAnything(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let definition = try? DomainReader().read(bytes) {
        checkDefinition(definition.bytes)
    }
    _ = try? CheckpointReader().read(bytes, as: .record)
    guard let document = try? CheckpointReader().read(bytes, as: .creation) else { return 0 }
    if let definition = document.domain { checkDefinition(definition.bytes) }
    _ = RequestWriter().document(of: document.request)
    let checkpoint = Checkpoint(
        name: document.name ?? "c", description: document.description, parent: document.parent,
        creationTime: document.creationTime ?? 0, disks: document.disks)
    let written = CheckpointWriter().document(of: checkpoint, domain: document.domain?.bytes)
    // What is written may be longer than what was read, by its escapes.
    let reader = CheckpointReader(limits: Limits(bytes: .max, depth: .max))
    let again: CheckpointDocument
    do throws(DocumentError) {
        again = try reader.read(written, as: .record)
    } catch {
        // A request's domain is ignored, a record's has to have a name that a domain can have.
        let fault = document.domain?.name.flatMap { DomainName.fault(in: $0) }
        precondition(
            fault != nil
                && error.problems.allSatisfy { $0.path == "/domaincheckpoint/domain/name" },
            "what was written cannot be read, \(error): \(String(decoding: written, as: UTF8.self))"
        )
        return 0
    }
    let comesBack =
        again.name == checkpoint.name && again.description == checkpoint.description
        && again.parent == checkpoint.parent && again.creationTime == checkpoint.creationTime
        && again.disks == checkpoint.disks && again.domain?.bytes == document.domain?.bytes
    precondition(comesBack, "what was written says something else")
    return 0
}

private func checkDefinition(_ definition: [UInt8]) {
    let stripped = DomainSecrets.removed(from: definition)
    precondition(stripped.count <= definition.count, "removing secrets adds something")
    precondition(!stripped.isEmpty, "a definition has become nothing without its secrets")
    precondition(DomainSecrets.removed(from: stripped) == stripped, "secrets were left")
}
