import Protocol
import TestSupport
import Testing

/// Documents and images in prompts and from tools, with every model at both services.
@Suite(.ownThread) struct `Documents of an ordinary day` {
  private static let pdf = "JVBERi0xLjQKdHJhaWxlciA8PC9Sb290IDEgMCBSPj4="

  @Test(arguments: Company.all) func `are taken, and stay`(_ company: Company) throws {
    let day = try Day(
      company, [.text("seen"), .call("read_file", ["path": "paper.pdf"]), .text("read"), .text("more")])
    try day.folder.write("paper.pdf", "%PDF-1.4\ntrailer <</Root 1 0 R>>")
    let blocks: [JSON] = [
      ["type": "text", "text": "Look."], ["type": "document", "data": .string(Self.pdf), "title": "paper"],
      ["type": "document", "text": "snow"], ["type": "image", "mimeType": "image/png", "data": .string(Picture.png)],
      ["type": "resource", "resource": ["uri": "file:///n", "text": "note"]],
      ["type": "resource", "resource": ["uri": "file:///p", "blob": .string(Self.pdf)]],
      ["type": "resource_link", "uri": "file:///l", "name": "l"],
    ]
    for prompt in [JSON.array(blocks), "read the paper", "go on"] {
      let result = try day.ask("agent/run", ["prompt": prompt])
      #expect(result["stopReason"] == "endTurn", "\(company)")
    }
    #expect(day.upstream.shortfall() == nil, "\(company)")
    let last = try #require(day.upstream.questions.last)
    #expect(last.body.text.ranges(of: "application/pdf").count == 3)
  }
}
