import CRaw
import CheckpointXML
import Foundation
import Momentlog
import Moments

/// Prints how our work compares with a plain C program's, both done in turn in this
/// process: ratios hold on any machine, where times do not.
@main
struct Ratios {
    static func main() throws {
        print("what              ours / raw   goal   spread")
        // `reconcile` as an argument measures that alone.
        guard !CommandLine.arguments.contains("reconcile") else {
            return try ReconcileRatios.print()
        }
        try Ratio(name: "XML, reading", goal: 2, ours: readOurs(), raw: readRaw()).print()
        try Ratio(name: "XML, writing", goal: 3, ours: writeOurs(), raw: writeRaw()).print()
        try Ratio(
            name: "XML, text writer", goal: 0, ours: writeOurs(), raw: writeWithLibxml2()
        ).print()
        try CheckRatios.print()
        try ReconcileRatios.print()
    }

    private static let documents: [[UInt8]] = chain(1_000).map {
        CheckpointWriter(writesFileHeader: true).document(of: $0, domain: definition)
    }

    private static func readOurs() -> () throws -> Int {
        let reader = CheckpointReader()
        return {
            try documents.reduce(0) { try $0 + reader.read($1, as: .record).disks.count }
        }
    }

    private static func readRaw() -> () -> Int {
        {
            documents.reduce(0) { sum, document in
                sum
                    + document.withUnsafeBytes { buffer in
                        Int(
                            raw_parse(
                                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                                buffer.count))
                    }
            }
        }
    }

    private static func writeOurs() -> () -> Int {
        let checkpoints = chain(1_000)
        let writer = CheckpointWriter(writesFileHeader: true)
        return {
            checkpoints.reduce(0) {
                $0 + writer.document(of: $1, domain: definition).count
            }
        }
    }

    /// The same documents by libxml2's own writer.
    private static func writeWithLibxml2() -> () -> Int {
        let text = String(decoding: definition, as: UTF8.self)
        return { text.withCString { Int(raw_text_writer($0, documents.count)) } }
    }

    /// The pieces that a C program would write of a document, one after the other.
    private static func writeRaw() -> () -> Int {
        let text = String(decoding: documents[500], as: UTF8.self)
        let head = text.components(separatedBy: "<domain type")[0]
        var pieces = head.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { line -> [String] in
                // A tag, the text in it, the end tag.
                let parts = line.split(separator: ">", maxSplits: 1).map(String.init)
                return parts.count > 1 ? [parts[0] + ">", parts[1] + "\n"] : [line + "\n"]
            }
        pieces.append(String(decoding: definition, as: UTF8.self))
        pieces.append("\n</domaincheckpoint>\n")
        let buffers = pieces.map { piece -> UnsafeMutableBufferPointer<CChar> in
            let bytes = piece.utf8.map { CChar(bitPattern: $0) }
            let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
            _ = buffer.initialize(from: bytes)
            return buffer
        }
        let pointers = buffers.map { UnsafePointer($0.baseAddress) }
        let sizes = buffers.map(\.count)
        return { Int(raw_write(pointers, sizes, pointers.count, documents.count)) }
    }
}

/// Our work beside the raw one's, or beside the work that it is measured by, in turns.
struct Ratio {
    let name: String
    /// 0 for none.
    let goal: Double
    var rounds = 31
    let ours: () throws -> Int
    let raw: () throws -> Int

    /// Prints the median of the rounds' ratios, and between which the middle half is.
    func print() throws {
        _ = (try ours(), try raw())
        var ratios: [Double] = []
        for _ in 0..<rounds {
            ratios.append(try seconds(ours) / seconds(raw))
        }
        ratios.sort()
        let quarter = rounds / 4
        let wanted = goal > 0 ? String(format: "%6.1f", goal) : "     -"
        let text = String(
            format: "%12.2f \(wanted)   %.2f to %.2f", ratios[rounds / 2],
            ratios[quarter], ratios[rounds - 1 - quarter])
        Swift.print(name.padding(toLength: 16, withPad: " ", startingAt: 0) + text)
    }

    private func seconds(_ work: () throws -> Int) rethrows -> Double {
        let start = ContinuousClock.now
        let result = try work()
        let elapsed = ContinuousClock.now - start
        precondition(result > 0)
        return Double(elapsed.components.attoseconds) * 1e-18
            + Double(elapsed.components.seconds)
    }
}

/// A chain of checkpoints, each the child of the one before.
private func chain(_ length: Int) -> [Checkpoint] {
    (0..<length).map { index in
        Checkpoint(
            name: "nightly-\(index)", parent: index == 0 ? nil : "nightly-\(index - 1)",
            creationTime: CreationTime(seconds: 1_700_000_000 + Int64(index)),
            disks: [Disk(name: "vda", mode: .bitmap, bitmap: "nightly-\(index)")])
    }
}

/// A definition as libvirt prints it, of a usual size: about 2 kB.
private let definition = Array(
    ("<domain type='kvm'>\n    <name>vm</name>\n    <devices>\n"
        + String(
            repeating:
                "      <interface type='network'>\n        <mac address='52:54:00:00:00:01'/>\n"
                + "      </interface>\n",
            count: 22) + "    </devices>\n  </domain>").utf8)
