import Protocol
import Server
import TestSupport
import Testing

@Suite struct `What a turn's results bring to the model` {
  private func text(_ text: String) -> [JSON] { [["type": "text", "text": .string(text)]] }
  private func size(_ blocks: [JSON]) -> Int { blocks.reduce(0) { $0 + ($1["text"]?.string?.utf8.count ?? 0) } }
  /// The bytes of the line that says what is left out, and of one that is cut with it.
  private let slack = 200

  @Test func `is all of it when it is little`() {
    let turn = [text(""), text(String(repeating: "a", count: ToolLimits.resultTextMax)), text("b"), []]
    #expect(ResultBounds.bounded(turn) == turn)
    let many = Array(repeating: text(String(repeating: "x", count: 200)), count: 1_000)
    #expect(ResultBounds.bounded(many) == many)
  }

  @Test func `is the beginning and the end of what is too long, with a line between them`() throws {
    let log = "FIRST LINE\n" + String(repeating: "größe\n", count: 100_000) + "LAST LINE"
    let cut = try #require(ResultBounds.bounded([text(log)])[0][0]["text"]?.string)
    #expect(cut.hasPrefix("FIRST LINE\ngröße\n") && cut.hasSuffix("größe\nLAST LINE"))
    #expect(cut.utf8.count <= ToolLimits.resultTextMax + slack)
    let told = try #require(cut.firstMatch(of: #/\n\[… (\d+) bytes left out …\]\n/#)?.1)
    #expect(try #require(Int(told)) + cut.utf8.count == log.utf8.count + "[… \(told) bytes left out …]\n".utf8.count)
    let line = String(repeating: "é", count: 300_000)
    #expect(ResultBounds.bounded([text(line)])[0][0]["text"]?.string?.contains("\u{FFFD}") == false)
  }

  @Test func `leaves small results whole and cuts the largest first, to one length`() {
    let sizes = [100, 90_000, 80_000, 5_000, 120_000, 70_000]
    let bounded = ResultBounds.bounded(sizes.map { text(String(repeating: "a", count: $0)) }).map(size)
    #expect(bounded[0] == 100 && bounded[3] == 5_000)
    let cut = [bounded[1], bounded[2], bounded[4], bounded[5]]
    #expect(cut.allSatisfy { $0 < 70_000 && abs($0 - cut[0]) < 4 })
    #expect(bounded.reduce(0, +) <= ToolLimits.turnTextMax + sizes.count * slack)
  }

  @Test func `counts all texts of a result, and no image`() {
    let image: JSON = ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "AAAA"]]
    let half = text(String(repeating: "a", count: ToolLimits.resultTextMax * 3 / 4))
    let bounded = ResultBounds.bounded([half + [image] + text("b") + half])[0]
    #expect(bounded[1] == image && bounded[2]["text"] == "b")
    #expect(size(bounded) <= ToolLimits.resultTextMax + 2 * slack)
  }

  @Test func `is bounded whatever comes`() {
    var numbers = RandomNumbers(seed: 3)
    for _ in 0..<200 {
      let turn = (0..<Int.random(in: 0..<12, using: &numbers)).map { _ in
        text(String(repeating: "ab\n", count: 1 << Int.random(in: 0..<18, using: &numbers)))
      }
      let bounded = ResultBounds.bounded(turn)
      #expect(bounded.map(size).reduce(0, +) <= ToolLimits.turnTextMax + turn.count * slack)
      for (one, made) in zip(turn, bounded) {
        #expect(size(made) <= ToolLimits.resultTextMax + slack)
        #expect(made == one || size(made) < size(one))
      }
    }
  }
}
