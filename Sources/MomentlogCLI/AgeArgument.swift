import ArgumentParser

/// Ages such as `-2h` among the arguments, which the parser would read as the options `-2` and
/// `-h`: it would print the help, and succeed.
enum AgeArgument {
    /// The options whose values may begin with a dash.
    private static let options: Set<String> = ["--at", "--since", "--until", "--before"]

    /// The commands that take points in time as arguments.
    private static let commands: Set<String> = ["diff", "revert"]

    /// Returns the arguments, with ages in a form that the parser reads as values.
    ///
    /// - Throws: `ValidationError` for an age where no point in time is allowed.
    static func prepared(_ arguments: [String]) throws(ValidationError) -> [String] {
        guard arguments.contains(where: isAge) else { return arguments }
        let place = arguments.firstIndex { MomentlogCommand.subcommandNames.contains($0) }
        let command = place.map { arguments[$0] }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var prepared = arguments
        for index in arguments[..<end].indices where isAge(arguments[index]) {
            let age = arguments[index]
            if index > 0, options.contains(arguments[index - 1]) { continue }
            if let command, commands.contains(command), age.last?.isLetter == true {
                // Without the dash it is the same age.
                prepared[index] = String(age.dropFirst())
            } else if age.contains("h") {
                throw ValidationError(
                    "unexpected argument '\(age)': a point in time is the value of an option such"
                        + " as --at, and a name that begins with '-' needs '--' before it")
            }
        }
        return prepared
    }

    /// No option begins with a digit.
    private static func isAge(_ word: String) -> Bool {
        word.first == "-" && word.dropFirst().first.map { ("0"..."9").contains($0) } == true
    }
}
