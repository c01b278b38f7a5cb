import Foundation
import TestSupport
import Testing

/// Whether this process may mount file systems, in its own namespace.
private let canMount: Bool = {
    let run = try? CommandRun.run(
        "/usr/bin/unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
    return run?.status == 0
}()

/// Stores on file systems that are full, or cannot be written to.
///
/// They mount small ones in a mount namespace of their own, which takes the rights to do so.
@Suite(.enabled(if: canMount))
struct FileSystemTests {
    /// Runs a script where `$m` is the command, `$d` a folder that can be mounted upon.
    private func run(_ script: String, _ fixture: CommandFixture) throws -> CommandRun {
        let folder = fixture.folder.path("mounted ü")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var environment = fixture.environment
        environment["MOMENTLOG_STORE"] = folder + "/store.db"
        environment["m"] = CommandRun.products.path + "/momentlog"
        environment["d"] = folder
        environment["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin"
        return try CommandRun.run(
            "/usr/bin/unshare", ["-m", "/bin/sh", "-euc", script], environment: environment,
            folder: fixture.folder.url)
    }

    @Test("A disk that is full refuses, loses nothing, and the repeated request is done once")
    func full() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm", digit: "a"), to: "vm.xml")
        let lines = (1...4_000).map {
            #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>","at":\#($0),"#
                + #""request":"r\#($0)"}"#
        }
        try fixture.folder.write(lines.joined(separator: "\n") + "\n", to: "lines")
        let run = try run(
            """
            mount -t tmpfs -o size=1200k none "$d"
            head -c 400000 /dev/zero >"$d/filler"
            "$m" define vm.xml >/dev/null
            "$m" apply lines >first || true
            "$m" list vm --name >listed
            "$m" check >/dev/null
            rm "$d/filler"
            mount -o remount,size=64m "$d"
            "$m" apply lines >second
            "$m" list vm --name >whole
            "$m" log --format jsonl >log
            tail -n +2 "$d/store.db.head" | head -n 1
            ls "$d"
            """, fixture)
        try #require(run.status == 0, "\(run.errors)")
        func read(_ name: String) throws -> [String] {
            try String(contentsOfFile: fixture.folder.path(name), encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
        let first = try read("first")
        #expect(first.count == 4_000)
        let acknowledged = zip(1..., first).filter { $1.contains(#""ok":true"#) }.map { $0.0 }
        // Full in the middle: some were done, and of others it is not known.
        #expect(acknowledged.count > 100 && acknowledged.count < 3_900, "\(acknowledged.count)")
        let refusals = first.filter { $0.contains(#""ok":false"#) }
        #expect(refusals.contains { $0.contains("disk is full") }, "\(refusals.prefix(1))")
        #expect(refusals.allSatisfy { $0.contains("storage") || $0.contains("outcome-unknown") })
        let listed = Set(try read("listed"))
        #expect(acknowledged.allSatisfy { listed.contains("\($0)") })
        // All are there once after the repetition, and the acknowledged have their answers.
        let second = try read("second")
        #expect(second.allSatisfy { $0.contains(#""ok":true"#) })
        for number in acknowledged {
            let answer = first[number - 1].replacing(
                "\"repeated\":false", with: "\"repeated\":true")
            #expect(second[number - 1] == answer)
        }
        #expect(try read("whole").count == 4_000)
        let count = try read("log").count
        #expect(count == 8_001)
        #expect(run.output == "\(count)\nstore.db\nstore.db.head\n")
    }

    @Test("A store on a read-only file system is read, and says why it is not written")
    func readOnly() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm", digit: "a"), to: "vm.xml")
        let run = try run(
            """
            "$m" define vm.xml >/dev/null
            "$m" create vm --name c1 >/dev/null
            mount --bind "$d" "$d"
            mount -o remount,ro,bind "$d"
            "$m" list vm --name
            "$m" log --format jsonl | wc -l
            "$m" backup kept.db >/dev/null
            "$m" --store kept.db list vm --name
            "$m" create vm --name c2 2>&1 || echo "status $?"
            "$m" compact 2>&1 || echo "status $?"
            ls "$d"
            """, fixture)
        try #require(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(Array(lines[..<3]) == ["c1", "3", "c1"])
        for place in [3, 5] {
            #expect(lines[place].contains("store.db: Read-only file system; the store and"))
            #expect(lines[place + 1] == "status 1")
        }
        #expect(Array(lines[7...]) == ["store.db", "store.db.head"])
    }

    @Test("Commits that are still in the WAL are read from a read-only file system, too.")
    func readOnlyWithWAL() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm", digit: "a"), to: "vm.xml")
        let run = try run(
            """
            "$m" define vm.xml >/dev/null
            mkfifo lines
            "$m" apply <lines >answers &
            exec 3>lines
            echo '{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>c1</name></domaincheckpoint>"}' >&3
            until grep -q c1 answers; do :; done
            kill -9 $!
            test -s "$d/store.db-wal"
            mount --bind "$d" "$d"
            mount -o remount,ro,bind "$d"
            "$m" list vm --name
            rm -f "$d/store.db-shm" 2>/dev/null || "$m" list vm --name
            """, fixture)
        #expect(run.output == "c1\nc1\n", "\(run.errors)")
    }

    @Test("A user without write permission gets an error that says so")
    func notPermitted() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm", digit: "a"), to: "vm.xml")
        let run = try run(
            """
            mount -t tmpfs none "$d"
            chmod 755 "$d"
            "$m" define vm.xml >/dev/null
            chmod 444 "$d"/*
            cp "$m" "$d/m"
            cp vm.xml "$d"
            as="setpriv --reuid 65534 --regid 65534 --clear-groups"
            cd "$d"
            for command in "domains" "create vm --name c1" "--store new.db define vm.xml"
            do $as "$d/m" $command 2>&1 </dev/null || echo "status $?"; done
            ls "$d"
            """, fixture)
        let errors = run.output.split(separator: "\n").filter { $0.hasPrefix("momentlog:") }
        #expect(errors.count == 2, "\(run.output)\(run.errors)")
        #expect(
            errors.allSatisfy {
                $0.contains("Permission denied; the store and its folder must be")
            },
            "\(errors)")
        #expect(errors[0].contains("writable"), "\(errors)")
        #expect(run.output.split(separator: "\n").count { $0 == "status 1" } == 2)
        #expect(run.output.hasSuffix("m\nstore.db\nstore.db.head\nvm.xml\n"))
    }

    @Test("A user with read permission only reads a store as its owner does")
    func readersWithoutPermission() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm", digit: "a"), to: "vm.xml")
        let run = try run(
            """
            mount -t tmpfs none "$d"
            cp "$m" "$d/m"
            mkdir "$d/s"
            export MOMENTLOG_STORE="$d/s/store.db"
            "$m" define vm.xml >/dev/null
            "$m" create vm --name c1 >/dev/null
            mkfifo lines
            commands="list vm;log;domains;info vm c1;dumpxml vm c1;check;head;verify --quick;history vm c1"
            compare() {
                chmod 444 "$d"/s/*; chmod 555 "$d/s" "$d"
                ls -l --time-style=full-iso "$d/s" >before
                echo "$commands" | tr ';' '\n' | while read -r command; do
                    "$m" $command >expected 2>&1 || true
                    setpriv --reuid 65534 --regid 65534 --clear-groups "$d/m" $command \
                        >found 2>&1 </dev/null || true
                    sed -i '/^Verified:/d;/^warning/d;/readable/d;/chmod/d' expected found
                    cmp -s expected found || { echo "$1: $command"; cat found; }
                done
                ls -l --time-style=full-iso "$d/s" >after
                cmp before after || cat before after
                chmod 600 "$d"/s/*; chmod 755 "$d/s" "$d"
            }
            compare closed
            "$m" apply <lines >answers &
            exec 3>lines
            echo '{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>c2</name></domaincheckpoint>"}' >&3
            until grep -q c2 answers; do :; done
            compare live
            kill -9 $!
            compare crashed
            rm "$d/s/store.db-shm"
            compare "without an index"
            "$m" list vm --name
            """, fixture)
        #expect(run.output == "c1\nc2\n", "\(run.errors)")
    }

    @Test("A database that is mounted as a single file is refused, and the store is not touched.")
    func mountedFile() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm", digit: "a"), to: "vm.xml")
        let run = try run(
            """
            "$m" define vm.xml >/dev/null
            mkdir "$d/c"
            : >"$d/c/store.db"
            mount --bind "$d/store.db" "$d/c/store.db"
            for command in "create vm --name c1" "list vm" verify; do
                "$m" --store "$d/c/store.db" $command 2>&1 || echo "status $?"
            done
            ls "$d/c"
            "$m" create vm --name c2 >/dev/null
            "$m" list vm --name
            """, fixture)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count { $0 == "status 1" } == 3, "\(run.output)\(run.errors)")
        #expect(lines.count { $0.contains("is mounted as a single file") } == 3)
        #expect(lines.suffix(2) == ["store.db", "c2"])
    }
}
