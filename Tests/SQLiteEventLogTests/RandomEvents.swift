import Moments
import TestSupport

/// Random events of all kinds, the same for the same seed.
struct RandomEvents {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let oddities = [
        "", "vm1", "a\"b", "a\\b", "line\nfeed", "tab\t", "\r\n", "\u{1}\u{1F}", "\u{7F}", "💾",
        "👩‍👩‍👧", "\u{202E}rtl\u{202C}", "שלום", "é", "e\u{301}", "\u{2028}\u{2029}", "\u{FEFF}", "/a/b",
        "\u{10FFFF}", "'", "</domain>", "null", "{\"a\":1}", "\u{212A}",
    ]

    private mutating func text() -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in
            Self.oddities.randomElement(using: &random) ?? ""
        }.joined()
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func name() -> CheckpointName { CheckpointName(text()) }

    private mutating func optionalName() -> CheckpointName? {
        optionalText().map { CheckpointName($0) }
    }

    private mutating func optionalText() -> String? { Bool.random(using: &random) ? text() : nil }

    private mutating func digest() -> DefinitionDigest? {
        guard Bool.random(using: &random) else { return nil }
        return DefinitionDigest(bytes: bytes(32))
    }

    private mutating func uuid() -> DomainUUID? {
        guard Bool.random(using: &random) else { return nil }
        return DomainUUID(Hexadecimal.text(bytes(16)))
    }

    private mutating func disk() -> Disk {
        Disk(
            name: text(), mode: Disk.Mode.allCases.randomElement(using: &random) ?? .no,
            bitmap: optionalText())
    }

    private mutating func checkpoint(named name: CheckpointName) -> Checkpoint {
        Checkpoint(
            name: name, description: optionalText(), parent: optionalName(),
            creationTime: CreationTime(seconds: Int64.random(in: .min ... .max, using: &random)),
            disks: (0..<Int.random(in: 0...3, using: &random)).map { _ in disk() },
            definition: digest())
    }

    private mutating func event(_ kind: Event.Kind, domain: String) -> Event {
        switch kind {
        case .domainDefined: .domainDefined(name: domain, uuid: uuid(), definition: digest())
        case .domainRenamed: .domainRenamed(to: text())
        case .domainUndefined: .domainUndefined
        case .checkpointCreated: .checkpointCreated(checkpoint(named: name()))
        case .checkpointRedefined:
            .checkpointRedefined(
                checkpoint(named: name()), claimsCurrent: Bool.random(using: &random))
        case .checkpointDeleted: .checkpointDeleted(name())
        case .currentSet: .currentSet(optionalName())
        case .bitmapObserved:
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: optionalName(), disk: text(), bitmap: text(),
                    verdict: BitmapVerdict.allCases.randomElement(using: &random) ?? .valid,
                    image: optionalText(),
                    observationTime: Int64.random(in: .min ... .max, using: &random)))
        case .findingAcknowledged:
            .findingAcknowledged(
                Acknowledgement(
                    Finding.Kind.allCases.randomElement(using: &random) ?? .nameReused,
                    of: name()))
        case .settingsChanged:
            .settingsChanged(
                SettingsChange(
                    .stripSecrets, from: Bool.random(using: &random),
                    to: Bool.random(using: &random)))
        case .lossAccepted:
            .lossAccepted(
                LostHead(
                    origin: text(), size: Int.random(in: 1 ... .max, using: &random), root: text()))
        }
    }

    private mutating func origin() -> Origin {
        let origins = [
            Origin.commandLine, .library, .importedLibrary,
            .importedFile(name: text(), sha256: Hexadecimal.text(bytes(32))),
            .live(uri: text(), host: text(), libvirt: text()),
        ]
        return origins.randomElement(using: &random) ?? .library
    }

    mutating func recorded(_ kind: Event.Kind) -> RecordedEvent {
        let domain = DomainReference(text())
        let hasRecorder = Bool.random(using: &random)
        // The years 0 to 9999, which are those that RFC 3339 has.
        let years = Int64(-62_167_219_200_000_000)...253_402_300_799_999_999
        return RecordedEvent(
            sequence: Int.random(in: 1 ... .max, using: &random),
            commit: Int.random(in: 1 ... .max, using: &random),
            revision: Int.random(in: 1 ... .max, using: &random),
            domain: kind.isOfStore ? nil : domain,
            time: Timestamp(microseconds: Int64.random(in: years, using: &random)),
            clock: Bool.random(using: &random)
                ? Timestamp(microseconds: Int64.random(in: years, using: &random)) : nil,
            provenance: Provenance(
                actor: text(), reason: optionalText(), request: optionalText()),
            origin: origin(), event: event(kind, domain: domain.text),
            domainId: hasRecorder && !kind.isOfStore
                ? Int.random(in: 1 ... .max, using: &random) : nil,
            recorder: hasRecorder
                ? Recorder(uid: UInt32.random(in: 0 ... .max, using: &random), host: text())
                : nil)
    }
}
