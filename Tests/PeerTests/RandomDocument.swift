import TestSupport

/// Checkpoint documents in pieces of markup and text: elements in any order, and all that
/// XML lets stand between them.
struct RandomDocument {
    private var text: RandomXMLText
    /// A definition of the guest's own.
    private let definition: String

    init(seed: UInt64, definition: String) {
        text = RandomXMLText(seed: seed)
        self.definition = definition
    }

    /// A document, which may be a mutation of one.
    mutating func next() -> [String] {
        var pieces = document()
        if text.isChosen(1, of: 2) { DocumentMutation.mutate(&pieces, using: &text) }
        return pieces
    }

    private mutating func document() -> [String] {
        var elements = [name(), ["<creationTime", ">", time(), "</creationTime>"]]
        if text.isChosen(1, of: 2) { elements.append(description()) }
        if text.isChosen(1, of: 3) { elements.append(parent()) }
        if text.isChosen(1, of: 2) { elements.append(disks()) }
        if text.isChosen(1, of: 5) { elements.append([definition]) }
        if text.isChosen(1, of: 60) { elements.append(["<current>", "1", "</current>"]) }
        var pieces: [String] = []
        if text.isChosen(1, of: 6) {
            pieces.append(
                text.pick([
                    "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                    "<?xml version='1.0' encoding='utf-8' standalone='yes'?>",
                ]))
        }
        pieces += text.gap() + ["<domaincheckpoint", text.namespaces(), ">"]
        for element in text.shuffled(elements) { pieces += text.gap() + element }
        return pieces + text.gap() + ["</domaincheckpoint", text.pick(["", " ", "\n"]), ">"]
            + text.gap()
    }

    private mutating func name() -> [String] {
        let name =
            switch text.number(below: 12) {
            case 0: text.pick(["a..b", "-x", "a.xml", "_", "9", "a.xml.new"])
            case 1: text.pick(["&#97;", "<![CDATA[c1]]>", "c&#x31;"])
            case 2: String(repeating: "n", count: text.pick([247, 248]))
            default: text.pick(["c1", "c2", "base"])
            }
        return ["<name", text.namespaces(), ">", name, "</name>"]
    }

    private mutating func time() -> String {
        text.pick(["1", "007", "1700000000", "9223372036854775807", "0", "1<!-- -->2", "&#49;"])
    }

    private mutating func description() -> [String] {
        if text.isChosen(1, of: 10) { return ["<description/>"] }
        return ["<description", text.namespaces(), ">"] + text.content() + ["</description>"]
    }

    private mutating func parent() -> [String] {
        ["<parent", ">"] + text.gap() + ["<name", ">", "base", "</name>"] + text.gap()
            + ["</parent>"]
    }

    private mutating func disks() -> [String] {
        var pieces = ["<disks", text.namespaces(), ">"]
        let names = text.shuffled(["vda", "vdb", "vdz", "/img/vda.qcow2", "/a b/ü\u{1F427}"])
        for name in names.prefix(1 + text.number(below: 3)) {
            pieces += text.gap() + disk(name)
        }
        return pieces + text.gap() + ["</disks>"]
    }

    private mutating func disk(_ name: String) -> [String] {
        var attributes = ["name=\(text.quoted(name))"]
        if text.isChosen(1, of: 4) {
            attributes.append("checkpoint=\(text.quoted("no"))")
        } else {
            if text.isChosen(1, of: 2) { attributes.append("checkpoint=\(text.quoted("bitmap"))") }
            if text.isChosen(1, of: 3) { attributes.append("bitmap=\(text.attribute())") }
            if text.isChosen(1, of: 5) {
                let size = text.pick(["0", "7", "065536", "18446744073709551615"])
                attributes.append("size=\(text.quoted(size))")
            }
        }
        if text.isChosen(1, of: 20) { attributes.append("xmlns:d='urn:d'") }
        var pieces = ["<disk"]
        for attribute in text.shuffled(attributes) {
            pieces += [text.pick([" ", "\n", "\t", "  "]), attribute]
        }
        return pieces + (text.isChosen(1, of: 2) ? ["/>"] : [">", "</disk>"])
    }
}
