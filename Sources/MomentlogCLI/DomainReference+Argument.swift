public import ArgumentParser
public import Moments

extension DomainReference: ExpressibleByArgument {
    /// Takes an argument as it is: whether there is such a domain, the store finds out.
    public init?(argument: String) { self.init(argument) }
}
