import CheckpointXML
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct SourceDocumentTests {
    @Test(
        "A document is read whole from a file, whatever its length",
        arguments: [0, 1, 4095, 4096, 4097, 300_000, 1 << 20])
    func contents(length: Int) throws {
        let folder = try TemporaryFolder("documents")
        let text = String(repeating: "0123456789", count: length / 10 + 1).prefix(length)
        let path = try folder.write(String(text), to: "x.xml")
        let document = try SourceDocument(contentsOf: path)
        #expect(document == SourceDocument(Array(text.utf8), from: path))
    }

    @Test("A document can be read from a pipe")
    func pipe() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("<a/>".utf8))
        try pipe.fileHandleForWriting.close()
        let document = try SourceDocument(
            descriptor: pipe.fileHandleForReading.fileDescriptor, from: "standard input")
        #expect(document == SourceDocument(Array("<a/>".utf8), from: "standard input"))
    }

    @Test("More bytes than allowed are refused, also where there is no end to them")
    func tooLarge() throws {
        let folder = try TemporaryFolder("documents")
        let path = try folder.write(String(repeating: "x", count: 1 << 20 + 1), to: "x.xml")
        for path in [path, "/dev/zero"] {
            let error = #expect(throws: MomentlogError.self) {
                try SourceDocument(contentsOf: path)
            }
            #expect(error?.code == .invalidXML)
            #expect(
                error?.message == "\(path): the document has more than the 1048576 bytes that are"
                    + " allowed: libvirt skips larger files at its next start")
            #expect(error?.hint?.contains("libvirt.org/formatcheckpoint.html") == true)
        }
        #expect(throws: Never.self) {
            try SourceDocument(contentsOf: path, limits: Limits(bytes: 1 << 20 + 1))
        }
    }

    @Test("An unreadable document is reported with its path and the system's reason")
    func unreadable() throws {
        let folder = try TemporaryFolder("documents")
        for (path, reason) in [
            (folder.path("nowhere.xml"), "No such file or directory"),
            (folder.url.path, "Is a directory"),
        ] {
            let error = #expect(throws: MomentlogError.self) {
                try SourceDocument(contentsOf: path)
            }
            #expect(error?.code == .unreadableFile)
            #expect(error?.message == "\(path): \(reason)")
            #expect(error?.hint == "make it readable, then try again")
            #expect(error?.cause != nil)
        }
    }

    @Test("A problem in a document is reported with its source and position")
    func source() {
        let text = "<domaincheckpoint>\n  <bad/>\n</domaincheckpoint>"
        for (document, start) in [
            (SourceDocument(text, from: "a.xml"), "a.xml: line 2, column 3: <bad>"),
            (SourceDocument(text), "line 2, column 3: <bad>"),
        ] {
            let error = #expect(throws: MomentlogError.self) { try document.request() }
            #expect(error?.code == .invalidXML)
            #expect(error?.message.hasPrefix(start) == true)
            #expect(error?.hint != nil && error?.cause is DocumentError)
        }
    }

    @Test("A document for a new checkpoint provides name, description and disks only")
    func request() throws {
        let disks = "<disks><disk name='vda' checkpoint='bitmap'/></disks>"
        let text =
            "<domaincheckpoint><name>c1</name><description>d</description>\(disks)"
            + CheckpointText.domain("other") + "</domaincheckpoint>"
        let request = try SourceDocument(text).request()
        #expect(
            request
                == CheckpointRequest(name: "c1", description: "d", disks: [Disk(name: "vda")]))
    }

    @Test(
        "A definition that names no domain, or names it wrongly, is refused",
        arguments: [
            ("<domain/>", "name"), ("<domain><name>a/b</name></domain>", "cannot contain '/'"),
            ("<domain><name> </name></domain>", "is empty"), ("<domaincheckpoint/>", "domain"),
            ("<domain><name>a</name><uuid>12</uuid></domain>", "<uuid>"),
        ])
    func definitions(text: String, part: String) {
        let error = #expect(throws: MomentlogError.self) {
            try Instruction.define(
                SourceDocument(text, from: "d.xml"), by: StoreFixture.submission)
        }
        #expect(error?.code == .invalidXML)
        #expect(error?.message.hasPrefix("d.xml: ") == true)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(error?.hint != nil)
    }
}
