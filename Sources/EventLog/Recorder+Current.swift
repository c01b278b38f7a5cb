import Glibc
package import Moments
import Synchronization

extension Recorder {
    /// This process: its real user ID, and the name of its host at the first use.
    package static let current: Recorder = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else {
            return Recorder(uid: getuid(), host: "")
        }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return Recorder(uid: getuid(), host: String(decoding: bytes, as: UTF8.self))
    }()
}
