import Momentlog
import Moments
import TestSupport
import Testing

/// The lines that answer commands, to the byte.
struct InstructionAnswerTests {
    @Test("Each command's answer has commit, sequences, revision and checkpoint")
    func answers() async throws {
        let fixture = try await StoreFixture()
        let definition =
            CheckpointText.guest("vm1", disks: ["vda"]).replacing("'", with: #"\""#)
        let lines = [
            #"{"command":"define","xml":"\#(definition)"}"#,
            #"{"command":"define","xml":"\#(definition)"}"#,
            #"{"command":"create","domain":"vm1","xml":"<domaincheckpoint/>","at":7}"#,
            #"{"command":"create","domain":"vm1","xml":"<domaincheckpoint/>","at":7}"#,
            #"{"command":"redefine","domain":"vm1","xml":"<domaincheckpoint><name>a</name><creationTime>1</creationTime></domaincheckpoint>"}"#,
            #"{"command":"set-current","domain":"vm1","checkpoint":null}"#,
            #"{"command":"set-current","domain":"vm1","checkpoint":null}"#,
            #"{"command":"set-current","domain":"vm1","checkpoint":"a","expect":5}"#,
            #"{"command":"delete","domain":"vm1","checkpoint":"a"}"#,
            #"{"command":"rename","domain":"vm1","name":"vm2"}"#,
            #"{"command":"delete","domain":"vm1","checkpoint":"7"}"#,
            #"{"command":"undefine","domain":"vm2","checkpoints":true}"#,
        ]
        let expected = [
            #"{"ok":true,"commit":1,"sequence":[1,1],"revision":1,"repeated":false}"#,
            #"{"ok":true,"commit":null,"sequence":[],"revision":1,"repeated":false}"#,
            #"{"ok":true,"commit":2,"sequence":[2,3],"revision":3,"checkpoint":"7","repeated":false}"#,
            #"{"ok":false,"code":"exists","message":"domain moment 7 already exists","hint":"choose another name, or redefine it to replace its metadata","details":{"checkpoint":"7"}}"#,
            #"{"ok":true,"commit":3,"sequence":[4,4],"revision":4,"checkpoint":"a","repeated":false}"#,
            #"{"ok":true,"commit":4,"sequence":[5,5],"revision":5,"repeated":false}"#,
            #"{"ok":true,"commit":null,"sequence":[],"revision":5,"repeated":false}"#,
            #"{"ok":true,"commit":5,"sequence":[6,6],"revision":6,"checkpoint":"a","repeated":false}"#,
            #"{"ok":true,"commit":6,"sequence":[7,8],"revision":8,"checkpoint":"a","repeated":false}"#,
            #"{"ok":true,"commit":7,"sequence":[9,9],"revision":9,"repeated":false}"#,
            #"{"ok":false,"code":"no-domain","message":"no domain with matching name or UUID 'vm1'","hint":"list the domains","details":{"domain":"vm1"}}"#,
            #"{"ok":true,"commit":8,"sequence":[10,11],"revision":11,"repeated":false}"#,
        ]
        let instructions = try lines.map {
            try InstructionLine.decode($0.utf8, submission: StoreFixture.submission)
        }
        let answers = await fixture.store.perform(instructions)
        #expect(answers.map(InstructionLine.answer) == expected)
    }

    @Test("An error without a hint, and with what JSON escapes")
    func escapes() {
        let error = MomentlogError(.storage, "a \"b\"\\\n\u{1}ü")
        #expect(
            InstructionLine.answer(.failure(error))
                == #"{"ok":false,"code":"storage","message":"a \"b\"\\\n\u0001ü","hint":null,"details":{}}"#
        )
    }
}
