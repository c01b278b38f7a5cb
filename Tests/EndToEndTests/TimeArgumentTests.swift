import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Points in time on the command line: ages, dates and `now`.
struct TimeArgumentTests {
    private let fixture: CommandFixture

    init() throws {
        fixture = try CommandFixture()
        try fixture.chain("c1", "2h")
    }

    @Test(
        "An age is understood as an argument, with and without a dash",
        arguments: [
            ["-2h"], ["-2h", "now"], ["-90m", "now"], ["-1d"], ["-2h30m", "-0s"], ["2h"],
            ["2h ago"], ["2 hours ago", "now"], ["yesterday", "today"], ["0", "-0s"],
            ["--", "-2h"], ["-2hours"], ["2001-01-01", "now"],
        ])
    func ages(arguments: [String]) throws {
        let whole = try fixture.output("diff", "vm", "0")
        #expect(whole.contains("c1") && whole.contains("2h"))
        let run = try fixture.run(["diff", "vm"] + arguments)
        #expect(run.output == whole && run.errors == "" && run.status == 0, "\(run.errors)")
        let first = try fixture.run(["diff", "--format", "json", "vm"] + arguments)
        #expect(first.status == 0 && first.output.contains(#""checkpoint":"2h""#))
    }

    @Test(
        "An age is understood as the value of an option",
        arguments: [["-1h"], ["1h ago"], ["-90m"], ["-1h30m"], ["yesterday"], ["2 days ago"]])
    func options(age: [String]) throws {
        for option in [["--at"] + age, ["--at=" + age[0]]] {
            let list = try fixture.run(["list", "vm"] + option)
            #expect(list.status == 0 && list.errors.contains("nothing had been recorded"))
        }
        let since = try fixture.run(["log", "--since"] + age)
        #expect(try since.output == fixture.output("log"))
        let until = try fixture.run(["log", "--until"] + age)
        #expect(until.output == "No matching events.\n" && until.status == 0)
    }

    @Test(
        "An age where no point in time can be is wrong usage, and never the help",
        arguments: [
            ["list", "vm", "-2h"], ["list", "-2h"], ["list", "vm", "--tree", "-2h"],
            ["log", "vm", "-2h"], ["log", "-1h"], ["history", "vm", "-2h"], ["check", "-2h"],
            ["delete", "vm", "-2h"], ["delete", "-2h"], ["current", "vm", "-2h"],
            ["export", "vm", "--output", "-2h"], ["delete", "vm", "c1", "--reason", "-2h"],
            ["log", "--actor", "-2hours"], ["-2h"], ["-2h", "list", "vm"],
            ["list", "vm", "-1d"], ["diff", "vm", "-2"], ["diff", "vm", "-2x"], ["diff", "-2h"],
            ["diff", "vm", "-2h", "-1h", "-3h"], ["diff", "vm", "-2h", "--format", "-1h"],
        ])
    func misplaced(arguments: [String]) throws {
        let before = try fixture.state()
        let run = try fixture.run(arguments)
        #expect(run.status == 64 && run.output.isEmpty, "\(run.output)\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(try fixture.state() == before)
    }

    @Test(
        "A text that is not a point in time is refused, and the error lists the forms that are",
        arguments: [
            ["list", "vm", "--at", "tuesday"], ["diff", "vm", "tuesday"],
            ["diff", "vm", "0", "tuesday"], ["log", "--since", "tuesday"],
            ["log", "--until", "tuesday"],
        ])
    func refusal(arguments: [String]) throws {
        let run = try fixture.run(arguments)
        #expect(run.status == 64)
        #expect(
            run.errors.contains(
                "invalid time 'tuesday'; use an event number, a date, a time such as 12:30,"
                    + " yesterday, or an age such as 2h"), "\(run.errors)")
    }

    /// Another store, with a checkpoint that was taken over at a time.
    private func store(importedAt time: String) async throws -> CommandFixture {
        let other = try CommandFixture()
        let library = try other.library("old", ["o1": nil])
        let store = try await CheckpointStore.open(at: other.folder.path("store.db"))
        _ = try await store.importLibraries(
            at: [library], options: ImportOptions(time: Timestamp(rfc3339: time)),
            by: Submission(actor: "me@host"))
        await store.close()
        return other
    }

    @Test(
        "A date includes its whole day where something ends, in the local zone",
        arguments: [
            ("UTC", "2020-11-27T00:00:00.000000Z"), ("UTC", "2020-11-27T23:59:59.999999Z"),
            ("Asia/Tokyo", "2020-11-26T15:00:00.000000Z"),
            ("Asia/Tokyo", "2020-11-27T14:59:59.999999Z"),
            ("America/New_York", "2020-11-27T05:00:00.000000Z"),
            ("America/New_York", "2020-11-28T04:59:59.999999Z"),
        ])
    func dates(zone: String, time: String) async throws {
        let other = try await store(importedAt: time)
        func output(_ arguments: String...) throws -> String {
            let run = try CommandRun.run(
                "momentlog", arguments,
                environment: other.environment.merging(["TZ": zone]) { $1 })
            #expect(run.status == 0, "\(run.errors)")
            return run.output
        }
        let none = "No matching events.\n"
        #expect(try output("log", "--until", "2020-11-27") == output("log"))
        #expect(
            try output("log", "--since", "2020-11-27", "--until", "2020-11-27") == output("log"))
        #expect(try output("log", "--until", "2020-11-26") == none)
        #expect(try output("log", "--since", "2020-11-28") == none)
        #expect(try output("list", "old", "--name", "--at", "2020-11-27") == "o1\n")
        #expect(try output("list", "old", "--name", "--at", "2020-11-26") == "")
        let difference = try output("diff", "old", "2020-11-27", "2020-11-27")
        #expect(difference.contains("o1"))
        #expect(try output("diff", "old", "2020-11-27") == difference)
        #expect(try output("diff", "old", "2020-11-26", "2020-11-26") == "")
        #expect(try output("diff", "old", "2020-11-28", "2020-11-28") == "")
    }

    @Test("A whole second, as 'log' prints it, is before an event within it; its exact time is not")
    func fraction() async throws {
        let other = try await store(importedAt: "2020-11-27T10:20:30.400000Z")
        let environment = other.environment.merging(["TZ": "UTC"]) { $1 }
        func output(_ arguments: String...) throws -> String {
            let run = try CommandRun.run("momentlog", arguments, environment: environment)
            #expect(run.status == 0, "\(run.errors)")
            return run.output
        }
        let second = "2020-11-27 10:20:30 +0000"
        #expect(try output("log").contains(second))
        #expect(try output("list", "old", "--name", "--at", second) == "")
        let exact = "2020-11-27 10:20:30.400000 +0000"
        #expect(try output("show", "1").contains(exact))
        #expect(try output("list", "old", "--name", "--at", exact) == "o1\n")
        let help = try output("help", "when")
        #expect(help.contains("A time is the beginning of its second"))
    }

    @Test("'now' is after the last commit, even if that has a future time")
    func ahead() async throws {
        let other = try await store(importedAt: "2099-01-01T00:00:00.000000Z")
        #expect(try other.output("list", "old", "--name", "--at", "now") == "o1\n")
        #expect(try other.output("list", "old", "--name", "--at", "-0s") == "")
        #expect(try other.output("log", "--until", "now") == other.output("log"))
        #expect(try other.output("diff", "old", "0", "now").contains("o1"))
        #expect(try other.output("diff", "old", "now").isEmpty)
        for since in ["now", "-1h", "2099-06-01"] {
            let log = try other.output("log", "--since", since, "--until", "now")
            #expect((log == "No matching events.\n") == (since != "-1h"), "\(since)")
        }
        // What is deleted now has a time to come as well.
        _ = try other.output("delete", "old", "o1")
        #expect(try other.output("list", "old", "--name", "--at", "now") == "")
        _ = try other.output("export", "old", "--output", "out", "--at", "now")
        #expect(try other.folder.contents.contains("out/old/ORDER"))
        #expect(try !other.folder.contents.contains("out/old/o1.xml"))
    }

    @Test("check warns of times that the clock has not reached, each time in the same words")
    func warning() async throws {
        let other = try await store(importedAt: "2099-01-01T00:00:00.000000Z")
        let message =
            "the last event, 3, has the time 2099-01-01T00:00:00.000000Z, which this machine's"
            + " clock has not reached"
        for arguments in [[], ["old"], ["--at", "now"], ["--at", "3"], ["old", "--at", "3"]] {
            let run = try other.run(["check", "--format", "json"] + arguments)
            #expect(run.status == 0)
            let list = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
            let findings = try #require(list as? [[String: Any]])
            #expect(findings.map { $0["finding"] as? String } == ["clock-ahead"])
            #expect(findings.first?["severity"] as? String == "warning")
            #expect(findings.first?["domain"] as? String == "old")
            #expect(findings.first?["message"] as? String == message)
        }
        #expect(try other.output("check", "--at", "-0s").contains("nothing found"))
        #expect(try fixture.output("check").contains("nothing found"))
    }

    @Test(
        "An event inside a commit is announced by whatever answers as of the commit before",
        arguments: [
            ["list", "vm"], ["check", "vm"], ["check"], ["domains"], ["export", "vm", "--script"],
            ["export", "vm", "--output", "out"], ["info", "vm", "c1"], ["current", "vm"],
        ])
    func insideCommit(command: [String]) throws {
        // The second checkpoint is the events 4 and 5.
        let run = try fixture.run(command + ["--at", "4"])
        #expect(run.status == 0 && run.errors.contains("event 4 is inside a commit"), "\(command)")
        let end = try fixture.run(command.map { $0 == "out" ? "out2" : $0 } + ["--at", "5"])
        #expect(end.status == 0 && !end.errors.contains("inside a commit"))
    }
}
