import Moments
import TestSupport

/// Events about few names, so that parents dangle, cycles close and names come
/// back; every few of them do not fit.
struct RandomHistory {
    var generator: SplitMix64
    let names: [CheckpointName]

    init(seed: UInt64, names: Int) {
        generator = SplitMix64(seed: seed)
        self.names = (0..<names).map { "n\($0)" }
    }

    mutating func event() -> Event {
        switch Int.random(in: 0..<21, using: &generator) {
        case 0..<4: .checkpointCreated(checkpoint())
        case 4..<13: .checkpointRedefined(checkpoint(), claimsCurrent: isChosen(1, of: 6))
        case 13..<18: .checkpointDeleted(name())
        case 18: .bitmapObserved(observation())
        default: .currentSet(isChosen(1, of: 5) ? nil : name())
        }
    }

    private mutating func observation() -> BitmapObservation {
        BitmapObservation(
            checkpoint: isChosen(1, of: 6) ? nil : name(),
            disk: isChosen(1, of: 3) ? "vda" : "vdb", bitmap: "b",
            verdict: BitmapVerdict.allCases.randomElement(using: &generator) ?? .valid,
            observationTime: Int64.random(in: 0..<3, using: &generator))
    }

    private mutating func checkpoint() -> Checkpoint {
        let name = name()
        let parents: [CheckpointName?] = [
            nil, "ghost", name, self.name(), self.name(), self.name(),
        ]
        let bitmaps = [nil, name.text, name.text, self.name().text]
        let disks = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
            Disk(
                name: isChosen(1, of: 3) ? "vda" : "vdb", mode: isChosen(1, of: 4) ? .no : .bitmap,
                bitmap: bitmaps.randomElement(using: &generator) ?? nil)
        }
        let byte = UInt8.random(in: 0...2, using: &generator)
        return Checkpoint(
            name: name, description: isChosen(1, of: 4) ? "d\(byte)" : nil,
            parent: parents.randomElement(using: &generator) ?? nil,
            creationTime: CreationTime(seconds: Int64.random(in: 0..<5, using: &generator)),
            disks: disks,
            definition: byte == 0
                ? nil : DefinitionDigest(bytes: [UInt8](repeating: byte, count: 32)))
    }

    private mutating func name() -> CheckpointName {
        names.randomElement(using: &generator) ?? "n0"
    }

    private mutating func isChosen(_ chances: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < chances
    }
}
