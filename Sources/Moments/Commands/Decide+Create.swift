extension Domain {
    func decideCreate(
        _ request: CheckpointRequest, _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        guard context.creationTime >= 0 else {
            throw MomentlogError(
                .usage, "a checkpoint's creation time is \(context.creationTime), before 1970",
                hint: "it is in seconds since 1970-01-01T00:00:00Z")
        }
        let checkpointName = request.name ?? CheckpointName(context.creationTime.description)
        if let fault = checkpointName.fault { throw .checkpointName(checkpointName, fault) }
        try XMLCharacters.check(request.description, request.disks, of: checkpointName)
        guard !graph.hasErrors else { throw .inconsistent(self) }
        guard let definition, let domainDisks = context.disks else {
            throw .noDefinition(nameReference)
        }
        // As libvirt does, check the disks before the name.
        let disks = try DiskAlignment(domainDisks: domainDisks)
            .aligned(request.disks, of: checkpointName)
        for (disk, domainDisk) in zip(disks, domainDisks) where disk.mode == .bitmap {
            guard disk.bitmap.hasSameBytes(as: checkpointName.text) else {
                throw .bitmapName(disk, checkpointName)
            }
            guard domainDisk.format == "qcow2" else {
                throw .unsupportedFormat(domainDisk, checkpointName)
            }
        }
        guard !graph.contains(checkpointName) else { throw .checkpointExists(checkpointName) }
        let checkpoint = Checkpoint(
            name: checkpointName, description: request.description, parent: graph.current,
            creationTime: context.creationTime, disks: disks,
            definition: context.definition ?? definition)
        return [.checkpointCreated(checkpoint), .currentSet(checkpointName)]
    }
}
