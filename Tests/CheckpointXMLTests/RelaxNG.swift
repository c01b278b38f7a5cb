import CLibxml2
import CheckpointXML

/// The schema as libxml2 understands it.
///
/// It is a class because it owns what libxml2 allocated.
final class RelaxNG {
    private let schema: xmlRelaxNGPtr

    init?(_ text: String = CheckpointSchema.relaxNG) {
        // The parser reads the text when it parses, not before.
        let parsed = text.utf8CString.withUnsafeBufferPointer { bytes -> xmlRelaxNGPtr? in
            guard
                let context = xmlRelaxNGNewMemParserCtxt(bytes.baseAddress, CInt(bytes.count - 1))
            else { return nil }
            defer { xmlRelaxNGFreeParserCtxt(context) }
            return xmlRelaxNGParse(context)
        }
        guard let parsed else { return nil }
        schema = parsed
    }

    deinit { xmlRelaxNGFree(schema) }

    /// Whether a well-formed document is valid; nil if it is not well-formed.
    func accepts(_ document: [UInt8]) -> Bool? {
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
        let parsed = document.withUnsafeBytes { buffer in
            xmlReadMemory(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(document.count),
                nil, nil, CInt(options | XML_PARSE_NOWARNING.rawValue))
        }
        guard let parsed else { return nil }
        defer { xmlFreeDoc(parsed) }
        guard let context = xmlRelaxNGNewValidCtxt(schema) else { return nil }
        defer { xmlRelaxNGFreeValidCtxt(context) }
        // What is wrong with it is not asked.
        xmlRelaxNGSetValidErrors(context, nil, nil, nil)
        xmlRelaxNGSetValidStructuredErrors(context, { _, _ in }, nil)
        return xmlRelaxNGValidateDoc(context, parsed) == 0
    }
}
