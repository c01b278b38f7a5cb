/// One step of the log's schema.
///
/// Steps go forward only. The SQL stands in this folder, a file a step, and is
/// compiled into the product, so that no resource can be missing where it runs.
package struct Migration: Sendable {
    /// The schema's version after this step.
    package let version: Int

    /// The statements of this step.
    package let sql: String

    /// All steps in their order, from version 1 without gaps.
    package static let all: [Migration] = [
        Migration(version: 1, bytes: PackageResources.V0001_event_log_sql),
        Migration(version: 2, bytes: PackageResources.V0002_store_settings_sql),
        Migration(version: 3, bytes: PackageResources.V0003_requests_sql),
        Migration(version: 4, bytes: PackageResources.V0004_snapshots_sql),
        Migration(version: 5, bytes: PackageResources.V0005_audit_indexes_sql),
        Migration(version: 6, bytes: PackageResources.V0006_bitmap_observations_sql),
        Migration(version: 7, bytes: PackageResources.V0007_settings_events_sql),
        Migration(version: 8, bytes: PackageResources.V0008_write_lease_sql),
        Migration(version: 9, bytes: PackageResources.V0009_lines_sql),
        Migration(version: 10, bytes: PackageResources.V0010_observations_sql),
    ]

    private init(version: Int, bytes: [UInt8]) {
        self.version = version
        sql = String(decoding: bytes, as: UTF8.self)
    }
}
