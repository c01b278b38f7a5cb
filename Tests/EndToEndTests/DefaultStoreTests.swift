import Momentlog
import Moments
import Testing

@testable import MomentlogCLI

struct DefaultStoreTests {
    private static func store(
        _ environment: [String: String], isRoot: Bool = false, existing: Set<String> = []
    ) -> DefaultStore {
        DefaultStore(
            environment: environment, isRoot: isRoot, exists: { existing.contains($0) })
    }

    @Test(
        "The environment names the store; otherwise it is root's or the user's default",
        arguments: [
            (["MOMENTLOG_STORE": "/a.db", "HOME": "/h"], false, "/a.db"),
            (["MOMENTLOG_STORE": "/a.db", "HOME": "/root"], true, "/a.db"),
            (["MOMENTLOG_STORE": "", "HOME": "/root"], true, DefaultStore.ofRoot),
            (["XDG_STATE_HOME": "/state", "HOME": "/h"], false, "/state/momentlog/momentlog.db"),
            (
                ["XDG_STATE_HOME": "relative", "HOME": "/h"], false,
                "/h/.local/state/momentlog/momentlog.db"
            ),
            (["HOME": "/h"], false, "/h/.local/state/momentlog/momentlog.db"),
            (["HOME": "/root", "XDG_STATE_HOME": "/state"], true, DefaultStore.ofRoot),
        ])
    func path(environment: [String: String], isRoot: Bool, path: String) throws {
        #expect(try Self.store(environment, isRoot: isRoot).path == path)
    }

    @Test("Root's former default is refused, naming both, as long as only that one exists")
    func formerDefault() throws {
        let former = "/root/.local/state/momentlog/momentlog.db"
        let old = Self.store(["HOME": "/root"], isRoot: true, existing: [former])
        let error = #expect(throws: MomentlogError.self) { try old.path }
        #expect(error?.code == .conflict)
        #expect(error?.description.contains(former) == true)
        #expect(error?.description.contains(DefaultStore.ofRoot) == true)
        let both = Self.store(
            ["HOME": "/root"], isRoot: true, existing: [former, DefaultStore.ofRoot])
        #expect(try both.path == DefaultStore.ofRoot)
        #expect(try Self.store(["HOME": "/root"], existing: [former]).path == former)
    }
}
