public import ArgumentParser
public import Moments

extension CheckpointName: ExpressibleByArgument {
    /// Takes an argument as it is: whether there is such a checkpoint, the store finds out.
    public init?(argument: String) { self.init(argument) }
}
