import Moments

/// An image as `qemu-img info --output=json` reports it.
///
/// Source: `ImageInfo` in <https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html>.
struct ImageInfo: Decodable {
    /// A bitmap in the image, with its flags.
    struct Bitmap: Decodable {
        var name: String
        var granularity: Int64
        var flags: [String]

        var state: DirtyBitmap {
            DirtyBitmap(
                name: name, granularity: granularity, isRecording: flags.contains("auto"),
                isInconsistent: flags.contains("in-use"))
        }
    }

    /// The fields of one format.
    struct Specific: Decodable {
        struct Fields: Decodable {
            /// The encryption of the content.
            struct Encryption: Decodable {
                var format: String?
            }

            var compat: String?
            var bitmaps: [Bitmap]?
            var corrupt: Bool?
            var encrypt: Encryption?
        }

        var type: String
        var data: Fields?
    }

    /// An image in a list, so that it can be nested in itself.
    indirect enum Below: Decodable {
        case image(ImageInfo)

        init(from decoder: any Decoder) throws {
            self = .image(try ImageInfo(from: decoder))
        }

        var image: ImageInfo {
            switch self {
            case .image(let image): image
            }
        }
    }

    var filename, format: String
    var fullBackingPath, backingPath: String?
    var specific: Specific?
    var encrypted: Bool?
    /// The image below, if it is nested in this one.
    var below: Below?

    private enum CodingKeys: String, CodingKey {
        case filename, format, encrypted
        case fullBackingPath = "full-backing-filename"
        case backingPath = "backing-filename"
        case specific = "format-specific"
        case below = "backing-image"
    }

    /// The image's state, with the bitmaps that its file holds.
    var image: DiskImage {
        // Other formats have their own fields.
        let fields = specific?.type == "qcow2" ? specific?.data : nil
        let name = ImageName(filename)
        return DiskImage(
            path: name.path, format: format, isOfEarlyVersion: fields?.compat == "0.10",
            bitmaps: (fields?.bitmaps ?? []).map(\.state),
            backingPath: backingName.map { ImageName($0).path },
            isCorrupt: fields?.corrupt ?? false,
            isEncrypted: encrypted ?? (fields?.encrypt != nil), isNamedByPath: name.isPlain)
    }

    /// The backing image that the header names, in QEMU's syntax.
    var backingName: String? { fullBackingPath ?? backingPath }
}
