import CheckpointXML
import Moments

/// Makes a checkpoint of whatever comes, writes it, and reads it back: all of it has to be
/// the same, and written again the bytes have to be, too.
@_cdecl("LLVMFuzzerTestOneInput")
public func writeAnything(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var source = Source(bytes: UnsafeBufferPointer(start: start, count: count))
    let checkpoint = source.checkpoint()
    let written = CheckpointWriter().document(of: checkpoint)
    let reader = CheckpointReader(limits: Limits(bytes: .max))
    guard let document = try? reader.read(written, as: .record), let name = document.name,
        let creationTime = document.creationTime
    else {
        fatalError("what was written cannot be read: \(String(decoding: written, as: UTF8.self))")
    }
    let again = Checkpoint(
        name: name, description: document.description, parent: document.parent,
        creationTime: creationTime, disks: document.disks)
    precondition(again == checkpoint, "what was written says something else")
    precondition(CheckpointWriter().document(of: again) == written, "written again it differs")
    return 0
}

/// Decisions from the fuzzer's bytes.
private struct Source {
    var bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func checkpoint() -> Checkpoint {
        let hasParent = byte().isMultiple(of: 2)
        return Checkpoint(
            name: name(), description: text(), parent: hasParent ? name() : nil,
            creationTime: CreationTime(
                seconds: (0..<8).reduce(0) { time, _ in (time << 8 | Int64(byte())) & .max }),
            disks: (0..<byte() % 4).map { _ in disk() })
    }

    private mutating func disk() -> Disk {
        let path = text()
        let isPath = byte().isMultiple(of: 2) && !path.contains(where: \.isNewline)
        let isCovered = byte().isMultiple(of: 2)
        return Disk(
            name: isPath ? "/a" + path : "vd" + name().text.filter { $0 != "-" && $0 != "." } + "a",
            mode: isCovered ? .bitmap : .no,
            bitmap: isCovered && byte().isMultiple(of: 2) ? text() : nil)
    }

    private mutating func name() -> CheckpointName {
        let letters = Array("abcXYZ019_-.")
        let rest = (0..<byte() % 12).map { _ in letters[Int(byte()) % letters.count] }
        return CheckpointName("n" + String(rest))
    }

    /// Text of the characters that XML can hold.
    private mutating func text() -> String {
        let count = min(Int(byte()), bytes.count - position)
        let part = UnsafeBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        let text = String(decoding: part, as: UTF8.self).unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
            default: false
            }
        }
        return String(String.UnicodeScalarView(text))
    }
}
