import EventLog
import Moments

/// Decodes any bytes as an event's line. What is accepted has to be printed back byte for byte,
/// and what is refused has to be refused for a reason.
@_cdecl("LLVMFuzzerTestOneInput")
public func decodeAnything(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(start: start, count: count))
    let event: RecordedEvent
    do throws(MomentlogError) {
        event = try EventLine.decode(bytes: bytes)
    } catch {
        precondition([.corrupt, .tooNew].contains(error.code), "it is refused as \(error.code)")
        precondition(!error.message.isEmpty, "the error says nothing")
        return 0
    }
    guard let written = try? EventLine.bytes(event) else {
        fatalError("what was read cannot be written: \(event)")
    }
    precondition(written.elementsEqual(bytes), "what was read is written otherwise")
    return 0
}
