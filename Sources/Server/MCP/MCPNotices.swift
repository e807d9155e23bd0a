internal import Protocol

/// What a person should know of a session's servers, once each: what servers put into it is shown as a line, and neither
/// what waits nor what was told grows without end.
struct MCPNotices {
  private var waiting: [String] = []
  /// How many found no room.
  private var leftOut = 0
  /// What was told already, the newest last.
  private var told: [String] = []

  /// Adds some, less those that were told already.
  mutating func add(_ notices: [String]) {
    for notice in notices {
      let line = VisibleText.line(notice, most: MCPClientLimits.noticeMax)
      guard !told.contains(line) else { continue }
      told.append(line)
      if told.count > MCPClientLimits.noticesToldMax { told.removeFirst() }
      if waiting.count < MCPClientLimits.noticesMax { waiting.append(line) } else { leftOut += 1 }
    }
  }

  /// Takes those that wait.
  mutating func take() -> [String] {
    defer { (waiting, leftOut) = ([], 0) }
    return waiting + (leftOut > 0 ? ["and \(leftOut) more notices of MCP servers"] : [])
  }

  /// The first of a listing's notices, and how many more there are.
  static func few(_ notices: [String]) -> [String] {
    let most = MCPClientLimits.listNoticesMax
    guard notices.count > most else { return notices }
    return notices.prefix(most) + ["and \(notices.count - most) more"]
  }
}
