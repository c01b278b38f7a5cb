import Momentlog
import Moments
import TestSupport

/// Operations about few names, so that many are refused and many collide.
///
/// They keep to what both sides do alike. Left out is where momentlog does otherwise on
/// purpose: names of more than 247 bytes, bitmaps of other names and raw images on
/// create, a parent or creation time on create (libvirt ignores them), creation time 0, one disk twice without a definition, carriage returns.
struct RandomOperations {
    private var generator: SplitMix64
    private let names = (0..<10).map { "c\($0)" }

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func next() -> PeerOperation {
        let domain = pick(["many", "many", "many", "one", "one", "none"])
        return switch Int.random(in: 0..<20, using: &generator) {
        case 0..<7: .create(domain: domain, xml: creation())
        case 7..<15: .redefine(domain: domain, metadata(of: domain))
        default:
            .delete(
                domain: domain, checkpoint: pick(names),
                pick([.checkpoint, .checkpoint, .children, .childrenOnly]))
        }
    }

    private mutating func creation() -> String {
        var parts: [String] = []
        if !isChosen(1, of: 30) { parts.append(name()) }
        if isChosen(1, of: 3) { parts.append(description()) }
        if isChosen(1, of: 2) { parts.append(disks(bitmaps: false, twice: true)) }
        if isChosen(1, of: 40) { parts.append(pick(["<current>2</current>", "<x/>", "text"])) }
        parts.shuffle(using: &generator)
        return "<domaincheckpoint>\(parts.joined())</domaincheckpoint>"
    }

    private mutating func metadata(of domain: String) -> PeerOperation.Metadata {
        var parts: [String] = []
        if !isChosen(1, of: 40) { parts.append(name()) }
        if isChosen(1, of: 3) { parts.append(description()) }
        let times = ["1", "007", "1700000000", "1700000001", "9223372036854775807"]
        let strange = ["-5", "abc", "1.5", "", " 12 ", "+7", "9223372036854775808"]
        if !isChosen(1, of: 40) {
            let time = isChosen(1, of: 30) ? pick(strange) : pick(times)
            parts.append("<creationTime>\(time)</creationTime>")
        }
        if isChosen(3, of: 4) {
            let parent = isChosen(1, of: 20) ? "nosuch" : pick(names)
            parts.append("<parent><name>\(parent)</name></parent>")
        }
        var definition: PeerOperation.Metadata.Definition?
        if isChosen(1, of: 3) {
            definition = isChosen(1, of: 8) ? .foreign : isChosen(1, of: 8) ? .renamed : .own
        }
        if isChosen(2, of: 3) { parts.append(disks(bitmaps: true, twice: definition != nil)) }
        parts.shuffle(using: &generator)
        return PeerOperation.Metadata(before: parts.joined(), definition: definition)
    }

    private mutating func name() -> String {
        let strange = ["a/b", ".x", "", "a b", "a\nb", "ü", "a:b", "%s", ".", ".."]
        let unusual = ["a..b", "-x", "a.xml", "a.xml.new", String(repeating: "n", count: 247)]
        let name =
            isChosen(1, of: 25) ? pick(strange) : isChosen(1, of: 25) ? pick(unusual) : pick(names)
        return "<name>\(name)</name>"
    }

    private mutating func description() -> String {
        let text = pick([
            "nightly", "a &lt; b &amp; c", "it&apos;s &quot;it&quot; &gt;", "  two\n\tlines ", "",
            "Grüße 🎉", "<![CDATA[<raw>]]>",
        ])
        return "<description>\(text)</description>"
    }

    private mutating func disks(bitmaps: Bool, twice: Bool) -> String {
        var targets = ["vda", "vda", "vdb", "/img/vda.qcow2"]
        if isChosen(1, of: 5) { targets += ["vdc", "hda", "vdz", "sda1"] }
        if isChosen(1, of: 30) { targets += ["zz", "img", "/"] }
        targets.shuffle(using: &generator)
        var seen: Set<String> = []
        var text = ""
        let count = isChosen(1, of: 30) ? 0 : Int.random(in: 1...3, using: &generator)
        for target in targets.prefix(count) {
            guard twice || seen.insert(target).inserted else { continue }
            text += "<disk name='\(target)'"
            text += pick(["", "", " checkpoint='bitmap'", " checkpoint='no'"])
            if bitmaps { text += pick(["", "", " bitmap='other'", " bitmap='c1'", " size='7'"]) }
            text += isChosen(1, of: 60) ? " checkpoint='internal'/>" : "/>"
        }
        return "<disks>\(text)</disks>"
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }

    private mutating func isChosen(_ chances: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < chances
    }
}
