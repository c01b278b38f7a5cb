@testable import Moments

/// The parts of a snapshot, written as they are given: what no domain encodes to as well.
struct SketchedSnapshot {
    struct Node {
        var name: [UInt8]
        var description: String?
        var time = 1
        var parent = 0
        var disks = 0
        var definition = 0
        var health = 0
        var claims: UInt8 = 0

        init(_ name: String, time: Int = 1, parent: Int = 0) {
            self.name = Array(name.utf8)
            self.time = time
            self.parent = parent
        }
    }

    struct DiskSketch {
        var name = "vda"
        var mode: UInt8 = 1
        var kind: UInt8 = 1
        var bitmap: String?
    }

    var uuid: String? = "01234567-89ab-cdef-0123-456789abcdef"
    var revision = 40
    var isLive: UInt8 = 1
    var diskLists: [[DiskSketch]] = []
    var definitions: [UInt8] = []
    var healths: [[(disk: String, verdict: String)]] = []
    var absent: [String] = []
    var nodes: [Node] = []
    /// The number of checkpoints, where it is not how many there are.
    var count: Int?
    var current = 0
    var areClaimsSettled: UInt8 = 1
    var detached: [(number: Int, parent: String)] = []
    var replaced: [(number: Int, time: Int)] = []
    var end: [UInt8] = []

    /// Four checkpoints, one whose parent is missing, and one of everything else.
    static var sound: SketchedSnapshot {
        var sketch = SketchedSnapshot()
        sketch.diskLists = [
            [DiskSketch(), DiskSketch(name: "vdb", mode: 0, kind: 0)],
            [DiskSketch(kind: 2, bitmap: "b")],
        ]
        sketch.definitions = [1, 2]
        sketch.healths = [
            [("vda", "valid"), ("vdb", "missing")], [("vda", "missing")],
        ]
        sketch.absent = ["ghost", "lost"]
        sketch.nodes = [
            Node("c1"), Node("c2", parent: 1), Node("c3", time: 2, parent: 5),
            Node("c4", time: 2, parent: 6),
        ]
        for (index, number) in [1, 2, 1, 0].enumerated() {
            sketch.nodes[index].disks = number
            sketch.nodes[index].definition = number
            sketch.nodes[index].health = number
        }
        sketch.nodes[2].claims = 1
        sketch.nodes[3].claims = 1
        sketch.nodes[1].description = "d"
        sketch.current = 2
        sketch.areClaimsSettled = 0
        sketch.detached = [(1, "ghost")]
        sketch.replaced = [(2, 7), (3, -1)]
        return sketch
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write("vm1")
        writer.write(uuid)
        writer.write(UInt8(0))
        writer.write(isLive)
        writer.write(revision)
        writer.write(diskLists.count)
        for list in diskLists {
            writer.write(list.count)
            for disk in list {
                writer.write(disk.name)
                writer.write(disk.mode)
                writer.write(disk.kind)
                if let bitmap = disk.bitmap { writer.write(bitmap) }
            }
        }
        writer.write(definitions.count)
        for byte in definitions { for _ in 0..<32 { writer.write(byte) } }
        writer.write(healths.count)
        for list in healths {
            writer.write(list.count)
            for health in list {
                writer.write(health.disk)
                writer.write(health.verdict)
                writer.write(5)
            }
        }
        writer.write(absent.count)
        for name in absent { writer.write(name) }
        writer.write(count ?? nodes.count)
        for node in nodes {
            writer.write(node.name.count)
            for byte in node.name { writer.write(byte) }
            writer.write(node.description)
            for number in [node.time, node.parent, node.disks, node.definition, node.health] {
                writer.write(number)
            }
            writer.write(node.claims)
        }
        writer.write(current)
        writer.write(areClaimsSettled)
        writer.write(detached.count)
        for (number, parent) in detached {
            writer.write(number)
            writer.write(parent)
        }
        writer.write(replaced.count)
        for (number, time) in replaced {
            writer.write(number)
            writer.write(time)
        }
        return writer.bytes + end
    }
}
