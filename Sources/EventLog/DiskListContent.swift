import Foundation
package import Moments

/// What a checkpoint says of its disks, as the table of disk lists holds it: a JSON
/// array of arrays of name, mode and bitmap, where true stands for a bitmap that
/// bears the checkpoint's name.
package enum DiskListContent {
    package static func encode(_ disks: [Disk], of checkpoint: String) -> String {
        String(decoding: bytes(disks, of: checkpoint), as: UTF8.self)
    }

    /// As ``encode(_:of:)``, in UTF-8.
    package static func bytes(_ disks: [Disk], of checkpoint: String) -> [UInt8] {
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
        return json.bytes
    }

    /// A list as it was read, for any checkpoint.
    package struct Decoded: Sendable {
        private let entries: [Entry]

        /// Reads a list; returns nil for other text.
        package init?(_ content: String) {
            // Not `JSONSerialization`, which loses U+FEFF where a text begins with it.
            guard let entries = try? JSONDecoder().decode([Entry].self, from: Data(content.utf8))
            else { return nil }
            self.entries = entries
        }

        /// The list as the table holds it.
        package var content: [UInt8] {
            var json = JSONText()
            json.array { json in
                for entry in entries {
                    json.array { json in
                        json.value(entry.name)
                        json.value(entry.mode.rawValue)
                        if entry.hasOwnBitmap { json.value(true) } else { json.value(entry.bitmap) }
                    }
                }
            }
            return json.bytes
        }

        /// The list as event lines have it, in pieces: between them stands the
        /// checkpoint's name, quoted.
        package var linePieces: [[UInt8]] {
            var pieces: [[UInt8]] = [[UInt8(ascii: "[")]]
            func add(_ bytes: some Sequence<UInt8>) {
                pieces[pieces.count - 1].append(contentsOf: bytes)
            }
            for (index, entry) in entries.enumerated() {
                var (name, bitmap) = (JSONText(), JSONText())
                name.value(entry.name)
                bitmap.value(entry.bitmap)
                add((index == 0 ? "{\"name\":" : ",{\"name\":").utf8)
                add(name.bytes)
                add(",\"checkpoint\":\"\(entry.mode.rawValue)\",\"bitmap\":".utf8)
                if entry.hasOwnBitmap { pieces.append([]) } else { add(bitmap.bytes) }
                add("}".utf8)
            }
            add("]".utf8)
            return pieces
        }

        package func disks(of checkpoint: String) -> [Disk] {
            entries.map {
                Disk(name: $0.name, mode: $0.mode, bitmap: $0.hasOwnBitmap ? checkpoint : $0.bitmap)
            }
        }
    }
}

private struct Entry: Sendable, Decodable {
    var name: String
    var mode: Disk.Mode
    var bitmap: String?
    var hasOwnBitmap: Bool

    init(from decoder: any Decoder) throws {
        var fields = try decoder.unkeyedContainer()
        name = try fields.decode(String.self)
        let word = try fields.decode(String.self)
        guard let mode = Disk.Mode(rawValue: word) else { throw fields.unexpected("mode") }
        self.mode = mode
        // What cannot be decoded as one thing is still to be decoded as another.
        if let isOwn = try? fields.decode(Bool.self) {
            guard isOwn else { throw fields.unexpected("bitmap") }
            hasOwnBitmap = true
        } else {
            hasOwnBitmap = false
            bitmap = try fields.decode(String?.self)
        }
        guard fields.isAtEnd else { throw fields.unexpected("field") }
    }
}

extension UnkeyedDecodingContainer {
    fileprivate func unexpected(_ what: String) -> DecodingError {
        .dataCorruptedError(in: self, debugDescription: "unexpected \(what)")
    }
}
