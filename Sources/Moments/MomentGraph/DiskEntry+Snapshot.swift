// The disks of checkpoints in a snapshot.

extension DiskEntry {
    func encode(to writer: inout ByteWriter) {
        writer.write(name)
        writer.write(UInt8(mode == .bitmap ? 1 : 0))
        switch bitmap {
        case .none: writer.write(UInt8(0))
        case .own: writer.write(UInt8(1))
        case .named(let name):
            writer.write(UInt8(2))
            writer.write(name)
        }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        name = try reader.text()
        mode = try reader.flag() ? .bitmap : .no
        switch try reader.byte() {
        case 0: bitmap = .none
        case 1: bitmap = .own
        case 2: bitmap = .named(try reader.text())
        default: throw ByteReader.Malformed()
        }
    }
}

extension DiskHealth {
    func encode(to writer: inout ByteWriter) {
        writer.write(disk)
        writer.write(verdict.rawValue)
        writer.write(Int(observationTime))
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        let disk = try reader.text()
        guard let verdict = BitmapVerdict(rawValue: try reader.text()) else {
            throw ByteReader.Malformed()
        }
        self.init(
            disk: disk, verdict: verdict, observationTime: Int64(try reader.number()))
    }
}

extension DiskHealth {
    /// Returns whether no two are of the same disk.
    static func areOfDistinctDisks(_ list: [DiskHealth]) -> Bool {
        Set(list.map { Array($0.disk.utf8) }).count == list.count
    }
}
