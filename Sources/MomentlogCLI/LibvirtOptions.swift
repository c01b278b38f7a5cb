import ArgumentParser
import Libvirt
import Momentlog

/// How to connect to a libvirt.
struct LibvirtOptions: ParsableArguments {
    @Flag(help: "Use libvirt's read-only socket, which shows no secrets.")
    var connectReadOnly = false

    @Option(
        help: ArgumentHelp(
            "How long each call to libvirt may take, in seconds.", valueName: "seconds"))
    var timeout = 30

    func validate() throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout is a number of seconds from 1 to 86400")
        }
    }

    /// Calls a closure with an open connection, and closes it afterwards in any case.
    func with<Value>(
        _ uri: String, _ body: (LibvirtSession) async throws -> Value
    ) async throws -> Value {
        let session = try await LibvirtSession.open(
            uri,
            options: LibvirtSession.Options(
                isReadOnly: connectReadOnly, timeoutSeconds: timeout))
        do {
            let value = try await body(session)
            await session.close()
            return value
        } catch {
            await session.close()
            throw error
        }
    }
}
