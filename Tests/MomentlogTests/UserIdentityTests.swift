import Glibc
import Momentlog
import Testing

/// The default actor, which is derived from the real user id.
struct UserIdentityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var uid: UInt32
        var name: String?
        var host = "vm"
        var environment: [String: String] = [:]
        var actor: String

        var testDescription: String { actor }
    }

    private static let bob = ["SUDO_UID": "1000", "SUDO_USER": "bob"]

    @Test(
        "The actor is the real user at the host, with the caller of sudo",
        arguments: [
            Case(uid: 0, name: "root", actor: "root@vm"),
            Case(uid: 1000, name: "alice", actor: "alice@vm"),
            Case(uid: 1234, name: nil, actor: "uid 1234@vm"),
            Case(uid: 1234, name: " ", actor: "uid 1234@vm"),
            Case(uid: 0, name: "root", environment: bob, actor: "root@vm (sudo bob)"),
            Case(uid: 0, name: nil, environment: bob, actor: "uid 0@vm (sudo bob)"),
            // Only root's caller is of interest, and both variables are sudo's.
            Case(uid: 1000, name: "alice", environment: bob, actor: "alice@vm"),
            Case(uid: 0, name: "root", environment: ["SUDO_USER": "bob"], actor: "root@vm"),
            Case(uid: 0, name: "root", environment: ["SUDO_UID": "1000"], actor: "root@vm"),
            Case(
                uid: 0, name: "root", environment: ["SUDO_UID": "x", "SUDO_USER": "bob"],
                actor: "root@vm"),
            Case(
                uid: 0, name: "root", environment: ["SUDO_UID": "1", "SUDO_USER": ""],
                actor: "root@vm"),
            Case(
                uid: 0, name: "root", environment: ["SUDO_UID": "1", "SUDO_USER": "a\nb\u{1B}[0m"],
                actor: "root@vm (sudo a?b?[0m)"),
            Case(
                uid: 0, name: "root",
                environment: ["SUDO_UID": "1", "SUDO_USER": "\u{202E}x\u{2028}"],
                actor: "root@vm (sudo ?x?)"),
            Case(
                uid: 0, name: "root",
                environment: ["SUDO_UID": "1", "SUDO_USER": String(repeating: "b", count: 99)],
                actor: "root@vm (sudo \(String(repeating: "b", count: 64)))"),
            Case(uid: 0, name: "root", host: "", actor: "root@unknown"),
            Case(uid: 5, name: "ü\u{0}", host: "a\tb", actor: "ü?@a?b"),
            // What else the environment says is no evidence.
            Case(
                uid: 7, name: "lp", environment: ["USER": "admin", "LOGNAME": "admin"],
                actor: "lp@vm"),
        ])
    func actor(_ given: Case) {
        let identity = UserIdentity(
            uid: given.uid, name: given.name, host: given.host, environment: given.environment)
        #expect(identity.actor == given.actor)
    }

    @Test("The identity of this process is that of its real user id")
    func current() {
        let current = UserIdentity.current
        #expect(current.uid == getuid())
        #expect(
            current.name
                == getpwuid(getuid()).flatMap { String(validatingCString: $0.pointee.pw_name) })
        #expect(!current.host.isEmpty)
    }
}
