import CheckpointXML
import Moments

/// What a folder is that contains checkpoints, and possibly folders of checkpoints.
enum MixedFolder {
    /// Libvirt's directory, in which the folders are guests', and the files are out of place.
    case directory
    /// A domain's folder, in which the folders are copies.
    case domain
    /// A domain's folder, as far as can be known.
    case unclear

    /// Decides by the definitions: in libvirt's directory a domain's folder has the name that they
    /// state.
    ///
    /// - Parameters:
    ///   - library: The folder's own files.
    ///   - folders: The folders in it that contain checkpoints.
    init(_ library: CheckpointLibrary, with folders: [CheckpointLibrary]) {
        let own = folders.isEmpty ? nil : library.statedDomain
        guard !folders.isEmpty, own != library.folderName else {
            self = .domain
            return
        }
        let stated = folders.map { (library: $0, domain: $0.statedDomain) }
        let domains = Set(stated.compactMap(\.domain))
        let guest = stated.first { $0.domain == $0.library.folderName }?.library
        if domains.count > 1 {
            self = .directory
        } else if let guest {
            if guest.folderName == library.folderName {
                self = .domain
            } else if own == guest.folderName {
                // One of both is a copy: the smaller one.
                self = guest.files.count > library.files.count ? .directory : .unclear
            } else {
                self = .directory
            }
        } else if !domains.isEmpty {
            self = own == nil ? .unclear : .domain
        } else if let own {
            let guest = folders.first { $0.folderName == own }
            self =
                guest.map { $0.files.count > library.files.count } ?? false ? .directory : .unclear
        } else {
            self = DocumentOwner.canBeName(library.folderName) ? .unclear : .directory
        }
    }
}

extension CheckpointLibrary {
    /// The domain in the first of its files that has a definition; nil if the first ones have none.
    fileprivate var statedDomain: String? {
        let reader = CheckpointReader()
        for file in files.prefix(CheckpointFile.batch) {
            guard case .checkpoint(let document, _) = file.read(reader),
                let name = document.domain?.name
            else { continue }
            return name
        }
        return nil
    }
}
