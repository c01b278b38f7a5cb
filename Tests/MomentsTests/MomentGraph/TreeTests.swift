import Moments
import Testing

struct TreeTests {
    @Test("A tree's positions have depth, last siblings and whether there are children")
    func places() throws {
        let graph = try MomentGraph("a b<-a c<-b d<-b e<-a f")
        var places: [String] = []
        let isThere = graph.forEachInTree { place in
            places.append(
                "\(place.depth)\(place.name)\(place.isLastSibling ? " last" : "")"
                    + (place.hasChildren ? " parent" : ""))
        }
        #expect(isThere)
        #expect(
            places == ["0a parent", "1b parent", "2c", "2d last", "1e last", "0f last"])
    }

    @Test(
        "A tree from a checkpoint holds it and what is below it",
        arguments: [
            ("a", "a .b ..c .d"), ("b", "b .c"), ("c", "c"), ("e", "e .f"), ("g", "g .h"),
        ])
    func fromCheckpoint(name: String, tree: String) throws {
        let graph = try MomentGraph("a b<-a c<-b d<-a e<-f f<-e g<-x h<-g")
        var words: [String] = []
        var isLast: [Bool] = []
        let isThere = graph.forEachInTree(from: CheckpointName(name)) { place in
            words.append(String(repeating: ".", count: place.depth) + place.name.text)
            isLast.append(place.isLastSibling)
        }
        #expect(isThere)
        #expect(words.joined(separator: " ") == tree)
        #expect(isLast.first == true)
    }

    @Test("Nothing is visited from a missing checkpoint", arguments: ["x", "nobody"])
    func fromNowhere(name: String) throws {
        let graph = try MomentGraph("a b<-x")
        let isThere = graph.forEachInTree(from: CheckpointName(name)) { _ in
            Issue.record("visited below a checkpoint that is missing")
        }
        #expect(!isThere)
    }

    @Test("An empty graph has an empty tree")
    func emptyGraph() {
        #expect(MomentGraph().forEachInTree { _ in Issue.record("visited") })
    }

    @Test("A closure that throws ends the walk")
    func throwing() throws {
        struct Enough: Error {}
        let graph = try MomentGraph("a b<-a c<-b")
        var visited: [String] = []
        #expect(throws: Enough.self) {
            _ = try graph.forEachInTree { place in
                visited.append(place.name.text)
                if place.name == "b" { throw Enough() }
            }
        }
        #expect(visited == ["a", "b"])
    }

    @Test("Below the member of a cycle the walk ends where the cycle is cut")
    func cycle() throws {
        let graph = try MomentGraph("a@1<-c b@2<-a c@3<-b d<-c")
        var names: [String] = []
        var parents: [String] = []
        _ = graph.forEachInTree(from: "b") { place in
            names.append(place.name.text)
            if place.hasChildren { parents.append(place.name.text) }
        }
        #expect(names == ["b", "c", "d"])
        #expect(parents == ["b", "c"])
    }
}
