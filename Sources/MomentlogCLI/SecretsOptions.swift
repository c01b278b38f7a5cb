import ArgumentParser

/// What a command that records definitions does with the secrets in them.
struct SecretsOptions: ParsableArguments {
    @Flag(
        help: """
            Record definitions without passwords and cookies; 'momentlog settings' makes it the \
            rule.
            """)
    var stripSecrets = false
}
