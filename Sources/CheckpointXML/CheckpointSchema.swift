/// The schema of checkpoint documents, for those who make them.
///
/// It is in RELAX NG (<https://relaxng.org/spec-20011203.html>), and says what
/// ``CheckpointReader`` accepts, as far as a schema can.
public enum CheckpointSchema {
    /// The schema's XML.
    public static var relaxNG: String {
        String(decoding: PackageResources.domaincheckpoint_rng, as: UTF8.self)
    }
}
