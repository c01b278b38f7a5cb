import Testing

@testable import Moments

struct NodeSizeTests {
    @Test(
        "A checkpoint takes at most 160 bytes besides its strings, its slot in the name table included"
    )
    func size() {
        // The table is at least a third full.
        #expect(
            MemoryLayout<MomentGraph.Node>.stride + 3 * MemoryLayout<NameTable.Entry>.stride <= 160
        )
    }
}
