import Foundation
import TestSupport
import Testing

@Suite struct `The rooms have floors:` {
  @Test func `no rooms use each other in a circle`() throws {
    let map = RoomMap(try SourceTree.sources.get())
    let order = Self.rooms(in: try Repository.text("README.md"))
    for circle in map.circles(order: order) { Issue.record("\(map.explain(circle))") }
  }

  @Test func `each room uses only rooms that stand below it in the README`() throws {
    let order = Self.rooms(in: try Repository.text("README.md"))
    for fault in RoomMap(try SourceTree.sources.get()).faults(in: order) { Issue.record("\(fault)") }
  }

  @Test func `the README lists each room that there is, once, and no other`() throws {
    let order = Self.rooms(in: try Repository.text("README.md"))
    let rooms = Set(try SourceTree.sources.get().files.map(\.room))
    #expect(rooms.subtracting(order).sorted() == [])
    #expect(Set(order).subtracting(rooms).sorted() == [])
    #expect(Set(order).count == order.count)
  }

  /// The rooms in the order of the README: the lines `- **Server/Agent**: …` below `## The house`.
  private static func rooms(in readme: String) -> [String] {
    let section = readme.components(separatedBy: "\n## ").first { $0.hasPrefix("The house") } ?? ""
    return section.components(separatedBy: "\n").compactMap { line in
      guard line.hasPrefix("- **"), let end = line.dropFirst(4).range(of: "**") else { return nil }
      return line.dropFirst(4)[..<end.lowerBound].trimmingCharacters(in: CharacterSet(charactersIn: "`/: "))
    }
  }

  // The laws, held against houses that break them.

  @Test func `a circle of three is found and explained`() throws {
    let map = RoomMap(
      SourceTree([
        "Sources/Server/Top/A.swift": "struct A {\n  let below: B\n  let again: B\n}",
        "Sources/Server/Middle/B.swift": "struct B { func c() -> C { C() } }",
        "Sources/Server/Ground/C.swift": "struct C {\n\n  func up(_ a: A) {}\n}",
      ]))
    let circle = try #require(map.circles().first)
    #expect(map.circles().count == 1)
    #expect(circle.turn.description == "Server/Ground → Server/Top")
    #expect(circle.rooms == ["Server/Ground", "Server/Top", "Server/Middle", "Server/Ground"])
    #expect(map.explain(circle).contains("Sources/Server/Ground/C.swift:3 uses A of Sources/Server/Top/A.swift"))
  }

  @Test func `an arrow that points up is found, and one that points down is not`() {
    let map = RoomMap(
      SourceTree([
        "Sources/Server/Top/A.swift": "struct A { let b: B }", "Sources/Server/Ground/B.swift": "struct B {}",
      ]))
    #expect(map.circles().isEmpty)
    #expect(map.faults(in: ["Server/Top", "Server/Ground"]) == [])
    #expect(
      map.faults(in: ["Server/Ground", "Server/Top"]).map { $0.prefix(40) } == [
        "Server/Top → Server/Ground points up:\n  "
      ])
  }

  @Test(arguments: [
    "let text = \"B\"", "// B", "/* /* B */ B */", "let text = #\"\\(B)\"#", "let text = \"\"\"\n  \"B\"\n  \"\"\"",
    "struct C<B> { let b: B }", "protocol C { associatedtype B }", "struct C { struct B {} }", "let kind = Kind.B",
    "let made = make(B: 1)", "private struct B {}", "enum C { case B }", "func b<each B>(_ b: repeat each B) {}",
  ]) func `no use of B is`(code: String) {
    #expect(Self.arrows(code) == [])
  }

  @Test(arguments: [
    "let b: B", "extension B {}", "let text = \"\\(B())\"", "let text = #\"\\#(B())\"#", "let list: [B] = []",
    "let text = \"a\\(c(\"\\(B())\"))\"", "let b = Server.B()", "let nested: B.Inner", "let b = below()",
    "struct C<D: B> {}",
    "let text = \"//\"; let b: B", "let b: `B`",
  ]) func `a use of B is`(code: String) {
    #expect(Self.arrows(code) == ["Server/Top → Server/Ground"])
  }

  /// The arrows of a house with a `B` on its ground floor and some code on its top floor.
  private static func arrows(_ code: String) -> [String] {
    let tree = SourceTree([
      "Sources/Server/Top/A.swift": code,
      "Sources/Server/Ground/B.swift": "struct B { struct Inner {} }\nfunc below() -> B { B() }",
    ])
    return RoomMap(tree).arrows.keys.map(\.description)
  }

  @Test func `a name means the own module's type before an imported one's, and nothing that is not imported`() {
    let texts = [
      "Sources/Server/Top/A.swift": "import Providers\nlet b: B", "Sources/Server/Ground/B.swift": "struct B {}",
      "Sources/Providers/HTTP/B.swift": "package struct B {}", "Sources/Providers/AWS/C.swift": "package struct C {}",
      "Sources/Server/Top/D.swift": "let c: C", "Sources/Providers/System/E.swift": "package struct E {}",
      "Sources/Server/Top/F.swift": "import System\nlet e: E",
      "Sources/Server/Top/G.swift": "import Providers\nlet e: E",
    ]
    let map = RoomMap(SourceTree(texts, nestedModules: ["Sources/Providers/System": "System"]))
    #expect(Set(map.arrows.keys.map(\.description)) == ["Server/Top → Server/Ground", "Server/Top → Providers/System"])
    #expect(map.arrows.values.map(\.count) == [1, 1])
  }

  @Test func `an extension sees its type's nested types before others`() {
    let tree = SourceTree([
      "Sources/Server/Top/A.swift": "struct A { enum B { case one } }",
      "Sources/Server/Top/More.swift": "extension A { func b() -> B { .one } }",
      "Sources/Server/Ground/B.swift": "struct B {}",
    ])
    #expect(RoomMap(tree).arrows.isEmpty)
  }
}
