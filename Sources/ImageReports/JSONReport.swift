import Foundation
import Moments

/// Output of QEMU's tools, as JSON of a certain structure.
struct JSONReport {
    let bytes: [UInt8]
    /// Its name in errors, such as a file's path.
    let source: String?
    /// The command that prints such text.
    let command: String

    /// Decodes one of two structures: text that begins with a bracket as the first.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-json`.
    func decoded<List: Decodable, Single: Decodable>(
        list: List.Type, single: Single.Type
    ) throws(MomentlogError) -> Either<List, Single> {
        guard bytes.count <= ReportLimits.bytes else {
            throw refused(
                "more than the \(ReportLimits.bytes >> 20) MiB that are read of a report")
        }
        let space = " \t\r\n".utf8
        guard let first = bytes.first(where: { !space.contains($0) }) else {
            throw refused("nothing is in it")
        }
        do {
            let data = Data(bytes)
            return first == UInt8(ascii: "[")
                ? .first(try JSONDecoder().decode(list, from: data))
                : .second(try JSONDecoder().decode(single, from: data))
        } catch let error as DecodingError {
            throw refused(error.sentence, cause: error)
        } catch {
            throw refused("\(error)", cause: error)
        }
    }

    func refused(_ message: String, cause: (any Error)? = nil) -> MomentlogError {
        MomentlogError(
            .invalidJSON, (source.map { $0 + ": " } ?? "") + message,
            hint: "use the output of '\(command)'", cause: cause)
    }
}

/// One of two things.
enum Either<First, Second> {
    case first(First)
    case second(Second)
}

/// The limits for the output of QEMU's tools.
public enum ReportLimits {
    /// The maximum size of a report in bytes: 64 MiB. An image with 65 535 bitmaps, as many as
    /// qcow2 can hold, fits into less.
    public static let bytes = 64 << 20
}

extension DecodingError {
    /// What is wrong, and where.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context):
            "'\(key.stringValue)' is missing\(Self.place(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "another kind of value is expected\(Self.place(context.codingPath))"
        case .dataCorrupted(let context):
            if context.codingPath.isEmpty {
                "it is not JSON, or incomplete"
            } else {
                "a value cannot be read\(Self.place(context.codingPath))"
            }
        @unknown default: "it has another structure"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "" }
        return " at "
            + path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
    }
}
