import CheckpointXML
import Moments
import TestSupport
import Testing

struct DiskNameTests {
    private func read(disk: String) throws -> CheckpointDocument {
        let text = CheckpointText.document(
            "a", disks: "<disks><disk name='vda'/><disk \(disk)/></disks>")
        return try CheckpointReader().read(Array(text.utf8), as: .record)
    }

    @Test(
        "Targets and absolute paths name disks, as in libvirt's schema",
        arguments: [
            "vda", "fda", "hda", "sda", "xvda1", "ubd_0", "vdA9", "xvd_", "ioemu:hda",
            "nvme0n1", "nvme10n22", "nvme00n01",
            "/a", "/ ", "//", "/a ü", "/🐧", "/a\tb", "/a\u{85}b", "/a\u{2028}b", "C:\\x", "z:\\ ",
        ])
    func valid(name: String) throws {
        #expect(DiskName.isValid(name))
        let written = name.replacing("\t", with: "&#9;")
        #expect(try read(disk: "name='\(written)'").disks.last?.name == name)
    }

    @Test(
        "Other names are refused with their place, and it is said what is allowed",
        arguments: [
            "", "hd", "vd-a", "vdaé", "vda\u{301}", "nvme0n", "nvmen1", "nvme0",
            "nvme", "nvme0n1p1", "nvme0n1n1", "nvme٣n1", "nvmean1", "ioemu:nvme0n1", "dasda",
            " vda", "vda ", "vda\n",
            "VDA", "ioemu:", "ioemu:ioemu:hda", "ioemu:/a", "/", "/a\nb", "/a\rb", "/a\r\nb", "/\n",
            "C:/x", "C:\\", "1:\\x", "CC:\\x", "c:\\a\n", "rel/x", "./x", "[store] x",
        ])
    func invalid(name: String) throws {
        #expect(!DiskName.isValid(name))
        let written = name.replacing("\n", with: "&#10;").replacing("\r", with: "&#13;")
            .replacing("\r\n", with: "&#13;&#10;")
        let error = #expect(throws: DocumentError.self) { try read(disk: "name='\(written)'") }
        let problem = try #require(error?.problems.first)
        #expect(error?.problems.count == 1)
        #expect(problem.kind == .schema)
        #expect(problem.path == "/domaincheckpoint/disks/disk[2]/@name")
        #expect(problem.message.contains("absolute path"))
    }

    @Test(
        "A bitmap's size is digits, and a disk without bitmap has none",
        arguments: [
            ("size='1'", true), ("size='007'", true), ("size='18446744073709551615'", true),
            ("size='18446744073709551616'", false), ("size=' 1 '", false), ("size='+1'", false),
            ("size='-0'", false), ("size=''", false), ("size='1.5'", false), ("size='٣'", false),
            ("checkpoint='no' size='1'", false), ("size='1' checkpoint='no'", false),
            ("size='1' checkpoint='bitmap'", true),
        ])
    func sizes(attributes: String, isAllowed: Bool) throws {
        let disk = "name='vdb' \(attributes)"
        if isAllowed {
            #expect(try read(disk: disk).disks.count == 2)
        } else {
            let error = #expect(throws: DocumentError.self) { try read(disk: disk) }
            #expect(error?.problems.map(\.path) == ["/domaincheckpoint/disks/disk[2]/@size"])
        }
    }
}
