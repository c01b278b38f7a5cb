import CheckpointXML
import Foundation
import Momentlog
import TestSupport
import Testing

/// What libvirt takes for a secret, and we.
@Suite(.enabled(if: LibvirtPeer.isComparedWith))
struct SecretsPeerTests {
    /// What to put into `<os>`, into `<devices>` and elsewhere; each may hold secrets.
    private static let parts: [(os: String, devices: String, rest: String)] = [
        (
            "",
            "<graphics type='vnc' autoport='yes' keymap='de' passwd='a'"
                + " passwdValidTo='2030-01-01T00:00:00' connected='keep'/>", ""
        ),
        (
            "",
            "<graphics type='vnc' socket='/s' passwd='&lt;&apos;&quot;&gt; =/'/>"
                + "<graphics type='spice' autoport='yes' passwd='b'/>", ""
        ),
        ("", "<graphics type='spice' autoport='yes' passwd='a &gt; b'/>", ""),
        ("", disk("<source protocol='https' name='a'>\(host)\(cookies)</source>"), ""),
        (
            "",
            disk(
                "<source protocol='https' name='a' query='k=v'>\(host)<ssl verify='no'/>"
                    + "\(cookies)<readahead size='1'/><timeout seconds='6'/></source>"), ""
        ),
        (
            "",
            disk(
                "<source protocol='https' name='a'>\(host)\(cookies)</source>"
                    + "<backingStore type='network'><format type='raw'/>"
                    + "<source protocol='https' name='b'>\(host)\(cookies)</source>"
                    + "<backingStore type='network'><format type='raw'/>"
                    + "<source protocol='https' name='c'>\(host)\(cookies)</source>"
                    + "<backingStore/></backingStore></backingStore>"), ""
        ),
        (
            "",
            disk(
                "<source protocol='iscsi' name='iqn/1'>\(host)<auth username='u'>"
                    + "<secret type='iscsi' usage='x'/></auth></source>"), ""
        ),
        (
            "",
            "<disk type='file'><source file='/x'><encryption format='luks'><secret"
                + " type='passphrase' usage='y'/></encryption></source>"
                + "<target dev='vdz'/></disk>", ""
        ),
        (
            "<nvram type='network'><source protocol='https' name='n'>\(host)\(cookies)"
                + "</source></nvram>", "", ""
        ),
        ("<cmdline>password=1</cmdline>", "", ""),
        (
            "", "",
            "<launchSecurity type='sev'><cbitpos>47</cbitpos><reducedPhysBits>1"
                + "</reducedPhysBits><policy>1</policy><dhCert>A</dhCert><session>B</session>"
                + "</launchSecurity>"
        ),
        (
            "", "",
            "<metadata><x:a xmlns:x='u:x' passwd='a'><devices><graphics passwd='b'/></devices>"
                + "<source>\(cookies)</source></x:a></metadata>"
        ),
        ("", "", "<sysinfo type='fwcfg'><entry name='opt/a'>b</entry></sysinfo>"),
        ("", "", "<description>&lt;graphics passwd='a'/&gt;</description>"),
    ]

    private static let host = "<host name='h' port='443'/>"
    private static let cookies =
        "<cookies><cookie name='a'>b</cookie><cookie name='c'>&lt;d&gt;</cookie></cookies>"

    private static func disk(_ content: String) -> String {
        "<disk type='network' device='disk'><driver name='qemu' type='raw'/>\(content)"
            + "<target dev='vda' bus='virtio'/></disk>"
    }

    private static func definition(_ parts: [(os: String, devices: String, rest: String)]) -> String
    {
        let loaders = parts.contains { !$0.os.isEmpty } ? " firmware='efi'" : ""
        return "<domain type='test'><name>vm</name><memory>1024</memory>"
            + "<os\(loaders)><type>hvm</type>\(parts.map(\.os).joined())</os>"
            + "\(parts.map(\.rest).joined())"
            + "<devices>\(parts.map(\.devices).joined())</devices></domain>"
    }

    @Test("Without its secrets a definition is what libvirt prints without its secure flag")
    func agreement() throws {
        let definitions = Self.parts.map { Self.definition([$0]) }
        let printed = try LibvirtPeer().printed(definitions)
        var secretive = 0
        for (definition, printed) in zip(definitions, printed) {
            let ours = DomainSecrets.removed(from: Array(printed.whole.utf8))
            #expect(String(decoding: ours, as: UTF8.self) == printed.open, "\(definition)")
            if printed.whole != printed.open { secretive += 1 }
        }
        #expect(printed.count == definitions.count)
        // Passwords, cookies; the others hold what stays.
        #expect(secretive == 7)
    }

    @Test("Secrets beside each other go as each alone", arguments: Seeds.few)
    func together(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        // Two disks of one target, or two of what may come once, are refused.
        let free = Self.parts.filter { $0.rest.isEmpty && $0.os.isEmpty }
        let disks = free.indices.filter { free[$0].devices.hasPrefix("<disk type='network'") }
        let definitions = (0..<60).map { _ in
            let chosen = free.indices.filter { !disks.contains($0) }.shuffled(using: &random)
                .prefix(Int.random(in: 1...2, using: &random))
            let disk = disks.randomElement(using: &random).map { [$0] } ?? []
            return Self.definition((disk + chosen).shuffled(using: &random).map { free[$0] })
        }
        for printed in try LibvirtPeer().printed(definitions) {
            let ours = DomainSecrets.removed(from: Array(printed.whole.utf8))
            #expect(String(decoding: ours, as: UTF8.self) == printed.open, "seed \(seed)")
        }
    }
}
