import ArgumentParser
import Momentlog
import Moments

/// The rules by which checkpoints stay.
struct RetentionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep the newest N.", valueName: "n")) var keepLast: Int?
    @Option(help: ArgumentHelp("Keep the newest of each of N hours.", valueName: "n"))
    var keepHourly: Int?
    @Option(help: ArgumentHelp("Keep the newest of each of N days.", valueName: "n"))
    var keepDaily: Int?
    @Option(help: ArgumentHelp("Keep the newest of each of N weeks.", valueName: "n"))
    var keepWeekly: Int?
    @Option(help: ArgumentHelp("Keep the newest of each of N months.", valueName: "n"))
    var keepMonthly: Int?
    @Option(help: ArgumentHelp("Keep the newest of each of N years.", valueName: "n"))
    var keepYearly: Int?
    @Option(
        help: ArgumentHelp(
            "Keep what is not older than this, counted from the newest: 2y5m7d3h, where m is"
                + " months.", valueName: "age"),
        transform: Self.age)
    var keepWithin: RetentionAge?
    @Option(
        help: ArgumentHelp("Keep this checkpoint; may be repeated.", valueName: "name"),
        completion: .checkpoints)
    var keep: [CheckpointName] = []
    @Flag(
        help: ArgumentHelp(
            "Also remove, if no rule keeps it, the newest checkpoint whose bitmap was last seen valid"
                + " on a disk."))
    var removeLastValid = false

    func validate() throws {
        let numbers = [keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, keepYearly]
        if numbers.contains(where: { $0.map { $0 < 0 } ?? false }) {
            throw ValidationError("the number of what is kept is from 0 on")
        }
        if retention.isEmpty {
            throw ValidationError(
                "no rule says which checkpoints to keep: give --keep-last, --keep-hourly,"
                    + " --keep-daily, --keep-weekly, --keep-monthly, --keep-yearly, --keep-within or"
                    + " --keep")
        }
    }

    var retention: Retention {
        var retention = Retention()
        retention.last = keepLast ?? 0
        retention.hourly = keepHourly ?? 0
        retention.daily = keepDaily ?? 0
        retention.weekly = keepWeekly ?? 0
        retention.monthly = keepMonthly ?? 0
        retention.yearly = keepYearly ?? 0
        retention.within = keepWithin
        retention.names = Set(keep)
        retention.keepsLastValid = !removeLastValid
        return retention
    }

    private static func age(_ text: String) throws(ValidationError) -> RetentionAge {
        do {
            return try RetentionAge(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
