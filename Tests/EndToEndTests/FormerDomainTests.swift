import TestSupport
import Testing

/// What commands say of a domain that was undefined or renamed.
struct FormerDomainTests {
    @Test(
        "A command names the event that undefined its domain, and a command that shows more",
        arguments: [
            ["list", "vm"], ["info", "vm", "c1"], ["delete", "vm", "c1"], ["revert", "vm", "3"],
            ["check", "vm"], ["export", "vm", "--output", "out"],
            ["prune", "vm", "--keep-last", "1"],
            ["undefine", "vm"],
        ])
    func undefined(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output(
            "undefine", "vm", "--checkpoints-metadata", "--actor", "bob", "--reason", "retired")
        let run = try fixture.run(arguments)
        #expect(run.status == 1)
        #expect(run.errors.contains("recorded by bob, undefined it"), "\(run.errors)")
        #expect(
            run.errors.hasSuffix("see what happened to it: momentlog log vm\n"), "\(run.errors)")
        #expect(try fixture.output("log", "vm").contains("retired"))
        // What happened later does not explain what was missing before.
        let past = try fixture.run("list", "vm", "--at", "1")
        #expect(!past.errors.contains("undefined it"), "\(past.errors)")
    }

    @Test("A command names the event that gave its domain another name")
    func renamed() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("rename", "vm", "middle", "--actor", "bob")
        _ = try fixture.output("rename", "middle", "new", "--actor", "carol")
        let run = try fixture.run("list", "vm")
        #expect(run.errors.contains("recorded by bob, renamed it to 'middle'"), "\(run.errors)")
        #expect(run.errors.hasSuffix("momentlog log vm\n"), "\(run.errors)")
        #expect(try fixture.output("log", "vm").contains("new"))
        let never = try fixture.run("list", "other")
        #expect(never.errors.hasSuffix("list the domains: momentlog domains\n"), "\(never.errors)")
    }
}
