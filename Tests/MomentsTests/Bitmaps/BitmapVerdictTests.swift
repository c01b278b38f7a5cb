import Moments
import Testing

/// What libvirt takes for a sound bitmap, and what it does not.
struct BitmapVerdictTests {
    private static func image(_ path: String, _ bitmaps: DirtyBitmap...) -> DiskImage {
        DiskImage(path: path, bitmaps: bitmaps)
    }

    private static let sound = DirtyBitmap(name: "c1")
    private static let other = DirtyBitmap(name: "c1x")
    private static let disabled = DirtyBitmap(name: "c1", isRecording: false)
    private static let broken = DirtyBitmap(name: "c1", isRecording: false, isInconsistent: true)
    private static let fleeting = DirtyBitmap(name: "c1", isPersistent: false)

    /// The images from the top down, the verdict, and a word of the reason.
    static let cases: [([DiskImage], BitmapVerdict, String)] = [
        ([image("top", sound)], .valid, "is in 'top'"),
        ([image("top", other, sound)], .valid, "is in 'top'"),
        ([image("top", sound, sound), image("base", sound)], .valid, "is in 'top'"),
        (
            [image("top", DirtyBitmap(name: "c1", isBusy: true))], .valid,
            "an operation uses it now"
        ),
        ([image("top")], .missing, "'top' has no bitmap 'c1'"),
        ([image("top", other)], .missing, "'top' has no bitmap 'c1'"),
        ([image("top", fleeting)], .missing, "only in memory"),
        ([image("top", broken)], .inconsistent, "in 'top' was not saved"),
        ([image("top", disabled)], .notRecording, "in 'top' is disabled"),
        ([image("top", sound), image("base", sound)], .valid, "in 1 image below"),
        ([image("top", sound), image("base")], .valid, "is in 'top'"),
        ([image("top"), image("base", sound)], .missing, "though 'base' below it does"),
        ([image("top", sound), image("base", broken)], .inconsistent, "in 'base'"),
        ([image("top", sound), image("base", disabled)], .notRecording, "in 'base'"),
        ([image("top", sound), image("base", fleeting)], .missing, "of 'base'"),
        (
            [image("top", sound), image("middle"), image("base", sound)], .gapInChain,
            "'base' has bitmap 'c1', but 'middle' above it does not"
        ),
        (
            [image("top", sound), image("middle", sound), image("base", sound)], .valid,
            "in 2 images below"
        ),
        (
            [image("top", sound), DiskImage(path: "base.raw", format: "raw")], .valid,
            "is in 'top'"
        ),
        (
            [DiskImage(path: "top", bitmaps: [sound], backingPath: "unseen")], .unknown,
            "'unseen' below 'top' was not inspected"
        ),
        ([DiskImage(path: "x", format: "raw")], .unsupportedFormat, "'x' is raw"),
        (
            [DiskImage(path: "x", isOfEarlyVersion: true)], .unsupportedFormat,
            "qcow2 of version 2"
        ),
    ]

    @Test("A bitmap gets the verdict that libvirt gives it", arguments: cases)
    func verdict(images: [DiskImage], verdict: BitmapVerdict, reason: String) throws {
        var graph = MomentGraph()
        try graph.apply(
            .checkpointCreated(
                Checkpoint(
                    name: "c1", creationTime: 1, disks: [Disk(name: "vda", bitmap: "c1")])))
        var report = ImageReport()
        try report.add(try #require(ImageChain(images)), of: "vda", guest: .shutOff)
        let judgement = try #require(Reconciliation(of: graph, with: report).judgements.first)
        #expect(judgement.verdict == verdict)
        #expect(judgement.message.contains(reason), "\(judgement.message)")
        #expect((judgement.checkpoint, judgement.disk) == ("c1", "vda"))
        #expect(judgement.bitmap == "c1")
    }

    @Test("Every verdict but that on what no checkpoint names has its case")
    func everyVerdict() {
        #expect(
            Set(Self.cases.map(\.1))
                == Set(BitmapVerdict.allCases).subtracting([.orphan]))
    }
}
