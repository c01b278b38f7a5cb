import Testing

@testable import EventLog
@testable import SQLiteEventLog

extension TemporaryFolder {
    /// The files of the store that most tests need.
    var files: StoreFiles { StoreFiles(path: store) }

    /// The store's database, which is there.
    func databaseFile() throws -> DatabaseFile { try #require(try DatabaseFile.open(store)) }

    /// A lease on the store, as another log of this process would take it.
    func lease(_ timeout: Duration = .zero) throws -> WriteLease {
        WriteLease(files, try databaseFile(), timeout: timeout)
    }
}
