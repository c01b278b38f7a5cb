import Foundation
import Momentlog

/// A head that an argument names: a file's path, or '-' for standard input.
enum KeptHead {
    static func read(_ path: String) throws(MomentlogError) -> StoreHead {
        try path == "-"
            ? StoreHead(reading: .standardInput, from: "standard input")
            : StoreHead(contentsOf: path)
    }
}
