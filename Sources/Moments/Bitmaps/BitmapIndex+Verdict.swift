/// The validation of one bitmap on one disk: a verdict, and the reason as one sentence.
struct BitmapValidity {
    var verdict: BitmapVerdict
    var message: String

    init(_ verdict: BitmapVerdict, _ message: String) {
        self.verdict = verdict
        self.message = message
    }
}

extension BitmapIndex {
    /// Returns the verdict on the checkpoint whose data the bitmap of that name should hold.
    ///
    /// It starts at the image that the guest writes to. The bitmap has to be in that image, and
    /// without a gap in the images below that have it, and has to be persistent, recording and not
    /// inconsistent in each. An image that libvirt or QEMU would not use as qcow2, or a chain that
    /// was not inspected to its end, is never valid. A file proves that something is missing or
    /// broken only if the guest is known to be shut off.
    ///
    /// Source: `qemuBlockBitmapChainIsValid` in libvirt 9.0.
    ///
    /// - Parameter disk: The disk in the domain's definition; nil if that is not known.
    /// - Complexity: O(1) expected, plus the images that hold it.
    func verdict(on name: String, disk: DomainDisk?) -> BitmapValidity {
        var validity = unusable(disk) ?? chainVerdict(on: name)
        if validity.verdict == .valid, let doubt = doubt(disk) { validity = doubt }
        if validity.verdict != .valid, let defined = report.definedPath {
            validity.message +=
                "; the guest writes to '\(chain.top.path)', and the domain's definition names"
                + " '\(defined)'"
        }
        if report.definedPath == nil, let source = disk?.otherSource(than: chain.top) {
            validity.message += "; the domain's definition names '\(source)'"
        }
        return validity
    }

    /// Why no bitmap of the disk can be used, whatever its state.
    private func unusable(_ disk: DomainDisk?) -> BitmapValidity? {
        let top = chain.top
        guard top.holdsBitmaps else {
            let version = top.isOfEarlyVersion ? " of version 2 (compat 0.10)" : ""
            return BitmapValidity(
                .unsupportedFormat,
                "'\(top.path)' is \(top.format)\(version), which holds no bitmaps")
        }
        if let disk, disk.format != top.format {
            return BitmapValidity(
                .unsupportedFormat,
                "'\(top.path)' is \(top.format), and the domain's definition has disk"
                    + " '\(disk.target)' as \(disk.format)")
        }
        if let corrupt = chain.images.first(where: \.isCorrupt) {
            return BitmapValidity(
                .unknown, "'\(corrupt.path)' is marked as corrupt: nothing in it can be relied on")
        }
        return nil
    }

    /// Applies libvirt's rule, as far as the guest's state is known.
    private func chainVerdict(on name: String) -> BitmapValidity {
        let found = self[Array(name.utf8)]
        guard let first = found.first, first.depth == 0 else { return missing(name, found) }
        if let entry = found.first(where: \.bitmap.isInconsistent) {
            return inconsistent(name, image(of: entry))
        }
        // A report may list a bitmap twice in an image.
        if let gap = found.indices.dropFirst().first(where: {
            found[$0].depth > found[$0 - 1].depth + 1
        }) {
            let between = chain.images[found[gap].depth - 1].path
            return BitmapValidity(
                .gapInChain,
                "'\(image(of: found[gap]).path)' has bitmap '\(name)', but '\(between)' above it"
                    + " does not")
        }
        if let entry = found.first(where: { !$0.bitmap.isPersistent }) {
            return BitmapValidity(
                .missing,
                "bitmap '\(name)' of '\(image(of: entry).path)' is only in memory: it is lost"
                    + " when the guest stops")
        }
        if let entry = found.first(where: { !$0.bitmap.isRecording }) {
            let image = image(of: entry)
            return BitmapValidity(
                .notRecording,
                "bitmap '\(name)' in '\(image.path)' is disabled: it lacks what was written since"
                    + encryption(of: image))
        }
        return BitmapValidity(.valid, "bitmap '\(name)' is in '\(chain.top.path)'" + remark(found))
    }

    /// Returns the verdict on a bitmap that the top image does not have.
    private func missing(_ name: String, _ found: [Entry]) -> BitmapValidity {
        let absence = "'\(chain.top.path)' has no bitmap '\(name)'"
        guard guest != .unknown else {
            return BitmapValidity(
                .unknown,
                absence + ", but a running guest has its new bitmaps only in memory: whether the"
                    + " guest is running is not known")
        }
        guard let below = found.first else { return BitmapValidity(.missing, absence) }
        let path = image(of: below).path
        let isSound = found.allSatisfy { $0.bitmap.isRecording && !$0.bitmap.isInconsistent }
        return BitmapValidity(
            .missing,
            absence + ", though '\(path)' below it does"
                + (isSound ? ": an active block commit into '\(path)' would bring it back" : ""))
    }

    /// Returns the verdict on a bitmap that is marked as in use.
    private func inconsistent(_ name: String, _ image: DiskImage) -> BitmapValidity {
        switch guest {
        case .unknown:
            BitmapValidity(
                .unknown,
                "bitmap '\(name)' in '\(image.path)' is marked as in use: either the guest is"
                    + " running, or it ended without saving the bitmap")
        case .shutOff, .running:
            BitmapValidity(
                .inconsistent,
                "bitmap '\(name)' in '\(image.path)' was not saved when the guest last ended"
                    + encryption(of: image))
        }
    }

    /// Why a bitmap that is sound in all inspected images may still not be valid.
    private func doubt(_ disk: DomainDisk?) -> BitmapValidity? {
        let last = chain.images[chain.images.count - 1]
        if let backing = last.backingPath {
            return BitmapValidity(
                .unknown, "'\(backing)' below '\(last.path)' was not inspected")
        }
        let isOther = guest == .running && disk?.otherSource(than: chain.top) != nil
        if report.definedPath != nil || isOther {
            return BitmapValidity(
                .unknown, "the definition of the domain is not that of the running guest")
        }
        if guest != .running, disk?.offset != nil, chain.top.isNamedByPath {
            return BitmapValidity(
                .unknown,
                "the disk is only a part of '\(chain.top.path)', which was inspected whole")
        }
        if disk?.isTransient == true {
            return BitmapValidity(
                guest == .unknown ? .unknown : .missing,
                "the disk is transient: the guest writes to a temporary image without bitmaps")
        }
        return nil
    }

    private func encryption(of image: DiskImage) -> String {
        image.isEncrypted ? "; the image is encrypted: changing its bitmaps takes its key" : ""
    }

    /// Returns further remarks on a bitmap that is sound.
    private func remark(_ found: [Entry]) -> String {
        var remark = ""
        if found.count > 1 {
            let below = found.count - 1
            remark += " and in \(below) image\(below == 1 ? "" : "s") below"
        }
        if found.contains(where: \.bitmap.isBusy) { remark += "; an operation uses it now" }
        return remark
    }
}

extension DomainDisk {
    /// The path that the definition names, if it is not the image's.
    fileprivate func otherSource(than image: DiskImage) -> String? {
        guard let source, isPath, !source.hasSameBytes(as: image.path) else { return nil }
        return source
    }
}
