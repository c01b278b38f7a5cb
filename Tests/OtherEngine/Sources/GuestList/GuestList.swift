import Hypervisor
import Momentlog

// A file whose imports have `Event`, `Command`, `Domain` and `Disk`, and momentlog beside them.

/// The names of the guests of a hypervisor that a store knows.
public func knownGuests(
    _ path: String, among names: [String]
) async throws(MomentlogError) -> [String] {
    let guests = names.map { Domain($0) }
    let disks = guests.map { Disk("/var/lib/libvirt/images/\($0.name).qcow2") }
    let store = try await CheckpointStore.open(at: path)
    var known: [String] = []
    for (guest, disk) in zip(guests, disks) {
        do {
            let graph = try await store.graph(of: DomainReference(guest.name))
            let event = Event("\(disk.path) \(graph.count)")
            known.append(event.name)
        } catch {
            guard error.code == .noDomain else { throw error }
        }
    }
    await store.close()
    return Command.start == .start ? known : []
}
