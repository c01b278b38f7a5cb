/// What of a domain's definition libvirt prints only with its secure flag.
///
/// | what | where | source |
/// | --- | --- | --- |
/// | `passwd` | on every `<graphics>` | "Graphical framebuffers" in <https://libvirt.org/formatdomain.html> |
/// | `<cookies>` | in every `<source>` of a `<disk>`: its own, of what backs it, of what mirrors it | "Hard drives, floppy disks, CDROMs" there |
/// | `<cookies>` | in the `<source>` of the `<nvram>` in `<os>` | "BIOS bootloader" there |
///
/// That the flag leaves them out is said at `VIR_DOMAIN_XML_SECURE` in
/// <https://libvirt.org/html/libvirt-libvirt-domain.html>, which does not name them: the
/// list was found by printing definitions with all kinds of devices with and without it, in
/// libvirt 9.0. All other secrets of a definition are references to libvirt's secret objects
/// (<https://libvirt.org/formatsecret.html>), or are printed always: `launchSecurity`'s
/// `<session>`, the kernel's `<cmdline>`, `<sysinfo>`, a source's `query`, and whatever stands
/// in `<metadata>` or is passed to the hypervisor as it is.
public enum DomainSecrets {
    /// A definition without its secrets; nothing else changes. What cannot be
    /// parsed is returned without anything, so that no secret slips through.
    ///
    /// - Complexity: O(*n*) in the bytes.
    public static func removed(from definition: [UInt8]) -> [UInt8] {
        let handler = SecretsHandler(bytes: definition)
        let limits = Limits(bytes: max(definition.count, 1), depth: .max)
        do {
            try SAXParser(handler: handler, limits: limits)
                .parse(DocumentText(definition, limits))
        } catch {
            return []
        }
        guard !handler.ranges.isEmpty else { return definition }
        var kept: [UInt8] = []
        kept.reserveCapacity(definition.count)
        var position = 0
        for range in handler.ranges {
            kept += definition[position..<range.lowerBound]
            position = range.upperBound
        }
        return kept + definition[position...]
    }
}

/// Finds where the secrets stand.
private final class SecretsHandler: SAXHandler {
    /// What to leave out, in the order of the document, none overlapping.
    private(set) var ranges: [Range<Int>] = []

    /// A definition was read before, so that its root is what it should be.
    let refusal: DocumentError? = nil

    private let bytes: [UInt8]
    private var path: [Element] = []
    /// The outermost `<cookies>` that is open: where it begins, and at which depth.
    private var cookies: (start: Int, depth: Int)?

    private enum Element: CaseIterable {
        case domain, os, nvram, devices, disk, graphics, source, cookies, other

        var name: StaticString {
            switch self {
            case .domain: "domain"
            case .os: "os"
            case .nvram: "nvram"
            case .devices: "devices"
            case .disk: "disk"
            case .graphics: "graphics"
            case .source: "source"
            case .cookies: "cookies"
            case .other: ""
            }
        }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    func startElement(_ element: SAXElement, offset: Int) -> SAXInterest {
        // Whatever their namespace: rather too much goes than too little.
        let kind = Element.allCases.first { element.hasLocalName($0.name) } ?? .other
        if kind == .graphics && path == [.domain, .devices] {
            addPassword(tagStart: offset)
        } else if kind == .cookies && isSourceWithCookies && cookies == nil {
            cookies = (offset, path.count)
        }
        path.append(kind)
        return .elements
    }

    func endElement(end: Int) -> SAXInterest {
        path.removeLast()
        guard let opened = cookies, opened.depth == path.count else { return .elements }
        var start = opened.start
        // The line break and indent before it go with it.
        while start > 0, Self.isSpace(bytes[start - 1]) { start -= 1 }
        ranges.append(start..<end)
        cookies = nil
        return .elements
    }

    /// Whether the elements that are open end with a `<source>` of the firmware's variables,
    /// of a disk, or of what backs or mirrors it.
    private var isSourceWithCookies: Bool {
        path.last == .source
            && (path.starts(with: [.domain, .devices, .disk])
                || path.starts(with: [.domain, .os, .nvram]))
    }

    func characters(_ characters: UnsafeBufferPointer<UInt8>) {}

    /// Looks through the attributes of a start tag that is known to be well-formed.
    private func addPassword(tagStart: Int) {
        var index = tagStart
        while index < bytes.count, bytes[index] != UInt8(ascii: ">") {
            guard bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
                index += 1
                continue
            }
            guard let close = bytes[(index + 1)...].firstIndex(of: bytes[index]) else { return }
            if let start = startOfAttribute(named: "passwd", valueAt: index) {
                ranges.append(start..<close + 1)
            }
            index = close + 1
        }
    }

    /// Where an attribute begins, white space before it counted in, if its name is
    /// this one and its value's quote is at `quote`.
    private func startOfAttribute(named name: String, valueAt quote: Int) -> Int? {
        var end = quote - 1
        while Self.isSpace(bytes[end]) || bytes[end] == UInt8(ascii: "=") { end -= 1 }
        var start = end
        while !Self.isSpace(bytes[start - 1]) { start -= 1 }
        // A prefix does not keep libvirt from reading it.
        let local = bytes[start...end].lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? start
        guard bytes[local...end].elementsEqual(name.utf8) else { return nil }
        while Self.isSpace(bytes[start - 1]) { start -= 1 }
        return start
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
