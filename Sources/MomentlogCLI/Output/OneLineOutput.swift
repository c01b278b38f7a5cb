import EventLog
import Momentlog
import Moments

/// Events as short lines without a heading, such as `12 vm1: c2 deleted`.
enum OneLineOutput {
    static func print(_ line: LoggedLine) throws(MomentlogError) {
        let recorded = try line.event()
        let domain = recorded.domain.map { Terminal.harmless($0.text) + ": " } ?? ""
        let sentence = Terminal.harmless(EventSentence.text(recorded.event))
        try StandardOutput.shared.print(
            Terminal.styled(String(recorded.sequence), .bold) + " " + domain
                + Terminal.styled(sentence, EventSentence.style(recorded.event)))
    }
}
