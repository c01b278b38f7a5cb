/// Histories that the simulation failed at once, each as few actions as showed it.
struct SimulationCase: Sendable {
    /// What went wrong.
    let name: String
    let actions: [Simulation.Action]

    static func tally() async -> Tally {
        var tally = Tally("earlier findings of the simulation")
        for one in all {
            var trial = Trial()
            if let failure = await SimulatedHistory().run(one.actions) {
                trial.failures.append(failure)
            }
            tally.count(trial, one.name)
        }
        return tally
    }

    private static func command(_ client: Int, _ kind: Int, _ choice: Int) -> Simulation.Action {
        .command(client: client, kind: kind, choice: choice)
    }

    static let all: [SimulationCase] =
        [
            SimulationCase(
                name: "that nothing has to change was reported for an old state",
                actions: [
                    command(0, 9, 0), command(0, 9, 0), command(0, 9, 0), command(1, 6, 0),
                    command(0, 6, 3), .look(client: 2, domain: 0),
                ])
        ]
        + (1...8).map { nth in
            SimulationCase(
                name: "a store whose creation failed at sync \(nth) could no longer be opened",
                actions: [
                    .fault(call: .sync, nth: nth, isForEver: false), command(0, 9, 0), .kill,
                    command(1, 9, 0), .reopen(client: 1), .look(client: 1, domain: 0),
                ])
        }
}
