import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct DiskListTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func bytes(_ disks: [Disk]) -> [[UInt8]] {
        disks.map { Array("\($0.name)|\($0.mode)|\($0.bitmap ?? "-")".utf8) }
    }

    @Test(
        "a disk list comes back byte for byte",
        arguments: [
            [], [Disk(name: "vda", bitmap: "K")], [Disk(name: "vda", mode: .no, bitmap: "K")],
            [Disk(name: "vda"), Disk(name: "vdb", mode: .no), Disk(name: "vda", bitmap: "other")],
            [Disk(name: "a\"b\\c\n💾", bitmap: "")], [Disk(name: "true", bitmap: "true")],
            // The byte order mark, which readers of JSON like to lose.
            [Disk(name: "\u{FEFF}", bitmap: "\r\u{FEFF}a"), Disk(name: "\u{FEFF}a")],
            // KELVIN SIGN, which Swift holds equal to the letter K.
            [Disk(name: "vda", bitmap: "\u{212A}")],
        ] as [[Disk]])
    func roundTrip(disks: [Disk]) throws {
        let decoded = try #require(
            DiskListContent.Decoded(DiskListContent.encode(disks, of: "K")))
        #expect(bytes(decoded.disks(of: "K")) == bytes(disks))
    }

    @Test("lists that differ only in the checkpoint's own name are one")
    func ownNameIsShared() {
        let lists = ["c1", "c2"].map {
            DiskListContent.encode([Disk(name: "vda", bitmap: $0)], of: $0)
        }
        #expect(lists == [#"[["vda","bitmap",true]]"#, #"[["vda","bitmap",true]]"#])
    }

    @Test(
        "what is no disk list is refused",
        arguments: [
            "", "null", "{}", "[1]", "[[]]", #"[["vda","bitmap"]]"#, #"[["vda","full",null]]"#,
            #"[[1,"no",null]]"#, #"[["vda","bitmap",true],1]"#, #"[["vda","bitmap",7]]"#,
            #"[["vda","bitmap",false]]"#,
        ])
    func garbage(content: String) {
        #expect(DiskListContent.Decoded(content) == nil)
    }

    @Test("disks whose names differ only in their Unicode form stay apart")
    func normalForms() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let names = ["/images/\u{E9}.qcow2", "/images/e\u{301}.qcow2"]
        _ = try await log.append(
            .appending(
                names.enumerated().map { number, name in
                    .checkpointCreated(
                        Checkpoint(
                            name: "c\(number)", creationTime: 1, disks: [Disk(name: name)]))
                }, after: first, named: "vm1"))
        let contents = try await log.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT content FROM event JOIN disk_list ON disk_list.id = event.disks
                    ORDER BY sequence
                    """)
        }
        #expect(
            contents?.map { Array($0.utf8) }
                == names.map { Array("[[\"\($0)\",\"bitmap\",null]]".utf8) })
        await log.close()
    }
}
