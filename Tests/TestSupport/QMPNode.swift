import Foundation

/// A node in an answer to QMP's `query-named-block-nodes`.
public struct QMPNode: Sendable {
    /// A bitmap in memory.
    public struct Bitmap: Sendable {
        var name: String
        var isRecording = true
        var isPersistent = true
        var isBusy = false
        var isInconsistent = false

        /// Creates a bitmap; a sound one by default.
        public init(
            _ name: String, isRecording: Bool = true, isPersistent: Bool = true,
            isBusy: Bool = false, isInconsistent: Bool = false
        ) {
            self.name = name
            self.isRecording = isRecording
            self.isPersistent = isPersistent
            self.isBusy = isBusy
            self.isInconsistent = isInconsistent
        }
    }

    var name: String
    var file: String
    var driver = "qcow2"
    var isReadOnly = false
    var backing: String?
    var header: String?
    var bitmaps: [Bitmap] = []
    var isCorrupt = false

    /// Creates a node.
    ///
    /// - Parameters:
    ///   - backing: What QEMU has below it.
    ///   - header: What the image's header names below it; nil for the same.
    public init(
        _ name: String, _ file: String, driver: String = "qcow2", isReadOnly: Bool = false,
        backing: String? = nil, header: String? = nil, bitmaps: [Bitmap] = [],
        isCorrupt: Bool = false
    ) {
        self.name = name
        self.file = file
        self.driver = driver
        self.isReadOnly = isReadOnly
        self.backing = backing
        self.header = header
        self.bitmaps = bitmaps
        self.isCorrupt = isCorrupt
    }

    private var object: [String: Any] {
        var image: [String: Any] = ["filename": file, "format": driver]
        if driver == "qcow2" {
            image["format-specific"] = [
                "type": "qcow2", "data": ["compat": "1.1", "corrupt": isCorrupt],
            ]
        }
        if let below = header ?? backing { image["full-backing-filename"] = below }
        var object: [String: Any] = [
            "node-name": name, "drv": driver, "file": file, "ro": isReadOnly, "image": image,
            "backing_file_depth": backing == nil ? 0 : 1,
        ]
        if let backing { object["backing_file"] = backing }
        if !bitmaps.isEmpty {
            object["dirty-bitmaps"] = bitmaps.map { bitmap in
                var object: [String: Any] = [
                    "name": bitmap.name, "granularity": 65_536, "count": 0,
                    "recording": bitmap.isRecording, "persistent": bitmap.isPersistent,
                    "busy": bitmap.isBusy,
                ]
                if bitmap.isInconsistent { object["inconsistent"] = true }
                return object
            }
        }
        return object
    }

    /// The answer that has these nodes, as QEMU gives it to a `flat` query.
    public static func answer(_ nodes: [QMPNode]) throws -> String {
        let object: [String: Any] = ["return": nodes.map(\.object), "id": "libvirt-1"]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
            as: UTF8.self)
    }
}
