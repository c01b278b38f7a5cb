extension Reconciliation {
    /// The commands that repair what a judgement tells; none for what is valid or not known.
    ///
    /// A bitmap that is of no use is removed from the images, so that the next checkpoint may
    /// bear its name. Then the checkpoint's metadata goes, or, where its data on other disks
    /// may still be sound, only what it says of this disk. A disabled bitmap is not enabled
    /// again: what was written meanwhile would be missing from every backup.
    ///
    /// - Complexity: O(1) expected, plus the images that hold the bitmap.
    public func repair(_ judgement: Judgement, in domain: String) -> [String] {
        switch judgement.verdict {
        case .valid, .unknown: return []
        case .orphan: return Self.removals(judgement, in: domain)
        case .missing, .inconsistent, .notRecording, .gapInChain, .unsupportedFormat: break
        }
        guard let checkpoint = judgement.checkpoint else { return [] }
        return Self.removals(judgement, in: domain)
            + (isUsable(checkpoint)
                ? Self.uncoverings(checkpoint, judgement.disk, in: domain)
                : Self.deletions(checkpoint, in: domain))
    }

    /// Commands that take the bitmap out of each image that holds it.
    private static func removals(_ judgement: Judgement, in domain: String) -> [String] {
        judgement.holders.map { image in
            guard let node = image.node else {
                let words = [image.path, judgement.bitmap]
                return "qemu-img bitmap --remove" + arguments(words)
            }
            let removal =
                #"{"execute":"block-dirty-bitmap-remove","arguments":{"node":\#(json(node)),"#
                + #""name":\#(json(judgement.bitmap))}}"#
            return "virsh qemu-monitor-command" + arguments([domain, removal])
        }
    }

    private static func deletions(_ checkpoint: String, in domain: String) -> [String] {
        [
            "virsh checkpoint-delete --metadata" + arguments([domain, checkpoint]),
            "momentlog delete" + arguments([domain, checkpoint]),
        ]
    }

    /// Commands after which the checkpoint does not cover the disk any more.
    private static func uncoverings(
        _ checkpoint: String, _ disk: String, in domain: String
    ) -> [String] {
        let place = "^    <disk name='\(pattern(disk))' checkpoint='bitmap'"
        let script = "s#\(place).*#    <disk name='\(replacement(disk))' checkpoint='no'/>#"
        let file = ShellWord.quoted("./\(checkpoint).xml")
        return [
            "momentlog dumpxml --security-info" + arguments([domain, checkpoint])
                + " | sed \(ShellWord.quoted(script)) > \(file)",
            "virsh checkpoint-create --redefine" + arguments([domain]) + " \(file)",
            "momentlog redefine" + arguments([domain]) + " \(file)",
        ]
    }

    /// Words of a command; what looks like an option is told apart.
    private static func arguments(_ words: [String]) -> String {
        let isLikeOption = words.contains { $0.utf8.first == UInt8(ascii: "-") }
        return (isLikeOption ? " --" : "")
            + words.map { " " + ShellWord.quoted($0) }.joined()
    }

    /// A disk's name as XML has it, and as sed takes it for itself.
    private static func pattern(_ name: String) -> String {
        escaped(xml(name), #"\.*[]^$#"#)
    }

    private static func replacement(_ name: String) -> String { escaped(xml(name), #"\&#"#) }

    private static func xml(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "'": escaped += "&apos;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func escaped(_ text: String, _ special: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if special.unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// A text as JSON has it (RFC 8259, 7).
    private static func json(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
