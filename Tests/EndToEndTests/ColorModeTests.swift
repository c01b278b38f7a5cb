import Testing

@testable import MomentlogCLI

struct ColorModeTests {
    @Test(
        "Colours follow --color, then the environment, then the terminal",
        arguments: [
            (ColorMode.auto, [:], true, true), (.auto, [:], false, false),
            (.auto, ["NO_COLOR": "1"], true, false), (.auto, ["NO_COLOR": ""], true, true),
            (.auto, ["TERM": "dumb"], true, false), (.auto, ["CLICOLOR_FORCE": "1"], false, true),
            (.auto, ["CLICOLOR_FORCE": "0"], false, false), (.auto, ["CLICOLOR": "0"], true, false),
            (.auto, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], true, false),
            (.always, ["NO_COLOR": "1", "TERM": "dumb"], false, true),
            (.never, ["CLICOLOR_FORCE": "1"], true, false),
        ] as [(ColorMode, [String: String], Bool, Bool)])
    func decision(
        mode: ColorMode, environment: [String: String], isTerminal: Bool, expected: Bool
    ) {
        #expect(Terminal.hasColors(mode, environment, isTerminal: isTerminal) == expected)
    }

    @Test("A pipe gets colours with --color always, before or behind the command")
    func always() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        #expect(try !fixture.output("list", "vm").contains("\u{1B}["))
        #expect(try fixture.output("list", "vm", "--color", "always").contains("\u{1B}[32m"))
        #expect(try fixture.output("--color=always", "list", "vm").contains("\u{1B}[32m"))
    }
}
