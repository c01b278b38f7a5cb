/// The parts of a domain's definition that libvirt prints only with its secure flag.
///
/// | what | where | source |
/// | --- | --- | --- |
/// | `passwd` | on every `<graphics>` | "Graphical framebuffers" in <https://libvirt.org/formatdomain.html> |
/// | `<cookies>` | in every `<source>` of a `<disk>`: its own, of what backs it, of what mirrors it | "Hard drives, floppy disks, CDROMs" there |
/// | `<cookies>` | in the `<source>` of the `<nvram>` in `<os>` | "BIOS bootloader" there |
///
/// That the flag controls them is documented at `VIR_DOMAIN_XML_SECURE` in
/// <https://libvirt.org/html/libvirt-libvirt-domain.html>, which does not list them: the list was
/// found by printing definitions with all kinds of devices with and without it, in libvirt 9.0. All
/// other secrets of a definition are references to libvirt's secret objects
/// (<https://libvirt.org/formatsecret.html>), or are always printed: `launchSecurity`'s
/// `<session>`, the kernel's `<cmdline>`, `<sysinfo>`, a source's `query`, and everything in
/// `<metadata>` or passed through to the hypervisor.
public enum DomainSecrets {
    /// Returns a definition without its secrets; nothing else changes. If it cannot be parsed, the
    /// result is empty, so that no secret is left.
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

/// Finds the positions of the secrets.
private final class SecretsHandler: SAXHandler {
    /// The ranges to omit, in the order of the document, none overlapping.
    private(set) var ranges: [Range<Int>] = []

    /// A definition was read before, so its root is valid.
    let refusal: DocumentError? = nil

    private let bytes: [UInt8]
    private var path: [Element] = []
    /// The outermost open `<cookies>`: its start and depth.
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
        // In any namespace: it is safer to omit too much.
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
        // The line break and indent before it are omitted as well.
        while start > 0, Self.isSpace(bytes[start - 1]) { start -= 1 }
        ranges.append(start..<end)
        cookies = nil
        return .elements
    }

    /// Whether the innermost open element is a `<source>` of the firmware's variables, of a disk,
    /// or of its backing or mirror image.
    private var isSourceWithCookies: Bool {
        path.last == .source
            && (path.starts(with: [.domain, .devices, .disk])
                || path.starts(with: [.domain, .os, .nvram]))
    }

    func characters(_ characters: UnsafeBufferPointer<UInt8>) {}

    /// Inspects the attributes of a start tag that is known to be well-formed.
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

    /// Returns the start of an attribute, including white space before it, if it has this name and
    /// its value's quote is at `quote`.
    private func startOfAttribute(named name: String, valueAt quote: Int) -> Int? {
        var end = quote - 1
        while Self.isSpace(bytes[end]) || bytes[end] == UInt8(ascii: "=") { end -= 1 }
        var start = end
        while !Self.isSpace(bytes[start - 1]) { start -= 1 }
        // libvirt reads it with a prefix, too.
        let local = bytes[start...end].lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? start
        guard bytes[local...end].elementsEqual(name.utf8) else { return nil }
        while Self.isSpace(bytes[start - 1]) { start -= 1 }
        return start
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
