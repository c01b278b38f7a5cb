/// The schema of checkpoint documents, for programs that create them.
///
/// It is in RELAX NG (<https://relaxng.org/spec-20011203.html>), and describes what
/// ``CheckpointReader`` accepts, as far as a schema can.
public enum CheckpointSchema {
    /// The schema's XML.
    public static var relaxNG: String {
        String(decoding: PackageResources.domaincheckpoint_rng, as: UTF8.self)
    }
}
