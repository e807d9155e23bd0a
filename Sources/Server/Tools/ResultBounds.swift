package import Protocol

/// How much text of tool results reaches a model, whoever gave them.
///
/// One bound holds for each result, another for those of one turn together: small ones stay whole, and the largest are cut
/// first, all of those to one length. Images are bounded by `ImageBounds`.
package enum ResultBounds {
  /// The results of one turn, each as content blocks, with the texts cut that are too long.
  package static func bounded(_ turn: [[JSON]]) -> [[JSON]] {
    let sizes = turn.map { blocks in min(ToolLimits.resultTextMax, blocks.reduce(0) { $0 + size(of: $1) }) }
    let rooms = shares(of: ToolLimits.turnTextMax, among: sizes)
    return zip(turn, rooms).map { cut($0, to: $1) }
  }

  /// A result with as much text as there is room for.
  static func cut(_ blocks: [JSON], to room: Int) -> [JSON] {
    let rooms = shares(of: room, among: blocks.map(size))
    return zip(blocks, rooms).map { block, room in
      guard case .object(var object) = block, let text = block["text"]?.string, text.utf8.count > room else {
        return block
      }
      object["text"] = .string(cut(text, to: room))
      return .object(object)
    }
  }

  /// A text, or its beginning and its end with a line that says how many bytes are left out between them.
  static func cut(_ text: String, to room: Int) -> String {
    guard text.utf8.count > room else { return text }
    // Of files the beginning tells most, of logs the end.
    var kept = KeptOutput(headMax: room / 2, tailMax: room - room / 2)
    kept.append(Array(text.utf8)[...])
    return kept.text
  }

  /// What each gets of so much room: all it needs where there is enough, or one length for all that need more than that.
  private static func shares(of room: Int, among sizes: [Int]) -> [Int] {
    var left = room
    var shares = sizes
    let smallestFirst = sizes.indices.sorted { sizes[$0] < sizes[$1] }
    for (done, place) in smallestFirst.enumerated() {
      shares[place] = min(sizes[place], left / (sizes.count - done))
      left -= shares[place]
    }
    return shares
  }

  private static func size(of block: JSON) -> Int { block["text"]?.string?.utf8.count ?? 0 }
}
