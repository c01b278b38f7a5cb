import Momentlog
import Moments
import TestSupport

/// Arguments that callers pass by mistake, and those at the ends of what a type can hold.
struct RandomArguments {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    mutating func flag() -> Bool { Bool.random(using: &random) }

    /// Nothing, or a value, equally often.
    mutating func maybe<Value>(_ value: (inout Self) -> Value) -> Value? {
        flag() ? value(&self) : nil
    }

    mutating func list<Value>(_ value: (inout Self) -> Value) -> [Value] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&self) }
    }

    // MARK: Numbers

    private static let extremes: [Int64] = [
        .min, .min + 1, -1_000_000_000_000, -1 << 53, -1 << 32, -1 << 31, -62_135_596_801, -1, 0, 1,
        2, 3, 7, 64, 255, 256, 1_000, 65_535, 65_536, 1_700_000_000, 1 << 31, 1 << 32, 1 << 53,
        253_402_300_799, 253_402_300_800, .max / 1_000_000, .max / 1_000, .max / 2, .max - 1, .max,
    ]

    mutating func int64() -> Int64 {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: Int64.random(in: .min ... .max, using: &random)
        case 1...3: Int64.random(in: -2...20, using: &random)
        default: pick(Self.extremes)
        }
    }

    mutating func int() -> Int { Int(truncatingIfNeeded: int64()) }

    mutating func range() -> ClosedRange<Int> {
        let (one, other) = (int(), int())
        return min(one, other)...max(one, other)
    }

    // MARK: Texts

    private static let pieces = [
        "", "a", "c1", "vm0", "vda", "0", "-1", "9223372036854775808", "1e400", " ", "\t", "\n",
        "\r\n", "\0", "/", "..", ".", "*", "[", "]", "?", "{", "}", "\\", "'", "\"", "$(id)", "`",
        "<", ">", "&", "]]>", "<!--", "%", "%s", "=", ":", ",", "@", "+", "T", "Z", "ago", "2h",
        "yesterday", "2026-11-29", "24:00", "25:61", "y", "m", "d", "h", "w", "é", "e\u{301}",
        "🎉", "\u{202E}", "\u{85}", "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "\u{7F}", "\u{9B}",
        "11111111-1111-4111-8111-111111111111", "xn--", "K\u{212A}", "SELECT 1;--",
    ]

    mutating func text() -> String {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: String(repeating: pick(Self.pieces), count: 70_000)
        case 1..<8: pick(Self.pieces)
        default: (0..<Int.random(in: 0...6, using: &random)).map { _ in pick(Self.pieces) }.joined()
        }
    }

    mutating func bytes() -> [UInt8] {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return (0..<Int.random(in: 0...64, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
        case 1: return Array(text().utf8)
        default: return mutated(Array(xml().utf8))
        }
    }

    /// The same with some bytes changed, cut out or repeated.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
            case 2: bytes.insert(contentsOf: Array(text().prefix(99).utf8), at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
            }
        }
        return bytes
    }

    mutating func xml() -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            CheckpointText.guest(
                pick(["vm0", "vm1", "vm2", text()]), digit: pick(["a", "b", "1"]))
        case 1:
            CheckpointText.document(
                checkpoint().text, parent: maybe { $0.checkpoint().text }, time: int())
        case 2: "<domaincheckpoint><name>\(checkpoint())</name></domaincheckpoint>"
        default:
            CheckpointText.document(
                "c\(Int.random(in: 0..<9, using: &random))",
                parent: maybe { "c\(Int.random(in: 0..<9, using: &$0.random))" },
                time: 1_700_000_000 + Int.random(in: 0..<9, using: &random))
        }
    }

    // MARK: Names

    mutating func domain() -> String {
        pick(["vm0", "vm0", "vm0", "vm1", "11111111-1111-4111-8111-111111111111", text()])
    }

    mutating func checkpoint() -> CheckpointName {
        flag() ? "c\(Int.random(in: 0..<12, using: &random))" : CheckpointName(text())
    }

    // MARK: Values of the model

    mutating func when() -> When {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .sequence(int())
        case 1: .time(timestamp())
        default: .now
        }
    }

    mutating func timestamp() -> Timestamp {
        flag() ? Timestamp(microseconds: int64()) : Timestamp(seconds: int64())
    }

    mutating func zone() -> ZoneRules {
        let offset = pick([0, 0, 3_600, -1, int64()])
        return ZoneRules { _ in offset }
    }

    mutating func submission() -> Submission {
        Submission(
            actor: pick(["someone", "someone", text()]), reason: maybe { $0.text() },
            request: maybe { $0.text() }, expectedRevision: flag() ? nil : int())
    }

    mutating func source() -> SourceDocument { SourceDocument(bytes(), from: maybe { $0.text() }) }

    mutating func disk() -> Moments.Disk {
        Moments.Disk(
            name: pick(["vda", "vdb", text()]), mode: pick(Moments.Disk.Mode.allCases),
            bitmap: maybe { $0.text() })
    }

    mutating func checkpointValue() -> Checkpoint {
        Checkpoint(
            name: checkpoint(), description: maybe { $0.text() }, parent: maybe { $0.checkpoint() },
            creationTime: CreationTime(seconds: int64()), disks: list { $0.disk() })
    }

    mutating func retention() throws(MomentlogError) -> Retention {
        var retention = Retention()
        retention.last = int()
        retention.hourly = int()
        retention.daily = int()
        retention.weekly = int()
        retention.monthly = int()
        retention.yearly = int()
        retention.names = Set(list { $0.checkpoint() })
        retention.keepsLastValid = flag()
        if flag() {
            let number = int()
            retention.within = try? RetentionAge(
                pick(["\(number)y", "\(number)m\(number)d", "\(number)h", text()]))
        }
        return retention
    }

    mutating func listing() -> Listing {
        let scope: Listing.Scope =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: .all
            case 1: .roots
            case 2: .children(of: checkpoint())
            default: .descendants(of: checkpoint())
            }
        return Listing(
            scope, leaves: pick([.included, .only, .excluded]),
            order: pick([.creation, .topological, .name]),
            since: maybe { CreationTime(seconds: $0.int64()) },
            before: maybe { CreationTime(seconds: $0.int64()) })
    }

    mutating func event() -> Event {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: .domainDefined(name: domain(), uuid: DomainUUID(text()), definition: nil)
        case 1: .domainRenamed(to: domain())
        case 2: .domainUndefined
        case 3: .checkpointRedefined(checkpointValue(), claimsCurrent: flag())
        case 4: .checkpointDeleted(checkpoint())
        case 5: .currentSet(maybe { $0.checkpoint() })
        case 6:
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: maybe { $0.checkpoint() }, disk: text(), bitmap: text(),
                    verdict: pick(BitmapVerdict.allCases), image: maybe { $0.text() },
                    observationTime: int64()))
        default: .checkpointCreated(checkpointValue())
        }
    }

    /// A domain with some checkpoints, a cycle and a missing parent among them.
    mutating func domainValue() -> Domain {
        var domain = Domain(name: "vm0")
        for _ in 0..<Int.random(in: 0...30, using: &random) { try? domain.apply(event()) }
        return domain
    }

    mutating func report() -> ImageReport {
        var report = ImageReport()
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let image = DiskImage(
                path: text(), format: pick(["qcow2", "raw", text()]), isOfEarlyVersion: flag(),
                bitmaps: list {
                    DirtyBitmap(
                        name: $0.checkpoint().text, granularity: $0.int64(), isRecording: $0.flag(),
                        isInconsistent: $0.flag(), isPersistent: $0.flag(), isBusy: $0.flag())
                }, backingPath: maybe { $0.text() }, isCorrupt: flag())
            try? report.add(ImageChain(image), of: pick(["vda", text()]))
        }
        return report
    }
}
