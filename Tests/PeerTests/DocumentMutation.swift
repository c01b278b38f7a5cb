/// Small changes to a document in pieces, most of which make it a wrong one.
enum DocumentMutation {
    static func mutate(_ pieces: inout [String], using text: inout RandomXMLText) {
        for _ in 0..<1 + text.number(below: 3) {
            guard pieces.count > 1 else { return }
            let place = text.number(below: pieces.count)
            switch text.number(below: 9) {
            case 0: pieces.remove(at: place)
            case 1: pieces.insert(pieces[place], at: text.number(below: pieces.count))
            case 2: pieces.swapAt(place, text.number(below: pieces.count))
            case 3, 4: pieces.insert(text.pick(strange), at: place)
            case 5: rename(&pieces, using: &text)
            case 6: revalue(&pieces, using: &text)
            default: scratch(&pieces[place], using: &text)
            }
        }
    }

    private static let strange = [
        "<", ">", "&", "/", "'", "\"", "]]>", "<![CDATA[", "-->", "<!--", "<!-- -- -->", "<?", "?>",
        "<?xml version='1.0'?>", "<!DOCTYPE d>", "<!DOCTYPE d [<!ENTITY e 'f'>]>", "&unknown;",
        "&#0;", "&#1;", "&#xFFFE;", "&#xD800;", "&#x110000;", "&#;", "&;", "&lt", "\u{1}",
        "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}", "\u{FEFF}", "\u{A0}", "\u{85}", "text", "<x/>",
        "<x:y/>", "<name/>", "<disks/>", "<parent/>", "<disk/>", "</disks>", "</description>",
        "<disk name='vdq'/>", " name='vdb'", " a='b'", " xml:lang='en'", " xml:space='preserve'",
        " q:name='vda'", " xmlns='urn:x'", " xmlns:q=''", "<current>0</current>",
        "<creationTime>5</creationTime>", "<description>d</description>", " xmlns:xml='x'",
    ]

    private static func rename(_ pieces: inout [String], using text: inout RandomXMLText) {
        let names = [
            "name", "description", "creationTime", "parent", "disks", "disk", "checkpoint",
            "bitmap", "size", "domaincheckpoint", "Name", "q:name", "x",
        ]
        let (old, new) = (text.pick(names), text.pick(names))
        for (place, piece) in pieces.enumerated() where !isDefinition(piece) {
            pieces[place] = piece.replacing(old, with: new)
        }
    }

    private static func revalue(_ pieces: inout [String], using text: inout RandomXMLText) {
        let values = [
            "-5", "-0", "+5", "abc", "1.5", "", " 12 ", "0x10", "9223372036854775808", "1e3",
            "18446744073709551616", "\u{661}", "a/b", ".x", "a b", "a\n", "ü", "..", "no", "bitmap",
            "internal", " no ", "NO", "vda", "ioemu:vda", "ioemu:", "hd", "sda1", "xvda", "/",
            "/x\ny", "c:\\x", "nvme0", "base", "nosuch", "c1",
        ]
        let (old, new) = (
            text.pick(["1", "c1", "base", "vda", "no", "bitmap", "7", "1700000000"]),
            text.pick(values)
        )
        for (place, piece) in pieces.enumerated() where !isDefinition(piece) {
            if piece == old { pieces[place] = new }
            for quote in ["'", "\""] {
                pieces[place].replace(
                    "=\(quote)\(old)\(quote)", with: "=\(quote)\(new)\(quote)")
            }
        }
    }

    /// Takes away, doubles, or replaces one character of a piece.
    private static func scratch(_ piece: inout String, using text: inout RandomXMLText) {
        var scalars = Array(piece.unicodeScalars)
        guard !scalars.isEmpty, !isDefinition(piece) else { return }
        let place = text.number(below: scalars.count)
        switch text.number(below: 3) {
        case 0: scalars.remove(at: place)
        case 1: scalars.insert(scalars[place], at: place)
        default:
            scalars[place] = text.pick(Array("<>&'\"/=!?-[]; \n:x0\u{1}\u{FFFE}".unicodeScalars))
        }
        piece = String(String.UnicodeScalarView(scalars))
    }

    /// What is inside of a domain is not compared.
    private static func isDefinition(_ piece: String) -> Bool { piece.hasPrefix("<domain ") }
}
