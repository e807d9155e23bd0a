internal import Protocol
internal import Providers

/// What is done to stored sessions from a shell.
package enum SessionsCommand: Sendable, Hashable {
  case list
  case show(String)
  case delete([String])

  /// Reads the words of a command line; `nil` when they are a prompt.
  ///
  /// - Throws: An ``Options/UsageError`` when a command has too few or too many of them.
  init?(_ words: [String]) throws(Options.UsageError) {
    guard words.first == "sessions" else { return nil }
    let names = Array(words.dropFirst(2))
    switch words.dropFirst().first {
    case nil: self = .list
    case "list":
      guard names.isEmpty else { throw Options.UsageError(message: "sessions list takes no names") }
      self = .list
    case "show":
      guard names.count == 1 else { throw Options.UsageError(message: "sessions show takes one name") }
      self = .show(names[0])
    case "delete":
      guard !names.isEmpty else { throw Options.UsageError(message: "sessions delete takes names") }
      self = .delete(names)
    default: return nil
    }
  }
}

extension SessionsCommand {
  /// What is to be printed: lines for people, and a value for programs.
  func carryOut(of backend: Backend) async throws -> (lines: [String], json: JSON) {
    guard backend.sessions.store != nil else {
      throw Failure.invalidParams("sessions are kept nowhere; name a folder with --sessions DIR or WYN360_SESSIONS")
    }
    switch self {
    case .list:
      var all = SessionList.Response(sessions: [], nextCursor: nil)
      repeat {
        let page = try await backend.sessions.list(
          SessionList(cursor: all.nextCursor, limit: ServerLimits.sessionsPageMax))
        all.sessions += page.sessions
        (all.nextCursor, all.problems) = (page.nextCursor, page.problems)
      } while all.nextCursor != nil
      return (all.sessions.map(Self.line) + (all.problems ?? []).map { "✗ \($0)" }, try JSON(encoding: all))
    case .show(let name):
      let info = try await backend.sessions.get(SessionGet(sessionId: name))
      let history = try await backend.sessions.history(SessionHistory(sessionId: name))
      var json = try JSON(encoding: info).object ?? [:]
      json["history"] = try JSON(encoding: history.exchanges)
      return ([Self.line(info), ""] + history.exchanges.flatMap(Self.lines), .object(json))
    case .delete(let names):
      for name in names { _ = try await backend.runs.delete(SessionDelete(sessionId: name)) }
      return (names.map { "deleted \(Self.shown($0))" }, ["deleted": .array(names.map { .string($0) })])
    }
  }

  private static func shown(_ text: String) -> String { VisibleText.line(text, most: ServerLimits.titleMax) }

  private static func line(_ info: SessionInfo) -> String {
    let holder =
      info.holder.map { " (open in process \($0.pid)\($0.host.isEmpty ? "" : " on \(shown($0.host))"))" } ?? ""
    let parts = [
      shown(info.sessionId), Timestamp.text(milliseconds: info.updatedAt), "\(info.exchanges)", shown(info.cwd ?? ""),
      shown(info.title ?? ""),
    ]
    return parts.joined(separator: "  ") + holder
  }

  /// What people and the model have said, without what tools did.
  private static func lines(of exchange: Exchange) -> [String] {
    exchange.messages.flatMap { message -> [String] in
      let mark = message["role"] == "user" ? "> " : ""
      let texts = Conversation.blocks(of: message).filter { $0["type"] == "text" && !SystemMessages.isReminder($0) }
      let said = texts.compactMap { $0["text"]?.string }.joined(separator: "\n\n")
      guard message["role"] != "system", !said.isEmpty else { return [] }
      return said.split(separator: "\n", omittingEmptySubsequences: false).map { mark + $0 } + [""]
    }
  }
}
