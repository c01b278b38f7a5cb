import CheckpointXML
import EventLog
import Glibc
public import Libvirt
public import Moments

/// A domain's guest as a libvirt knows it, for an inspection of its images.
public struct LiveGuest: Sendable {
    /// Its state.
    public let state: State

    /// The disks in its definition there.
    public let disks: [DomainDisk]

    /// The state of a guest, and where its bitmaps are.
    public enum State: Sendable {
        /// It is running, and its QEMU answered to `query-named-block-nodes` with this.
        case running(answer: [UInt8])
        /// It is off, so that its images hold all bitmaps.
        case shutOff
    }
}

extension CheckpointStore {
    /// Inspects a domain's guest through a libvirt: asks the running QEMU for its block nodes.
    ///
    /// - Parameters:
    ///   - domain: A name or a UUID.
    ///   - host: The libvirt.
    /// - Throws: ``MomentlogError`` with `no-domain` if it is not recorded or not listed,
    ///   `conflict` if it starts or stops in the meantime or is off on another host than this one,
    ///   whose images cannot be inspected from here, and `unreachable`.
    public func guest(
        _ domain: DomainReference, at host: any LibvirtHost
    ) async throws(MomentlogError) -> LiveGuest {
        let entry = try await entry(of: domain)
        let uri = host.connection.uri
        guard
            let listed = try await host.listed(withCheckpoints: false)
                .first(where: { entry.isSame(as: $0) })
        else {
            throw MomentlogError(
                .noDomain, "libvirt at '\(uri)' does not list domain '\(entry.name)'",
                hint: "connect to the host where it is, or inspect its images")
        }
        do throws(LibvirtFailure) {
            let before = try await host.state(of: listed.uuid)
            let definition = try await host.definition(of: listed.uuid)
            let answer =
                before.isActive
                ? try await host.monitor(
                    #"{"execute":"query-named-block-nodes"}"#, of: listed.uuid) : ""
            guard try await host.state(of: listed.uuid) == before else {
                throw LibvirtFailure(68, "the guest started or stopped in the meantime")
            }
            let disks = (try? SourceDocument(definition).domain(limits: Limits()))?.disks ?? []
            guard !before.isActive else {
                return LiveGuest(state: .running(answer: Array(answer.utf8)), disks: disks)
            }
        } catch {
            let failure = error.error(at: uri)
            throw MomentlogError(
                failure.code, "domain '\(entry.name)': \(failure.message)", hint: failure.hint,
                cause: error)
        }
        return try await shutOffGuest(listed, host)
    }

    private func shutOffGuest(
        _ listed: ListedDomain, _ host: any LibvirtHost
    ) async throws(MomentlogError) -> LiveGuest {
        guard host.connection.host == Self.hostName else {
            throw MomentlogError(
                .conflict,
                "the guest of '\(listed.name)' is off, and its images are on host"
                    + " '\(host.connection.host)'",
                hint: "run this there, or give the output of qemu-img info there")
        }
        do throws(LibvirtFailure) {
            let definition = try await host.definition(of: listed.uuid)
            let disks = (try? SourceDocument(definition).domain(limits: Limits()))?.disks ?? []
            return LiveGuest(state: .shutOff, disks: disks)
        } catch {
            throw error.error(at: host.connection.uri)
        }
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
