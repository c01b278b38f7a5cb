import ArgumentParser

/// How a command that records definitions treats their secrets.
struct SecretsOptions: ParsableArguments {
    @Flag(
        help: """
            Record definitions without passwords and cookies; 'momentlog settings' makes it the \
            rule.
            """)
    var stripSecrets = false
}
