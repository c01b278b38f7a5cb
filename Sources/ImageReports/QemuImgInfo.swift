public import Moments

/// What `qemu-img info --output=json` prints of an image, with or without `--backing-chain`.
///
/// ```swift
/// var report = ImageReport()
/// try report.add(try QemuImgInfo.chain(in: bytes), of: "vda")
/// ```
public struct QemuImgInfo: Sendable {
    /// The images in it: one, or a chain from the top down.
    public let chain: ImageChain

    /// Reads the images in a text: one, or a chain from the top down.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - source: Its name in errors, such as a file's path.
    /// - Throws: ``MomentlogError`` with `invalid-json` if it is not JSON, has another structure,
    ///   is longer than ``ReportLimits/bytes``, or lists images that are not on top of each other.
    /// - Complexity: O(*n*) in the text.
    public static func chain(
        in bytes: [UInt8], from source: String? = nil
    ) throws(MomentlogError) -> ImageChain {
        let report = JSONReport(bytes: bytes, source: source, command: command)
        switch try report.decoded(list: [ImageInfo].self, single: ImageInfo.self) {
        case .first(let list): return try chain(of: list, in: report)
        case .second(let single): return ImageChain(single.image)
        }
    }

    fileprivate static let command = "qemu-img info --output=json"

    fileprivate static func chain(
        of infos: [ImageInfo], in report: JSONReport
    ) throws(MomentlogError) -> ImageChain {
        let images = infos.map(\.image)
        if let place = images.dropLast().firstIndex(where: { $0.backingPath == nil }) {
            throw report.refused(
                "'\(images[place].path)' has no backing image, but '\(images[place + 1].path)'"
                    + " follows: these are not the images of one disk")
        }
        for (upper, lower) in zip(infos, infos.dropFirst()) {
            guard let named = upper.fullBackingPath,
                ImageLocation(named: named) != ImageLocation(named: lower.filename)
            else { continue }
            throw report.refused(
                "'\(upper.filename)' has the backing image '\(named)', but '\(lower.filename)' follows: these"
                    + " are not the images of one disk")
        }
        guard let chain = ImageChain(images) else {
            throw report.refused("it lists no image")
        }
        return chain
    }
}

extension QemuImgInfo: Decodable {
    /// Decodes it as a part of other JSON.
    ///
    /// - Throws: `DecodingError` for another structure, ``MomentlogError`` with `invalid-json` for
    ///   images that are not on top of each other.
    /// - Complexity: O(*n*) in the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard (try? decoder.unkeyedContainer()) != nil else {
            chain = ImageChain(try container.decode(ImageInfo.self).image)
            return
        }
        chain = try Self.chain(
            of: try container.decode([ImageInfo].self),
            in: JSONReport(bytes: [], source: nil, command: Self.command))
    }
}
