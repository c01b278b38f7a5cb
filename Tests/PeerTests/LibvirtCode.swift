import Momentlog
import Moments

/// libvirt's error codes and what stands for them here.
enum LibvirtCode {
    static let ours: [Int: Set<MomentlogError.Code>] = [
        1: [.invalidXML], 27: [.invalidXML], 35: [.invalidXML], 92: [.invalidXML],
        8: [.parentNotFound, .selfParent, .parentCycle, .foreignDomain],
        9: [.exists],
        42: [.noDomain],
        55: [.hasCheckpoints, .exists],
        67: [
            .noSuchDisk, .duplicateDisk, .tooManyDisks, .noDisks, .diskNotWritable,
            .unsupportedFormat, .bitmapName,
        ],
        103: [.noCheckpoint],
    ]

    /// What libvirt says beyond the kind of the error.
    static func reason(_ answer: LibvirtPeer.Answer) -> String? {
        answer.message.flatMap {
            $0.firstRange(of: ": ").map { range in
                String(answer.message?[range.upperBound...] ?? "")
            }
        }
    }
}
