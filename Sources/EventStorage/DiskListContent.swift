import Foundation
import Moments

/// What a checkpoint says of its disks, as the table of disk lists holds it: a JSON
/// array of arrays of name, mode and bitmap, where true stands for a bitmap that
/// bears the checkpoint's name.
enum DiskListContent {
    static func encode(_ disks: [Disk], of checkpoint: String) -> String {
        var json = JSONText()
        json.array { json in
            for disk in disks {
                json.array { json in
                    json.value(disk.name)
                    json.value(disk.mode.rawValue)
                    // By bytes: `==` takes KELVIN SIGN for the letter K.
                    if disk.bitmap?.utf8.elementsEqual(checkpoint.utf8) == true {
                        json.value(true)
                    } else {
                        json.value(disk.bitmap)
                    }
                }
            }
        }
        return json.text
    }

    /// A list as it was read, for any checkpoint.
    struct Decoded: Sendable {
        private struct Entry: Sendable {
            var name: String
            var mode: Disk.Mode
            var bitmap: String?
            var hasOwnBitmap: Bool
        }

        private let entries: [Entry]

        /// Reads a list; returns nil for other text.
        init?(_ content: String) {
            guard
                let array = try? JSONSerialization.jsonObject(with: Data(content.utf8)) as? [[Any]]
            else { return nil }
            var entries: [Entry] = []
            for fields in array {
                guard fields.count == 3, let name = fields[0] as? String,
                    let word = fields[1] as? String, let mode = Disk.Mode(rawValue: word)
                else { return nil }
                let bitmap = fields[2] as? String
                let hasOwnBitmap = bitmap == nil && fields[2] as? Bool == true
                guard bitmap != nil || hasOwnBitmap || fields[2] is NSNull else { return nil }
                entries.append(
                    Entry(name: name, mode: mode, bitmap: bitmap, hasOwnBitmap: hasOwnBitmap))
            }
            self.entries = entries
        }

        func disks(of checkpoint: String) -> [Disk] {
            entries.map {
                Disk(name: $0.name, mode: $0.mode, bitmap: $0.hasOwnBitmap ? checkpoint : $0.bitmap)
            }
        }
    }
}
