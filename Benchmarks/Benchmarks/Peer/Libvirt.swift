import CPeer

/// A guest of libvirt's test driver. It owns what libvirt gave, hence a class.
final class Libvirt {
    private let peer: UnsafeMutableRawPointer

    /// Starts the guest; nil if there is no libvirt.
    init?() {
        guard let opened = peer_open(Documents.definition) else { return nil }
        peer = opened
    }

    deinit { peer_close(peer) }

    func redefine(_ documents: [String]) {
        let taken = withStrings(documents) { peer_redefine(peer, $0, documents.count) }
        precondition(taken == documents.count)
    }

    func list(_ count: Int) { precondition(peer_list(peer) == count) }

    /// Calls a closure that may dump as often as it likes.
    func withList(_ body: (_ dump: () -> Int) -> Void) {
        _ = peer_begin_dump(peer)
        body { Int(peer_dump(peer)) }
        peer_end_dump(peer)
    }

    func delete(_ names: [String]) {
        let done = withStrings(names) { peer_delete(peer, $0, names.count) }
        precondition(done == names.count)
    }

    private func withStrings(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Int
    ) -> Int {
        let copies = strings.map { string in
            let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: string.utf8.count + 1)
            _ = bytes.initialize(from: string.utf8CString)
            return bytes
        }
        defer { for copy in copies { copy.deallocate() } }
        return copies.map { UnsafePointer($0.baseAddress) }.withUnsafeBufferPointer {
            body($0.baseAddress)
        }
    }
}
