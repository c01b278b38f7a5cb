import CLibvirt
import Glibc
import Moments

/// The handles of one connection: those of domains while it is open, those of a domain's
/// checkpoints until the next list of them.
///
/// It is a class because it owns them, and unchecked because only the connection's thread uses
/// them.
final class Handles: @unchecked Sendable {
    private var connection: OpaquePointer?
    private var domains: [DomainUUID: OpaquePointer] = [:]
    private var checkpoints: (of: DomainUUID, handles: [CheckpointName: OpaquePointer])?

    init(_ connection: OpaquePointer) { self.connection = connection }

    func close() {
        freeCheckpoints()
        for handle in domains.values { momentlog_libvirt_domain_free(handle) }
        domains = [:]
        if let connection { momentlog_libvirt_close(connection) }
        connection = nil
    }

    private func freeCheckpoints() {
        for handle in checkpoints?.handles.values ?? [:].values {
            momentlog_libvirt_checkpoint_free(handle)
        }
        checkpoints = nil
    }

    private static let closed = LibvirtFailure(38, "the connection was closed")

    func domain(_ uuid: DomainUUID) -> Result<OpaquePointer, LibvirtFailure> {
        if let known = domains[uuid] { return .success(known) }
        guard let connection else { return .failure(Self.closed) }
        guard let found = momentlog_libvirt_domain(connection, uuid.description) else {
            return .failure(.last)
        }
        domains[uuid] = found
        return .success(found)
    }

    func domains(withCheckpoints: Bool) -> Result<[ListedDomain], LibvirtFailure> {
        guard let connection else { return .failure(Self.closed) }
        var list: UnsafeMutablePointer<OpaquePointer?>?
        // VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT
        let count = momentlog_libvirt_domains(connection, &list, withCheckpoints ? 1 << 14 : 0)
        guard count >= 0, let list else { return .failure(.last) }
        defer { free(list) }
        var found: [ListedDomain] = []
        for handle in UnsafeBufferPointer(start: list, count: Int(count)) {
            guard let handle else { continue }
            var text = [CChar](repeating: 0, count: 37)
            guard momentlog_libvirt_domain_uuid(handle, &text) == 0,
                let name = momentlog_libvirt_domain_name(handle),
                let uuid = DomainUUID(
                    String(decoding: text.prefix(36).map { UInt8(bitPattern: $0) }, as: UTF8.self))
            else {
                momentlog_libvirt_domain_free(handle)
                continue
            }
            found.append(ListedDomain(name: String(cString: name), uuid: uuid))
            // The latest handle has the latest name.
            if let former = domains.updateValue(handle, forKey: uuid) {
                momentlog_libvirt_domain_free(former)
            }
        }
        return .success(found)
    }

    func checkpoints(
        of uuid: DomainUUID, _ domain: OpaquePointer
    ) -> Result<[CheckpointName], LibvirtFailure> {
        freeCheckpoints()
        var list: UnsafeMutablePointer<OpaquePointer?>?
        // VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL: it fails while one is being created, which a list
        // without it would show.
        let count = momentlog_libvirt_checkpoints(domain, &list, 2)
        guard count >= 0, let list else { return .failure(.last) }
        defer { free(list) }
        var names: [CheckpointName] = []
        var handles: [CheckpointName: OpaquePointer] = [:]
        for handle in UnsafeBufferPointer(start: list, count: Int(count)) {
            guard let handle, let text = momentlog_libvirt_checkpoint_name(handle) else { continue }
            let name = CheckpointName(String(cString: text))
            names.append(name)
            if let twice = handles.updateValue(handle, forKey: name) {
                momentlog_libvirt_checkpoint_free(twice)
            }
        }
        checkpoints = (uuid, handles)
        return .success(names)
    }

    func checkpoint(
        _ name: CheckpointName, of uuid: DomainUUID, _ domain: OpaquePointer
    ) -> Result<OpaquePointer, LibvirtFailure> {
        if let checkpoints, checkpoints.of == uuid, let known = checkpoints.handles[name] {
            return .success(known)
        }
        guard let found = momentlog_libvirt_checkpoint(domain, name.text) else {
            return .failure(.last)
        }
        var kept = checkpoints?.of == uuid ? checkpoints?.handles ?? [:] : [:]
        if checkpoints?.of != uuid { freeCheckpoints() }
        kept[name] = found
        checkpoints = (uuid, kept)
        return .success(found)
    }
}
