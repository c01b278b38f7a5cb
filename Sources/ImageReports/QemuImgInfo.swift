public import Moments

/// Reads what `qemu-img info --output=json` prints of an image, with or without
/// `--backing-chain`.
///
/// ```swift
/// var report = ImageReport()
/// try report.add(try QemuImgInfo.chain(in: bytes), of: "vda")
/// ```
public enum QemuImgInfo {
    /// The images that a text tells of: one, or a chain from the top down.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - source: What to call it in errors, such as a file's path.
    /// - Throws: ``MomentlogError`` with `invalid-json` if it is no JSON, of another shape,
    ///   longer than ``ReportLimits/bytes``, or tells of images that are not on top of each
    ///   other.
    /// - Complexity: O(*n*) in the text.
    public static func chain(
        in bytes: [UInt8], from source: String? = nil
    ) throws(MomentlogError) -> ImageChain {
        let report = JSONReport(
            bytes: bytes, source: source, command: "qemu-img info --output=json")
        let images: [DiskImage]
        switch try report.decoded(list: [ImageInfo].self, single: ImageInfo.self) {
        case .first(let list): images = list.map(\.image)
        case .second(let single): images = [single.image]
        }
        if let place = images.dropLast().firstIndex(where: { $0.backingPath == nil }) {
            throw report.refused(
                "'\(images[place].path)' has nothing below it, and '\(images[place + 1].path)'"
                    + " follows: these are not the images of one disk")
        }
        guard let chain = ImageChain(images) else {
            throw report.refused("it tells of no image")
        }
        return chain
    }
}
